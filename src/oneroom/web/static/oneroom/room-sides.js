// The four sides of the open matter as tabs: 情 指 勤 舆. Which one is open is the person's choice for this matter; what
// a matter opens with follows from where it stands: sending and acting first, also while an agency owes its answer; the
// public once it is closed.

import { read } from "./room-reads.js";

const inc = document.getElementById("inc");
const ORDER = ["analysis", "command", "duty", "feedback"];
const OVER = new Set(["closed", "called_back", "archived"]);

let chosen = "command";
let lines = "acts";

export function start() {
  inc.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-panel-tab]");
    if (tab) show(tab.dataset.panelTab);
    const line = event.target.closest("[data-lines]");
    if (line) filter(line.dataset.lines);
  });
  inc.addEventListener("keydown", (event) => {
    const tab = event.target.closest("[data-panel-tab]");
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !by) return;
    event.preventDefault();
    step(by);
    inc.querySelector(`#tab-${chosen}`).focus();
  });
}

export function begin(state) {
  if (lines === "reads") lines = "acts"; // who read the next one is asked anew
  show(OVER.has(state) && !inc.querySelector("[data-owed]") ? "feedback" : "command");
}

export function show(side) {
  if (!ORDER.includes(side)) return;
  chosen = side;
  mark();
}

export const step = (by) => show(ORDER[(ORDER.indexOf(chosen) + by + ORDER.length) % ORDER.length]);

export function filter(which) {
  lines = which;
  mark();
  if (which === "reads") read(inc);
}

// After every morph: the choice lives on #inc itself, which the server does not render.
export function mark() {
  Object.assign(inc.dataset, { side: chosen, lines });
  for (const tab of inc.querySelectorAll("[data-panel-tab]")) {
    const on = tab.dataset.panelTab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
  }
  for (const b of inc.querySelectorAll("[data-lines]")) b.setAttribute("aria-pressed", String(b.dataset.lines === lines));
}
