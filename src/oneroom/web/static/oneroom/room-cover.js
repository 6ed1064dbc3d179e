// How the free crews cover the city: a line under the map that keeps up with them, and on the map, when somebody wants
// it, each square by the circle it lies in. Asked for at most every three seconds, and the server makes one for all.

import { ask } from "./act.js";
import { panel } from "./panel.js";
import { word } from "./room-say.js";

const PACE_MS = 3000;
const POSTS_MS = 60_000;
const NONE = { half: [0, 0] };
const box = document.getElementById("cover");

let map = null;
let shownSeal = "";
let on = false;
let postsAt = -Infinity;

export function start(drawn) {
  map = drawn;
  const shown = panel(box, "/room/coverage", { when: (e) => /^(crew|assignment|standby)\./.test(e.kind), pace: PACE_MS });
  document.addEventListener("live:positions", () => document.hidden || shown.refresh());
  box.addEventListener("panel:shown", draw);
  box.addEventListener("click", ({ target }) => {
    const worst = target.closest("[data-worst]");
    if (worst) map.focus([Number(worst.dataset.lon), Number(worst.dataset.lat)]);
    if (target.closest("#cover-layer")) toggle();
  });
  shown.refresh();
}

export function toggle() {
  on = !on;
  postsAt = -Infinity;
  shownSeal = "";
  return draw();
}

async function draw() {
  document.getElementById("cover-layer")?.setAttribute("aria-pressed", String(on));
  const seal = on ? (box.querySelector("[data-seal]")?.dataset.seal ?? "") : "off";
  if (seal === shownSeal) return;
  shownSeal = seal;
  const cells = on ? await ask("/api/coverage/cells").catch(() => null) : NONE;
  if (seal !== shownSeal) return; // another picture is on its way
  if (cells) map.setCover(cells);
  else shownSeal = "";
  if (!on) map.setPosts([]);
  else if (performance.now() - postsAt > POSTS_MS) posts();
}

// Where crews should wait at this hour, with the calls that rests on: it changes with the block of hours.
async function posts() {
  postsAt = performance.now();
  const said = await ask("/api/posting").catch(() => ({ points: [] }));
  if (on) map.setPosts(said.points.map((p) => ({ ...p, label: word("postAt", { n: p.calls }) })));
}
