// The late list, over the room: every promise that has run out, with its owner. It is fetched while it is open only.

import { panel } from "./panel.js";
import { perform } from "./room-acts.js";
import { word } from "./room-say.js";
import { tick } from "./room-time.js";

const dialog = document.getElementById("late");
const body = document.getElementById("late-body");
let shown = null;
let first = true;

export function start() {
  dialog.addEventListener("close", () => {
    if (dialog.open) return; // the browser tells of it a moment later: it was opened again
    shown?.stop();
    shown = null;
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-open]")) dialog.close();
    const grade = event.target.closest("[data-regrade]");
    if (grade) perform(grade, grade.dataset.act, { grade: Number(grade.dataset.regrade) }, grade.dataset.says);
    const button = event.target.closest("[data-supervise]");
    if (button) perform(button, button.dataset.act, { on: true, reason: "late" }, button.dataset.says);
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { j: 1, k: -1, arrowdown: 1, arrowup: -1 }[event.key.toLowerCase()];
    if (!by || event.isComposing) return;
    event.preventDefault();
    const links = [...body.querySelectorAll("[data-late-row]")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  });
  body.addEventListener("panel:shown", (event) => {
    event.stopPropagation();
    tick();
    if (first) body.querySelector("[data-late-row]")?.focus();
    first = false;
  });
}

export function open() {
  first = true;
  body.replaceChildren(word("loading"));
  shown?.stop();
  shown = panel(body, "/room/late", { when: (e) => /^(incident|assignment|ladder|draft|call|handover)\./.test(e.kind) });
  shown.show("/room/late?open=1");
  dialog.showModal();
}
