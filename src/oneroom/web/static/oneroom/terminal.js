/**
 * The terminal: what must I do now, did it go through. This module wires the parts; each of them has its own idea:
 * terminal-queue (no tap is lost), terminal-ring (it rings until signed), terminal-order, terminal-notes,
 * terminal-place, terminal-clock; live.js and panel.js keep the page true.
 */

import { connect } from "./live.js";
import { panel } from "./panel.js";
import { paintClocks, projectTime, shownTime, startClock, timeOfDay } from "./terminal-clock.js";
import { formsOf } from "./terminal-forms.js";
import { gapForms } from "./terminal-gaps.js";
import { notes } from "./terminal-notes.js";
import { afterTaps, orderDetails, paintOrder } from "./terminal-order.js";
import { placeSender } from "./terminal-place.js";
import { photoQueue } from "./terminal-photos.js";
import { actQueue } from "./terminal-queue.js";
import { ringer } from "./terminal-ring.js";
import { seeForm } from "./terminal-see.js";
import { sosButton } from "./terminal-sos.js";
import { takenAway } from "./terminal-taken.js";
import { themeSwitch } from "./terminal-theme.js";

const root = document.getElementById("terminal");
const words = JSON.parse(document.getElementById("words").textContent);
const { account, crew, zone } = root.dataset;
const [listBox, orderBox, crewBox] = ["list", "order", "crew-panel"].map((id) => document.getElementById(id));
const VIEWS = ["order", "report", "word", "return", "map"];

startClock({
  now: root.dataset.now, rate: Number(root.dataset.rate), timeZone: zone, url: "/t/clock",
  tick: () => (document.getElementById("now").textContent = timeOfDay(shownTime(), { seconds: false })),
});

const theme = themeSwitch(root);
const signIn = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
const queue = actQueue({ account, signIn });
const signedHere = (subject) => queue.waiting().some((one) => one.verb === "acknowledge" && [`assignment:${one.assignment}`, `standby:${one.standby}`].includes(subject));
const rings = ringer({ account, night: theme.isNight, silenced: signedHere });
const told = notes({ words, queue, rings });
const shownOrder = () => orderBox.querySelector("article.order");
const details = orderDetails({ article: shownOrder, words });
const forms = formsOf({ orderBox, queue, words, projectTime, leave: (id) => (location.hash = id ? `#order-${id}` : "") });

const photos = photoQueue({ account, words, projectTime, say: told.say });
const taken = takenAway({ account, words, say: told.say, blast: rings.blast });
const sosBox = document.getElementById("sos");
const sosPress = document.getElementById("sos-press");
const calls = sosPress ? panel(sosBox, "/t/sos", { when: ({ kind }) => /^(sos|assignment)\./.test(kind) }) : null;
const sos = sosPress ? sosButton({ button: sosPress, account, words, projectTime, signIn, say: told.say, changed: () => calls.show("/t/sos") }) : null;
seeForm({ box: document.getElementById("see"), queue, words });
gapForms({ box: listBox, queue, words });

const lists = panel(listBox, "/t/list");
const crews = crew ? panel(crewBox, "/t/crew", { when: ({ kind }) => /^(crew|assignment)\./.test(kind) }) : null;
let orders = null;
let shownId = null;

// ---- which view ----

const view = () => root.dataset.view;

function go() {
  const [name, id] = location.hash.slice(1).split("-");
  const known = VIEWS.includes(name) && /^\d+$/.test(id ?? "");
  const next = known ? name : ["crew", "sos", "see"].includes(name) ? name : "list";
  const moved = next !== view() || (known && id !== shownId);
  root.dataset.view = next;
  if (known) show(id);
  else if (liveId()) show(liveId()); // kept ready, for a phone that drives into a dead spot
  for (const tab of document.querySelectorAll(".tnav a")) {
    if (tab.dataset.tab === (["crew", "see"].includes(next) ? next : "list")) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (next === "map") showMap();
  if (known) looked();
  if (moved) focusHead();
}

const liveId = () => listBox.querySelector("#to-do [data-order]")?.dataset.order;
const isOpen = () => VIEWS.includes(view());

function show(id) {
  const url = `/t/orders/${id}`;
  if (id === shownId) return;
  shownId = id;
  orderBox.replaceChildren();
  if (orders) orders.show(url);
  else {
    orders = panel(orderBox, url, { when: ({ kind }) => /^(assignment|incident|ladder)\./.test(kind) });
    orders.show(url);
  }
}

/** The order is before somebody's eyes: its words are opened, its way is found, its rings are read. */
function looked() {
  const article = shownOrder();
  if (!isOpen() || !article || article.dataset.id !== shownId) return;
  if (!details.opened()) details.open();
  details.findWay();
  details.paint();
  rings.read((ring) => ring.subject === `assignment:${shownId}`);
}

function focusHead() {
  const head = [...root.querySelectorAll(`.view-${isOpen() && view() !== "map" ? "order" : view()} h1`)].find((one) => one.offsetParent);
  head?.focus({ preventScroll: true });
}

window.addEventListener("hashchange", go);

// ---- what the server shows ----

function repaint() {
  const article = shownOrder();
  if (article) paintOrder(article, queue.of(article.dataset.id), { words, trouble: queue.trouble() });
  if (article) forms.restore(article);
  const n = article ? photos.waiting(article.dataset.id) : 0;
  for (const place of orderBox.querySelectorAll("[data-photos]")) place.textContent = n ? words.photos_wait.replace("{n}", n) : "";
  for (const row of listBox.querySelectorAll("#to-do [data-order]")) {
    const how = row.querySelector("[data-how]");
    how.textContent = words.how[afterTaps(how.dataset.how, queue.of(row.dataset.order)).state];
  }
  paintClocks();
}

orderBox.addEventListener("panel:shown", () => {
  const fresh = document.activeElement === document.body;
  repaint();
  details.paint();
  looked();
  if (fresh && isOpen()) focusHead();
});
orderBox.addEventListener("panel:gone", () => {
  if (isOpen()) told.say(words.gone);
  shownId = null;
  orderBox.replaceChildren();
  if (isOpen()) location.hash = "";
});
sosBox?.addEventListener("panel:shown", () => sos.known(document.getElementById("sos-state")?.dataset.open === "yes"));
document.addEventListener("photos:changed", repaint);
listBox.addEventListener("panel:shown", () => {
  taken(listBox);
  if (!isOpen()) go();
  repaint();
});
crewBox.addEventListener("panel:shown", onDuty);
/** There is something new in this matter, or perhaps in any: read it again, now or when somebody looks. */
function added(incident) {
  details.forget(incident);
  looked();
}
document.addEventListener("live:change", ({ detail: { kind, matter } }) => {
  if (/^(incident\.words_added|assignment\.photo)$/.test(kind)) added(matter.replace("incident:", ""));
});
document.addEventListener("live:reset", () => added());
document.addEventListener("photos:sent", ({ detail: { assignment } }) => assignment === shownId && added(shownOrder()?.dataset.incident)); // quicker than the stream
document.addEventListener("live:state", () => looked());
setInterval(() => !document.hidden && looked(), 30_000);

// ---- what a thumb does ----

orderBox.addEventListener("click", ({ target }) => {
  const button = target.closest(".four [data-verb]");
  const article = shownOrder();
  if (!button || button.disabled || !article) return;
  const { id } = article.dataset;
  const { verb, what } = button.dataset;
  if (verb === "report") {
    location.hash = `#report-${id}`;
    return;
  }
  queue.add(`/api/assignments/${id}/step`, { verb, happened: new Date(projectTime()).toISOString() }, { what, verb, assignment: id });
  rings.recheck();
});

// All well, or help: one tap each, without a sound.
orderBox.addEventListener("click", ({ target }) => {
  const well = target.closest("[data-well]");
  if (well) {
    const { id } = well.closest("article").dataset;
    queue.add(`/api/assignments/${id}/well`, { happened: new Date(projectTime()).toISOString() }, { what: well.textContent.trim(), verb: "well", assignment: id });
    well.closest(".asked").hidden = true;
    rings.silence((ring) => ring.stage === "welfare" && ring.subject === `assignment:${id}`);
    told.ringing();
  }
  if (target.closest("[data-need-help]")) sos?.call();
});

orderBox.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-photo]")) return;
  const { id } = target.closest("article").dataset;
  for (const file of target.files) photos.add(id, file);
  target.value = "";
});

sosBox?.addEventListener("click", ({ target }) => {
  const pk = target.closest("[data-mistake]")?.dataset.mistake;
  if (pk) queue.add(`/api/sos/${pk}/answer`, { verb: "mistake" }, { what: words.sos_mistake, verb: "mistake" });
});
listBox.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-have-sos]");
  if (!button) return;
  rings.silence((ring) => ring.subject === `sos:${button.dataset.haveSos}`);
  queue.add(`/api/sos/${button.dataset.haveSos}/answer`, { verb: "answer" }, { what: button.textContent.trim(), verb: "answer" });
});

listBox.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-standby]");
  if (!button) return;
  const { standby, verb, reason } = button.dataset;
  queue.add(`/api/standbys/${standby}/step`, { verb, ...(reason && { reason }) }, { what: button.textContent.trim(), verb, standby });
  button.disabled = true;
  rings.recheck();
});

crewBox.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-crew-state], [data-duty]");
  if (!button || button.disabled) return;
  const { crewState, duty, what } = button.dataset;
  if (crewState) queue.add(`/api/crews/${crew}/state`, { state: crewState }, { what });
  else queue.add(`/api/crews/${crew}/${duty}`, {}, { what });
  button.disabled = true;
  button.dataset.sent = "";
});

listBox.addEventListener("click", ({ target }) => {
  const ladder = Number(target.closest("[data-seen]")?.dataset.seen);
  if (!ladder) return;
  rings.silence((ring) => ring.ladder === ladder);
  rings.read((ring) => ring.ladder === ladder);
  told.ringing();
});

document.addEventListener("acts:changed", () => {
  repaint();
  rings.recheck();
});
for (const name of ["acts:done", "acts:refused"]) {
  document.addEventListener(name, () => {
    if (shownId) orders?.show(`/t/orders/${shownId}`); // at once: somebody asked
    lists.show("/t/list");
    crews?.show("/t/crew");
    calls?.show("/t/sos");
    for (const button of crewBox.querySelectorAll("[data-sent]")) {
      button.disabled = false;
      delete button.dataset.sent;
    }
    rings.check();
  });
}

// ---- where the crew is ----

const place = crew && !("demo" in root.dataset) ? placeSender({ words, say: (text) => (document.getElementById("place").textContent = text) }) : null;

function onDuty() {
  const on = document.getElementById("duty")?.dataset.on;
  if (on === "yes") place?.start();
  if (on === "no") place?.stop();
}

// ---- the map, fetched only when somebody wants it ----

let map = null;

async function showMap() {
  const article = shownOrder();
  document.getElementById("map-back").href = `#order-${shownId}`;
  if (!article?.dataset.lon) return;
  const { lon, lat, id, grade } = article.dataset;
  document.getElementById("map-where").textContent = article.querySelector(".pl").textContent;
  const { createMap } = await import("./map.js");
  map ??= createMap(document.getElementById("map"), {
    language: document.documentElement.lang.slice(0, 2), words, legend: false,
  });
  const at = [Number(lon), Number(lat)];
  const line = details.way();
  map.setIncidents([{ id: Number(id), lon: at[0], lat: at[1], grade: Number(grade), open: true }]);
  map.setRoutes(line.length > 1 ? [{ line, n: 1 }] : []);
  map.resize();
  if (line.length > 1) map.fit(line);
  else map.focus(at);
}

navigator.serviceWorker?.register("/t/worker.js").catch(() => {}); // then the browser says that there is no network

connect();
go();
taken(listBox);
repaint();
onDuty();
