// Plans: the run's state comes again while it is live, a post is picked on the map, the areas are drawn on it.
// Without this script every page still works: it is loaded again, numbers are typed, the drawing of the server stays.

import { createMap } from "./map.js";
import { panel } from "./panel.js";

const ASK_MS = 2000;
const words = JSON.parse(document.getElementById("map-words")?.textContent ?? "{}");
const draws = () => Boolean(document.createElement("canvas").getContext("webgl2"));

const runs = document.getElementById("runs");
if (runs) {
  const state = panel(runs, runs.dataset.url);
  setInterval(() => {
    if (runs.querySelector("[data-live]") && !document.hidden) state.refresh();
  }, ASK_MS);
}

// The folded form that an address names is opened.
const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
if (named && named.matches("details")) {
  named.open = true;
  named.querySelector("input:not([type=hidden])")?.focus();
}

const opener = document.getElementById("pick-open");
if (opener && draws()) {
  const box = document.getElementById("pick");
  const fields = ["lon", "lat"].map((name) => document.getElementById(`move_crew-${name}`));
  let map = null;
  const typed = () => {
    const at = fields.map((field) => Number.parseFloat(field.value));
    return at.every(Number.isFinite) ? at : null;
  };
  opener.hidden = false;
  opener.addEventListener("click", () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
    if (box.hidden) return;
    if (!map) {
      map = createMap(box, { language: document.documentElement.lang.startsWith("zh") ? "zh" : "en", words, legend: false });
      map.onPick((at) => {
        fields.forEach((field, n) => (field.value = at[n].toFixed(6)));
        document.getElementById("move_crew-unit").value = "";
        map.setPick(at);
      });
    }
    map.setPick(typed());
    box.querySelector(".maplibregl-canvas")?.focus();
  });
  for (const field of fields) field.addEventListener("change", () => map?.setPick(typed()));
}

const ground = document.getElementById("plan-map");
if (ground && draws()) {
  const areas = JSON.parse(document.getElementById("plan-areas").textContent);
  const map = createMap(ground, { language: ground.dataset.language, words, legend: false });
  map.setChange(areas);
  const changed = areas.features.filter((f) => f.properties.sign && f.properties.part === "name");
  map.fit(changed.map((f) => f.geometry.coordinates), { zoom: 13 });
}
