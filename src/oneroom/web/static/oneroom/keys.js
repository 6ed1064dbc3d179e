// The dialog of keys that every staff screen has: `?` opens and closes it, and in it single letters are turned off (WCAG 2.1.4).
//
//   start({ n: next, j: () => walk(1) });   // single keys of this screen, on outside of fields only
//
// Goes with the template _keys.html. The room has its own grammar of keys (room-keys.js) and shares the dialog's look.

const KEPT = "oneroom.letters";

export function start(does = {}) {
  const dialog = document.getElementById("keys");
  const letters = document.getElementById("letters");
  const help = () => dialog.showModal();
  letters.checked = localStorage.getItem(KEPT) !== "off";
  letters.addEventListener("change", () => localStorage.setItem(KEPT, letters.checked ? "on" : "off"));
  document.getElementById("keys-open")?.addEventListener("click", help);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (dialog.open) {
      if (event.key === "?") (event.preventDefault(), dialog.close());
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(document.activeElement) || !letters.checked) return;
    const act = event.key === "?" ? help : does[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    if (act(event) !== false) event.preventDefault();
  });
}

function typing(element) {
  if (element.matches("input")) return !["checkbox", "radio", "button"].includes(element.type);
  return element.matches("textarea, select, [contenteditable]");
}
