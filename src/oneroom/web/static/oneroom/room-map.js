// The map shows what the lists beside it say: crews as they move, matters by grade, the ways of the first crews.

import { createMap } from "./map.js";
import { share } from "./map-share.js";
import * as matter from "./room-matter.js";
import * as queue from "./room-queue.js";
import { hms, now } from "./room-time.js";

const CALM_MS = 250; // a busy minute must not redraw the map for each entry
const LATE_MS = 2000; // how often "+1:24" beside a late matter is written anew

const OLD_S = 120; // as STALE_AFTER in apps/duty/queries.py: a position older than this is shown as old

const element = document.getElementById("map");
const latest = new Map(); // crew → newest fix, from the page or the stream, whichever is younger
let map = null;
let waiting = null;

export function start() {
  map = createMap(element, {
    language: document.getElementById("room").dataset.language,
    words: JSON.parse(document.getElementById("map-words").textContent),
    interactive: true,
    legend: true,
    apart: "/map/?apart=1",
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
  document.addEventListener("live:positions", (event) => moved(event.detail));
  document.addEventListener("room:tab", () => map.resize());
  setInterval(() => document.hidden || (incidents(), old()), LATE_MS);
  stations();
  crews();
  incidents();
}

// The map apart, in another window of this browser, follows what is open here; what is picked there is opened here.
function besides() {
  let routes = [];
  const opened = () => {
    const { pk, lon, lat, grade, place } = matter.matter()?.dataset ?? {};
    const at = lon === undefined ? {} : { lon: Number(lon), lat: Number(lat) };
    tell("open", { id: pk ? Number(pk) : null, grade: Number(grade), place, ...at });
  };
  const tell = share(({ kind, what }) => {
    if (kind === "hello") {
      opened();
      tell("routes", { routes });
    } else if (kind === "pick" && what.kind === "incident") matter.open(what.id);
    else if (kind === "pick") document.dispatchEvent(new CustomEvent("room:crew", { detail: what.id }));
  });
  document.addEventListener("room:opened", ({ detail }) => {
    if (detail === null) routes = [];
    opened();
  });
  document.addEventListener("room:routes", ({ detail }) => tell("routes", { routes: (routes = detail) }));
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

export const known = (crew) => latest.get(crew);

async function stations() {
  const answer = await fetch("/map/areas.json").catch(() => null);
  if (!answer?.ok) return;
  const said = await answer.json();
  if (said.areas) map.setAreas(said.areas);
  const english = document.getElementById("room").dataset.language === "en";
  map.setStations((said.stations ?? []).map((s) => ({ id: s.id, lon: s.lon, lat: s.lat, label: english ? s.en : s.zh })));
}

function crews() {
  const here = [...document.querySelectorAll("#crews [data-crew]")];
  const ids = new Set(here.map((e) => Number(e.dataset.crew)));
  for (const id of latest.keys()) if (!ids.has(id)) latest.delete(id);
  const shown = here.map((e) => {
    const id = Number(e.dataset.crew);
    if (e.dataset.lon) younger(id, { lon: Number(e.dataset.lon), lat: Number(e.dataset.lat), at: Date.parse(e.dataset.fix) });
    const fix = latest.get(id);
    return fix && { id, lon: fix.lon, lat: fix.lat, heading: fix.heading, age_s: age(fix), state: e.dataset.s, label: e.dataset.name };
  });
  map.setCrews(shown.filter(Boolean));
  old();
}

// A position grows old without an entry of the record, and a new one comes by the stream alone: the panel, which is
// fetched only when something is recorded, learns both from here.
function old() {
  for (const e of document.querySelectorAll("#crews [data-crew]")) {
    const fix = latest.get(Number(e.dataset.crew));
    if (!fix) continue;
    const isOld = age(fix) > OLD_S;
    e.classList.toggle("is-old", isOld);
    const cell = e.closest("tr")?.lastElementChild;
    cell?.classList.toggle("faint", isOld);
    if (cell && cell.textContent !== hms(fix.at)) cell.textContent = hms(fix.at);
  }
}

function younger(id, fix) {
  const before = latest.get(id);
  if (!before || before.at < fix.at) latest.set(id, fix);
}

const age = (fix) => Math.max(0, Math.round((now() - fix.at) / 1000));

function moved({ positions, gone = [] }) {
  for (const id of gone) latest.delete(id);
  const shown = [];
  for (const p of positions) {
    const id = Number(p.crew ?? p.crew_id);
    younger(id, { lon: p.lon, lat: p.lat, at: typeof p.at === "number" ? p.at * 1000 : Date.parse(p.at), heading: p.heading });
    const fix = latest.get(id);
    shown.push({ id, lon: fix.lon, lat: fix.lat, heading: fix.heading ?? undefined, age_s: age(fix) });
  }
  map.moveCrews(shown);
  if (gone.length) crews();
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
    incidents();
  }, CALM_MS);
}

function incidents() {
  const open = matter.openId();
  const shown = queue.rows().filter((r) => r.dataset.lon).map((r) => {
    const clock = r.querySelector(".row .clock.is-late");
    return {
      id: Number(r.dataset.incident), lon: Number(r.dataset.lon), lat: Number(r.dataset.lat), grade: Number(r.dataset.grade),
      late: clock ? clock.textContent : false, open: Number(r.dataset.incident) === open, label: r.dataset.place,
    };
  });
  const there = matter.matter();
  if (there?.dataset.lon && !shown.some((s) => s.open)) {
    const { pk, lon, lat, grade, place } = there.dataset;
    shown.push({ id: Number(pk), lon: Number(lon), lat: Number(lat), grade: Number(grade), late: false, open: true, label: place });
  }
  map.setIncidents(shown);
}
