// Who could stand where meanwhile, and who stands by: over the room, fetched while it is open only.

import { panel } from "./panel.js";
import { perform, start as startActs } from "./room-acts.js";
import { word } from "./room-say.js";

export const MINUTES = 120;
const dialog = document.getElementById("moves");
const body = document.getElementById("moves-body");
let shown = null;

export function start() {
  startActs(body);
  dialog.addEventListener("close", () => {
    if (dialog.open) return;
    shown?.stop();
    shown = null;
  });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-standby]");
    if (button) order(button);
  });
  document.getElementById("cover").addEventListener("click", ({ target }) => target.closest("#cover-moves") && open());
}

export function open() {
  body.replaceChildren(word("loading"));
  shown?.stop();
  shown = panel(body, "/room/coverage/moves", { when: (e) => /^(crew|assignment|standby|ladder)\./.test(e.kind), pace: 3000 });
  shown.refresh();
  dialog.showModal();
}

async function order(button) {
  const { crew, station, gone } = button.dataset;
  const asked = { crew: Number(crew), station: Number(station), minutes: MINUTES, gone: (gone ?? "").split(",").filter(Boolean).map(Number) };
  button.disabled = true;
  const done = await perform(button, "/api/standbys", asked, word("standbyOrdered"));
  button.disabled = false;
  if (done) button.remove();
  shown?.refresh();
}
