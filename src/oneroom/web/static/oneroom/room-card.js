// The details of one crew, over the room: Enter on its sign on the board, a double click, or typed. Kept fresh while open.

import { panel } from "./panel.js";
import { word } from "./room-say.js";

const dialog = document.getElementById("card");
const body = document.getElementById("card-body");
let shown = null;
let from = null; // where the focus goes back to: the board may have been drawn again meanwhile
let before = null; // what had it when the dialog opened: the browser gives it back there first

export function start(board) {
  board.addEventListener("keydown", (event) => {
    const crew = event.target.closest("[data-crew]");
    if (!crew || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // Space is the click: it picks, or shows on the map
    open(Number(crew.dataset.crew));
  });
  board.addEventListener("dblclick", (event) => {
    const crew = event.target.closest("[data-crew]");
    if (crew) open(Number(crew.dataset.crew));
  });
  // The browser tells of it a moment later. Whoever types on by then, in the command line or elsewhere, is left alone.
  dialog.addEventListener("close", () => {
    if (dialog.open) return; // and opened again
    shown?.stop();
    shown = null;
    if ([document.body, before].includes(document.activeElement)) document.getElementById(from)?.focus();
  });
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open]")) return;
    from = null;
    dialog.close();
  });
  body.addEventListener("panel:shown", (event) => event.stopPropagation());
  body.addEventListener("panel:gone", (event) => (event.stopPropagation(), dialog.close()));
}

export function open(crew) {
  from = `b-${crew}`;
  body.replaceChildren(word("loading"));
  shown?.stop();
  shown = panel(body, "", { when: (e) => /^(crew|assignment)\./.test(e.kind) });
  shown.show(`/room/crews/${crew}`);
  if (dialog.open) return;
  before = document.activeElement;
  dialog.showModal();
}
