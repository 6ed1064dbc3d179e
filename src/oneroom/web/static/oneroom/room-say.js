// What the room's scripts say: words of the page's language, short messages, and one quiet voice for screen readers.

const embedded = JSON.parse(document.getElementById("words").textContent);

export function word(name, values = {}) {
  const text = embedded[name] ?? name;
  return typeof text === "string" ? text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole) : text;
}

// A table of words by code.
export const words = (name) => embedded[name] ?? {};

export const join = (names) => names.join(word("join"));

const SHOWN_MS = 8000;

export function toast(text, { bad = false, key = "", act = null, forMs = SHOWN_MS } = {}) {
  const element = document.createElement("p");
  element.className = bad ? "toast is-bad" : "toast";
  element.textContent = text;
  if (act) element.append(" ", button(key, () => (element.remove(), act())));
  const shelf = document.getElementById("toasts");
  shelf.append(element);
  while (shelf.children.length > 3) shelf.firstElementChild.remove();
  setTimeout(() => element.remove(), forMs);
}

function button(key, act) {
  const made = document.createElement("button");
  const sign = document.createElement("kbd");
  made.type = "button";
  made.className = "btn btn--quiet";
  sign.className = "key";
  sign.textContent = key;
  made.append(word("undo"), " ", sign);
  made.addEventListener("click", act);
  return made;
}

export function polite(text) {
  document.getElementById("polite").textContent = text;
}

// What went wrong, as a sentence: the server's own where it gave one.
export function trouble(error) {
  return error.message && error.status ? error.message : word(error.status ? "failed" : "offline");
}
