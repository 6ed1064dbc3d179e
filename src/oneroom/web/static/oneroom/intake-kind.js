/** What it is: up to three kinds proposed from the words (Alt 1–3), or any from the list. One truth: the list's value. */

import { suggest } from "./intake-suggest.js";

export function kindBox({ select, chips, kinds, onChange }) {
  let proposed = [];
  let byHand = false;

  select.addEventListener("change", () => {
    byHand = true;
    show();
    onChange();
  });
  chips.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-kind]");
    if (chip) choose(chip.dataset.kind);
  });

  function choose(kind, { quiet = false } = {}) {
    byHand = !quiet;
    if (select.value === kind) return show();
    select.value = kind;
    show();
    onChange();
  }

  function show() {
    chips.replaceChildren(...proposed.map((kind, index) => {
      const chip = document.createElement("button");
      Object.assign(chip, { type: "button", className: "o" });
      chip.dataset.kind = kind;
      chip.setAttribute("aria-pressed", String(select.value === kind));
      const key = document.createElement("kbd");
      key.className = "key";
      key.textContent = `Alt ${index + 1}`;
      // The category before it is the select's to say; here the words that tell one from another must fit.
      const name = document.createElement("span");
      name.textContent = kinds[kind].name.split("›").pop().trim();
      chip.title = kinds[kind].name;
      chip.append(key, name);
      return chip;
    }));
  }

  return {
    /** Both levels, as the API takes them; empty where nothing is chosen. */
    value() {
      const [category = "", subcategory = ""] = select.value.split(".");
      return { category, subcategory };
    },
    code: () => select.value,
    kind: () => kinds[select.value] ?? kinds[`${select.value}.other`],
    /** The words changed: propose anew. What a person chose stays chosen. */
    read(text) {
      const next = suggest(text, kinds);
      if (next.join() === proposed.join()) return;
      proposed = next;
      show();
    },
    take(index) {
      if (proposed[index]) choose(proposed[index]);
    },
    /** Nobody chose: what the words hint at most. True if there is something now. */
    settle() {
      if (!select.value && proposed.length) choose(proposed[0], { quiet: true });
      return Boolean(select.value);
    },
    best: () => select.value || proposed[0] || "",
    restore(code) {
      if (code) choose(code);
    },
    byHand: () => byHand,
    choose,
  };
}
