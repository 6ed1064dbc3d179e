// Who opened what of the open matter: fetched when somebody asks for it, and only then, because reading it is recorded.

import { panel } from "./panel.js";
import { word } from "./room-say.js";

let shown = null;

export function read(inc) {
  const box = inc.querySelector("[data-reads]");
  if (!box) return;
  const url = `/room/incidents/${Number(box.dataset.reads)}/reads`;
  shown?.stop();
  box.textContent = word("loading");
  box.addEventListener("panel:shown", (event) => event.stopPropagation());
  box.addEventListener("panel:gone", (event) => event.stopPropagation());
  shown = panel(box, url, { when: () => false });
  shown.show(url);
}
