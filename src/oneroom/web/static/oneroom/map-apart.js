// The map apart: the whole window of a second screen. It follows the matter that is open in the room beside it.

import { connect } from "./live.js";
import { createMap } from "./map.js";
import { share } from "./map-share.js";
import { panel } from "./panel.js";
import { word } from "./room-say.js";
import * as time from "./room-time.js";

const $ = (id) => document.getElementById(id);
const room = $("room");
const words = JSON.parse($("map-words").textContent);
const latest = new Map(); // crew → newest fix
let open = null; // {id, lon, lat, place} of the room
let fitted = null;

document.documentElement.dataset.seq = room.dataset.seq;
time.start({ demo: false });
const map = createMap($("map"), { language: room.dataset.language, words });
const tell = share(heard);
const queue = panel($("queue"), "/room/queue", { when: (e) => /^(incident|assignment|ladder)\./.test(e.kind) });
const crews = panel($("crews"), "/room/crews", { when: (e) => /^(crew|assignment)\./.test(e.kind) });
$("queue").addEventListener("panel:shown", incidents);
$("crews").addEventListener("panel:shown", showCrews);
queue.show("/room/queue");
crews.show("/room/crews");
document.addEventListener("live:positions", ({ detail }) => moved(detail));
document.addEventListener("live:state", ({ detail }) => {
  const alive = detail.state === "connected";
  $("machinery").classList.toggle("is-broken", !alive);
  $("machinery").textContent = word(detail.state);
});
map.onSelect(({ kind, id }) => tell("pick", { what: { kind, id } }));
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (!link) return;
  event.preventDefault();
  tell("pick", { what: { kind: "incident", id: Number(link.dataset.open) } });
});
setInterval(() => document.hidden || incidents(), 2000);
stations();
keys();
connect();
tell("hello");
room.dataset.ready = "true";

function heard(said) {
  if (said.kind === "open") {
    open = said.id ? said : null;
    $("follows").textContent = open ? `${words.follows} ${open.place}` : words.follows_none;
    if (!open) map.setRoutes([]);
    incidents();
    if (open && Number.isFinite(open.lon)) map.focus([open.lon, open.lat], { zoom: 14.5 });
  } else if (said.kind === "routes") {
    map.setRoutes(said.routes);
    if (said.routes.length && open && fitted !== open.id) {
      fitted = open.id;
      map.fit(said.routes.slice(0, 3).flatMap((r) => r.line));
    }
  }
}

function incidents() {
  const shown = rows().map((r) => {
    const { incident, lon, lat, grade, place } = r.dataset;
    const late = r.querySelector(".row .clock.is-late")?.textContent ?? false;
    return { id: Number(incident), lon: Number(lon), lat: Number(lat), grade: Number(grade), late, open: Number(incident) === open?.id, label: place };
  });
  if (open && Number.isFinite(open.lon) && !shown.some((s) => s.open)) shown.push({ ...open, late: false, open: true });
  map.setIncidents(shown);
}

const rows = () => [...$("queue").querySelectorAll("[data-incident][data-lon]:not(.is-gone)")];
const age = (fix) => Math.max(0, Math.round((time.now() - fix.at) / 1000));

function younger(id, fix) {
  const before = latest.get(id);
  if (!before || before.at < fix.at) latest.set(id, fix);
}

function showCrews() {
  const here = [...$("crews").querySelectorAll("[data-crew]")];
  map.setCrews(here.map((e) => {
    const id = Number(e.dataset.crew);
    if (e.dataset.lon) younger(id, { lon: Number(e.dataset.lon), lat: Number(e.dataset.lat), at: Date.parse(e.dataset.fix) });
    const fix = latest.get(id);
    return fix && { id, lon: fix.lon, lat: fix.lat, heading: fix.heading, age_s: age(fix), state: e.dataset.s, label: e.dataset.name };
  }).filter(Boolean));
}

function moved({ positions, gone = [] }) {
  for (const id of gone) latest.delete(id);
  map.moveCrews(positions.map((p) => {
    const id = Number(p.crew ?? p.crew_id);
    younger(id, { lon: p.lon, lat: p.lat, at: typeof p.at === "number" ? p.at * 1000 : Date.parse(p.at), heading: p.heading });
    const fix = latest.get(id);
    return { id, lon: fix.lon, lat: fix.lat, heading: fix.heading ?? undefined, age_s: age(fix) };
  }));
  if (gone.length) showCrews();
}

async function stations() {
  const answer = await fetch("/map/areas.json").catch(() => null);
  if (!answer?.ok) return;
  const said = await answer.json();
  map.setAreas(said.areas);
  const english = room.dataset.language === "en";
  map.setStations((said.stations ?? []).map((s) => ({ id: s.id, lon: s.lon, lat: s.lat, label: english ? s.en : s.zh })));
}

function keys() {
  const lists = () => {
    $("lists").hidden = !$("lists").hidden;
    $("lists-open").setAttribute("aria-expanded", String(!$("lists").hidden));
    if (!$("lists").hidden) $("lists").focus();
  };
  $("lists-open").addEventListener("click", lists);
  $("keys-open").addEventListener("click", () => $("keys").showModal());
  document.querySelector(".skip").addEventListener("click", () => $("lists").hidden && lists());
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || $("keys").open) return;
    if (event.key === "?") $("keys").showModal();
    else if (event.key === "Home") map.home();
    else if (event.key.toLowerCase() === "f") map.fit(rows().map((r) => [Number(r.dataset.lon), Number(r.dataset.lat)]));
    else if (event.key.toLowerCase() === "l") lists();
    else if (event.key === "Escape" && !$("lists").hidden) lists();
    else return;
    event.preventDefault();
  });
}
