// Matters that may be about the same event, in words: shared by the room and the intake form.

export function meters(m) {
  return m < 950 ? `${Math.round(m / 10) * 10} m` : `${(m / 1000).toFixed(1)} km`;
}

// "62 m, 80 s before, 3 words alike"; `words` is the page's catalogue, `span` says seconds.
export function reasons(found, { words, span }) {
  const say = {
    place: (e) => meters(e.quantity),
    time: (e) => span(e.quantity),
    words: (e) => e.quantity > 0 && words.alikeWords.replace("{n}", e.quantity),
    same_category: () => words.alikeKind,
    same_subcategory: () => words.alikeKind,
    other_category: () => words.alikeOther,
    same_phone: () => words.alikePhone,
  };
  return found.evidence.map((e) => say[e.code]?.(e)).filter(Boolean);
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// A text with the words that both have, marked: [["a man with a ", false], ["knife", true], …].
export function marked(pieces) {
  return pieces.map(([text, both]) => (both ? element("mark", {}, text) : text));
}
