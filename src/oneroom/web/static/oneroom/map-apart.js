// The map apart: the whole window of a second screen. It follows the matter that is open in the room beside it.

import { follow } from "./closed-streets.js";
import { connect } from "./live.js";
import { createMap } from "./map.js";
import { feed } from "./map-feed.js";
import { share } from "./map-share.js";
import { start as machinery } from "./room-machinery.js";
import { panel } from "./panel.js";
import { word } from "./room-say.js";
import * as time from "./room-time.js";

const $ = (id) => document.getElementById(id);
const room = $("room");
const words = JSON.parse($("map-words").textContent);
let open = null; // {id, lon, lat, place} of the room
let fitted = null;

document.documentElement.dataset.seq = room.dataset.seq;
time.start({ demo: false });
const map = createMap($("map"), { language: room.dataset.language, words });
const shown = feed(map, {
  crews: () => $("crews").querySelectorAll("[data-crew]"),
  matters: rows,
  open: () => open,
  language: room.dataset.language,
});
const tell = share(heard);
const queue = panel($("queue"), "/room/queue", { when: (e) => /^(incident|assignment|ladder)\./.test(e.kind) });
const crews = panel($("crews"), "/room/crews", { when: (e) => /^(crew|assignment)\./.test(e.kind) });
$("queue").addEventListener("panel:shown", shown.showMatters);
$("crews").addEventListener("panel:shown", shown.showCrews);
queue.show("/room/queue");
crews.show("/room/crews");
document.addEventListener("live:positions", ({ detail }) => shown.moved(detail));
machinery($("machinery"));
map.onSelect(({ kind, id }) => tell("pick", { what: { kind, id } }));
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (!link) return;
  event.preventDefault();
  tell("pick", { what: { kind: "incident", id: Number(link.dataset.open) } });
});
setInterval(() => document.hidden || shown.showMatters(), 2000);
shown.showStations();
const streets = follow(map, $("closed-list"));
keys();
connect();
tell("hello");
room.dataset.ready = "true";

export const routes = () => map.routes();
export const gaps = () => map.gaps();
export const closed = () => map.closures();

function heard(said) {
  if (said.kind === "open") {
    open = said.id ? said : null;
    $("follows").textContent = open ? `${words.follows} ${open.place}` : words.follows_none;
    if (!open) map.setRoutes([]);
    shown.showMatters();
    if (open && Number.isFinite(open.lon)) map.focus([open.lon, open.lat], { zoom: 14.5 });
  } else if (said.kind === "closures") streets.again();
  else if (said.kind === "gap") map.setGap(said.cells);
  else if (said.kind === "routes") {
    map.setRoutes(said.routes);
    if (said.routes.length && open && fitted !== open.id) {
      fitted = open.id;
      map.fit(said.routes.slice(0, 3).flatMap((r) => r.line));
    }
  }
}

function rows() {
  return [...$("queue").querySelectorAll("[data-incident][data-lon]:not(.is-gone)")];
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
