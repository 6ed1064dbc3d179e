// The hole that a choice leaves: hatched on the map, and in words who could stand in meanwhile. Asked for the crews that
// are picked, or for the first one while nobody is, and again as positions move.

import { ask } from "./act.js";
import { word } from "./room-say.js";
import { span } from "./room-time.js";

const EVERY_MS = 15_000;
const MOST = 12; // so many crews are asked about at once
const NONE = { half: [0, 0], gap: [] };

let asked = ""; // the crews it was asked for last
let askedAt = -EVERY_MS;

export async function follow(crews, box) {
  const wanted = crews.slice(0, MOST).join(",");
  if (wanted === asked && performance.now() - askedAt < EVERY_MS) return;
  asked = wanted;
  askedAt = performance.now();
  const said = wanted ? await ask(`/api/coverage?gone=${wanted}`).catch(() => null) : null;
  if (asked !== wanted) return; // another choice was made meanwhile
  tell(said?.cells ?? NONE);
  const lines = (said?.moves ?? []).map((move) => line(move, wanted));
  const same = box?.textContent === lines.map((made) => made.textContent).join("");
  if (!same) box?.replaceChildren(...lines); // read aloud once, and again only when it is another
}

export function stop() {
  asked = "";
  askedAt = -EVERY_MS;
  tell(NONE);
}

const tell = (cells) => document.dispatchEvent(new CustomEvent("room:gap", { detail: cells }));

function line(move, gone) {
  const own = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const other = own === "zh" ? "en" : "zh";
  const made = document.createElement("p");
  made.textContent = word("standIn", {
    crew: move[`callsign_${own}`] || move[`callsign_${other}`],
    station: move[`station_${own}`] || move[`station_${other}`],
    drive: span(move.drive_s),
    gain: (move.gain * 100).toFixed(1),
  });
  if ("mayCommand" in document.getElementById("room").dataset) made.append(" ", button(move, gone));
  return made;
}

// Who commands lets the crew stand there (room-moves.js listens).
function button(move, gone) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = word("standInOrder");
  Object.assign(made.dataset, { standby: "", crew: move.crew, station: move.station, gone });
  return made;
}
