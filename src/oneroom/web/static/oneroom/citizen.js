// Makes the public's forms kinder; without it they work all the same.
// What is typed stays in this tab's own storage until it is sent, and places are suggested while one types.

const DRAFT = "oneroom.draft";
const form = document.querySelector("form[data-draft]");

if (document.querySelector("[data-sent]")) sessionStorage.removeItem(DRAFT);
if (form) {
  keepDraft(form);
  enterGoesOn(form);
  suggestPlaces(form.elements.place, form.elements.place_id);
}

function keepDraft(form) {
  const names = ["words", "place", "place_id", "caller_phone", "safe_contact", "urgent"].filter((name) => form.elements[name]);
  const empty = names.every((name) => !form.elements[name].value);
  if (empty) {
    const kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
    for (const name of names) if (kept[name]) form.elements[name].value = kept[name];
  }
  const save = () => sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(names.map((name) => [name, form.elements[name].value]))));
  form.addEventListener("input", save);
  form.addEventListener("change", save);
  form.querySelector("[data-draft-note]")?.removeAttribute("hidden");
}

/** Enter in a field goes on to the next question; only the button sends, so that nothing is sent half told. */
function enterGoesOn(form) {
  form.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || target.tagName !== "INPUT") return;
    event.preventDefault();
    const later = [...form.elements].filter((one) => one.offsetParent && one.matches("input, textarea, button.btn--go") && target.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    later.find((one) => one.name !== target.name)?.focus();
  });
}

function suggestPlaces(input, chosen) {
  const list = Object.assign(document.createElement("ul"), { id: "suggested", className: "suggested", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector('label[for="place"]').textContent);
  input.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) input.setAttribute(name, value);
  const english = document.documentElement.lang === "en";
  let at = -1;
  let latest = 0;
  let waiting;

  const show = (places) => {
    at = -1;
    list.replaceChildren(...places.map((place, i) => {
      const item = document.createElement("li");
      item.id = `suggested-${i}`;
      item.setAttribute("role", "option");
      item.dataset.id = place.id;
      item.textContent = (english && place.en) || place.zh;
      return item;
    }));
    list.hidden = places.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    const items = [...list.children];
    at = (next + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", items[at].id);
  };
  const take = (item) => {
    input.value = item.textContent;
    chosen.value = item.dataset.id;
    show([]);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const ask = async () => {
    const mine = ++latest;
    const typed = input.value.trim();
    if (typed.length < 1) return show([]);
    try {
      const answer = await fetch(`${input.dataset.places}?q=${encodeURIComponent(typed)}`);
      const { places = [] } = await answer.json();
      if (mine === latest && document.activeElement === input) show(places);
    } catch {
      if (mine === latest) show([]); // no network: the words alone will do
    }
  };
  input.addEventListener("input", (event) => {
    chosen.value = "";
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(ask, 200);
  });
  input.addEventListener("compositionend", () => { clearTimeout(waiting); waiting = setTimeout(ask, 200); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? list.children.length - 1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(list.children[at]);
    else if (event.key === "Escape") show([]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => { event.preventDefault(); const item = event.target.closest("li"); if (item) take(item); });
  input.addEventListener("blur", () => { latest += 1; show([]); });
}
