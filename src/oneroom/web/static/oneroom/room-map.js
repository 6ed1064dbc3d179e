// The map shows what the lists beside it say: crews as they move, matters by grade, the ways of the first crews.

import { createMap } from "./map.js";
import { age, feed } from "./map-feed.js";
import * as closures from "./room-closures.js";
import { share } from "./map-share.js";
import * as matter from "./room-matter.js";
import * as queue from "./room-queue.js";
import { hms } from "./room-time.js";

const CALM_MS = 250; // a busy minute must not redraw the map for each entry
const LATE_MS = 2000; // how often "+1:24" beside a late matter is written anew

const OLD_S = 120; // as STALE_AFTER in apps/duty/queries.py: a position older than this is shown as old

const element = document.getElementById("map");
let map = null;
let shown = null;
let waiting = null;

export function start() {
  const { language } = document.getElementById("room").dataset;
  map = createMap(element, {
    language,
    words: JSON.parse(document.getElementById("map-words").textContent),
    interactive: true,
    legend: true,
    apart: "/map/?apart=1",
  });
  shown = feed(map, {
    crews: () => document.querySelectorAll("#crews [data-crew]"),
    matters: () => queue.rows().filter((r) => r.dataset.lon),
    open: opened,
    language,
  });
  besides();
  map.onSelect(({ kind, id }) => {
    if (kind === "incident") matter.open(Number(id));
    else document.dispatchEvent(new CustomEvent("room:crew", { detail: Number(id) }));
  });
  document.getElementById("crews").addEventListener("panel:shown", crews);
  document.addEventListener("room:queue", soon);
  document.addEventListener("room:opened", soon);
  document.addEventListener("room:opened", unmark);
  document.addEventListener("room:routes", (event) => ways(event.detail));
  document.addEventListener("room:gap", (event) => map.setGap(event.detail));
  document.addEventListener("live:positions", (event) => shown.moved(event.detail));
  document.addEventListener("room:tab", () => map.resize());
  setInterval(() => document.hidden || (shown.showMatters(), old()), LATE_MS);
  shown.showStations();
  closures.start(map);
  crews();
  shown.showMatters();
}

// The matter that is open, as a map takes it.
function opened() {
  const { pk, lon, lat, grade, place } = matter.matter()?.dataset ?? {};
  const at = lon === undefined ? {} : { lon: Number(lon), lat: Number(lat) };
  return pk ? { id: Number(pk), grade: Number(grade), place, ...at } : null;
}

// The map apart, in another window of this browser, follows what is open here; what is picked there is opened here.
function besides() {
  let routes = [];
  const follow = () => tell("open", opened() ?? { id: null });
  const tell = share(({ kind, what }) => {
    if (kind === "hello") {
      follow();
      tell("routes", { routes });
    } else if (kind === "pick" && what.kind === "incident") matter.open(what.id);
    else if (kind === "pick") document.dispatchEvent(new CustomEvent("room:crew", { detail: what.id }));
  });
  document.addEventListener("room:opened", ({ detail }) => {
    if (detail === null) routes = [];
    follow();
  });
  document.addEventListener("room:routes", ({ detail }) => tell("routes", { routes: (routes = detail) }));
  document.addEventListener("room:closures", () => tell("closures"));
  document.addEventListener("room:gap", ({ detail: { half, gap } }) => tell("gap", { cells: { half, gap } }));
}

// Ways of the first crews. They are brought into view once per opening; after that the map is the dispatcher's.
let fitted = null;
function ways(routes) {
  map.setRoutes(routes);
  const id = matter.openId();
  if (!routes.length || id === fitted) return;
  fitted = id;
  map.fit(routes.slice(0, 3).flatMap((r) => r.line));
}

export const focus = (lon, lat) => map?.focus([lon, lat]);

// A place that was asked for by name: the map goes there and marks it, until another place or matter is looked at.
export function show(lon, lat) {
  const room = document.getElementById("room");
  if (element.offsetParent === null) {
    room.dataset.tab = "map";
    document.dispatchEvent(new CustomEvent("room:tab"));
  }
  map?.setPick([lon, lat]);
  map?.focus([lon, lat]);
}

export const drawn = () => map;
export const posts = () => map.posts();
export const covers = () => map.covers();
export const routes = () => map.routes();
export const gaps = () => map.gaps();
export const closed = () => map.closures();
export const project = (at) => map.project(at);

export const known = (crew) => shown?.latest.get(crew);

function crews() {
  shown.showCrews();
  old();
}

// A position grows old without an entry of the record, and a new one comes by the stream alone: the panel, which is
// fetched only when something is recorded, learns both from here.
function old() {
  for (const e of document.querySelectorAll("#crews [data-crew]")) {
    const fix = shown.latest.get(Number(e.dataset.crew));
    if (!fix) continue;
    const isOld = age(fix) > OLD_S;
    e.classList.toggle("is-old", isOld);
    const cell = e.closest("tr")?.lastElementChild;
    cell?.classList.toggle("faint", isOld);
    if (cell && cell.textContent !== hms(fix.at)) cell.textContent = hms(fix.at);
  }
}

let marked = null;
function unmark({ detail }) {
  if (detail === marked) return; // the same matter, shown anew
  marked = detail;
  map.setPick(null);
}

function soon() {
  waiting ??= setTimeout(() => {
    waiting = null;
    shown.showMatters();
  }, CALM_MS);
}
