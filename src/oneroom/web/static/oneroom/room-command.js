// The command line: shows what Enter will do before it is done, and does it. "/" or Ctrl-K opens it, Esc leaves it.

import { act, ask } from "./act.js";
import { perform } from "./room-acts.js";
import { DATUMS, after, clean, leadingVerb, options, readDatum } from "./room-grammar.js";
import * as alike from "./room-alike.js";
import * as card from "./room-card.js";
import * as closures from "./room-closures.js";
import * as keys from "./room-keys.js";
import * as late from "./room-late.js";
import * as map from "./room-map.js";
import * as matter from "./room-matter.js";
import * as proposals from "./room-proposals.js";
import * as queue from "./room-queue.js";
import * as repeats from "./room-repeats.js";
import { join, toast, trouble, word } from "./room-say.js";
import * as sides from "./room-sides.js";
import { hms, nextAt, now } from "./room-time.js";
import * as undo from "./room-undo.js";

const input = document.getElementById("command");
const palette = document.getElementById("palette");
const verbs = JSON.parse(document.getElementById("vocabulary").textContent);
let shown = [];
let at = 0;
let asked = 0;

export const has = (element) => element === input;

export function focus() {
  input.focus();
  input.select();
  refresh();
}

export function start() {
  input.addEventListener("input", refresh);
  input.addEventListener("focus", refresh);
  input.addEventListener("blur", () => setTimeout(() => document.activeElement !== input && hide(), 120));
  input.addEventListener("keydown", pressed);
  palette.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-n]");
    if (!item) return;
    event.preventDefault(); // the field keeps the focus
    run(Number(item.dataset.n));
  });
}

function world() {
  const crews = [...document.querySelectorAll("#crews [data-crew]")].map((e) => ({
    id: Number(e.dataset.crew), name: e.dataset.name, keys: e.dataset.keys.split(" "), state: e.dataset.state,
  }));
  const there = matter.matter();
  return {
    verbs, crews, orders: queue.orders(),
    matters: queue.rows().map((r) => ({
      id: Number(r.dataset.incident), reference: r.dataset.reference, place: r.dataset.place,
      lon: Number(r.dataset.lon), lat: Number(r.dataset.lat),
    })),
    open: there ? { id: Number(there.dataset.pk), reference: there.dataset.reference, place: there.dataset.place, state: there.dataset.state } : null,
  };
}

function refresh() {
  if (document.activeElement !== input) return;
  const mine = ++asked;
  show(options(input.value, world()));
  const led = leadingVerb(clean(input.value), verbs);
  if (led?.verb.verb !== "find" || !led.rest) return;
  const { text, datums } = readDatum(after(input.value, led.said));
  ask(`/api/places?q=${encodeURIComponent(text)}`)
    .then(({ places, point }) => {
      if (mine !== asked) return;
      const found = places.slice(0, 6).map((p) => ({ do: "place", place: { ...p, name: local(p) }, ready: true }));
      const points = point ? datums.map((datum) => ({ do: "point", point: { ...point, datum }, ready: true })) : [];
      show([...options(input.value, world()), ...found, ...points]);
    })
    .catch(() => {});
}

const local = ({ zh, en }) => (document.documentElement.lang === "en" ? en || zh : zh || en);

function show(found) {
  shown = input.value.trim() ? found.slice(0, 12) : found; // at rest: everything that can be said
  at = Math.max(0, shown.findIndex((o) => o.ready));
  if (!shown.length) {
    const item = document.createElement("li");
    item.textContent = word("noSuch", { text: input.value.trim() });
    palette.replaceChildren(item);
  } else {
    let group = "";
    palette.replaceChildren(...shown.flatMap((option, n) => {
      const mine = groupOf(option);
      const head = mine === group ? [] : [heading(mine)];
      group = mine;
      return [...head, row(option, n)];
    }));
  }
  palette.hidden = false;
  input.setAttribute("aria-expanded", "true");
  mark();
}

const groupOf = (o) =>
  o.do === "filter" ? "groupFilters" : ["matter", "form", "grade", "say", "answered"].includes(o.do) ? "groupOpen" : o.do === "complete" && !o.crew ? "groupVerbs" : ["place", "point"].includes(o.do) ? "groupPlaces" : ["open", "find"].includes(o.do) ? "groupMatters" : "groupCrews";

function heading(name) {
  const item = document.createElement("li");
  item.className = "grp";
  item.setAttribute("role", "presentation");
  item.textContent = word(name);
  return item;
}

function row(option, n) {
  const item = document.createElement("li");
  item.id = `option-${n}`;
  item.dataset.n = String(n);
  item.setAttribute("role", "option");
  item.setAttribute("aria-disabled", String(!option.ready && option.do !== "complete"));
  const what = document.createElement("span");
  what.textContent = label(option);
  const effect = document.createElement("span");
  effect.className = "faint";
  effect.textContent = says(option);
  const key = document.createElement("kbd");
  key.className = "key";
  key.textContent = option.ready ? "↵" : "⇥";
  item.append(what, effect, key);
  return item;
}

function label(o) {
  if (o.do === "place") return o.place.name;
  if (o.do === "point") return `${o.point.lat}, ${o.point.lon} · ${DATUMS[o.point.datum]}`;
  if (o.do === "complete") return o.crew ? o.text.trim() : `${o.verb.words.join(" · ")}`;
  if (o.do === "open" || o.do === "find") return `${o.matter.reference} ${o.matter.place}`;
  if (o.do === "grade") return o.text;
  if (o.do === "filter") return o.verb.arguments?.[o.argument] ?? `${o.verb.label}${o.verb.arguments === null ? `: ${o.argument}` : ""}`;
  if (o.do === "close_street") return `${o.verb.label}${o.said ? `: ${o.said}` : ""}${o.until ? ` · ${hms(when(o.until).getTime()).slice(0, 5)}` : ""}`;
  if (o.do === "say") return `${o.verb.label}${o.crews.length ? ` · ${join(o.crews.map((c) => c.name))}` : ""}${o.said ? `: ${o.said}` : ""}`;
  if (o.target) return `${o.verb.label} ${o.target.reference} ${o.target.place}`;
  if (o.crews) return `${o.verb.label} · ${join(o.crews.map((c) => c.name))}${o.minutes ? ` · −${o.minutes} min` : ""}`;
  const argument = o.argument && o.verb.arguments?.[o.argument];
  if (o.until) return `${o.verb.label} ${hms(when(o.until).getTime()).slice(0, 5)}: ${argument}`;
  return argument ? `${o.verb.label}: ${argument}` : o.verb.label;
}

function says(o) {
  const crews = o.crews ? join(o.crews.map((c) => c.name)) : "";
  const state = o.order ? word("orderStates")[o.order.state] : "";
  if (o.why) return word(o.why, { crew: o.do === "send" && o.order ? o.order.name : crews, state });
  const what = o.matter ? `${o.matter.reference} ${o.matter.place}` : "";
  switch (o.do) {
    case "complete": return o.verb.label;
    case "send": return word("effectSend", { crews, what });
    case "step": return o.verb.verb === "report" ? word("effectForm") : word("effectStep", { crew: crews, what: o.verb.label });
    case "open": return word("effectOpen", { what: o.matter.reference });
    case "find": case "place": case "point": return word("effectFind");
    case "new": return word("effectNew");
    case "next": return word("effectNext");
    case "help": return word("effectHelp");
    case "filter": return word("effectFilter");
    case "all": return word("effectAll");
    case "open_street": case "crew": case "side": case "lines": case "late": case "map_apart": case "language": case "sound": case "handover": case "dossier": return word("effectScreen");
    case "form": case "warn": case "close_street": return word("effectForm");
    case "answered": return document.querySelector("#inc [data-owed]") ? "" : word("effectNotNow");
    default: return o.matter ? word("effectMatter", { what: o.verb.label, matter: o.matter.reference }) : word("effectSendNone");
  }
}

function mark() {
  for (const item of palette.querySelectorAll("[data-n]")) item.setAttribute("aria-selected", String(Number(item.dataset.n) === at));
  if (shown.length) input.setAttribute("aria-activedescendant", `option-${at}`);
  else input.removeAttribute("aria-activedescendant");
  palette.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
}

function hide() {
  palette.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function pressed(event) {
  if (event.isComposing || event.keyCode === 229) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && shown.length) {
    at = (at + step + shown.length) % shown.length;
    mark();
  } else if (event.key === "Tab" && shown.length && input.value && !event.shiftKey) complete(shown[at]);
  else if (event.key === "Enter") run(at);
  else if (event.key === "Escape") leave();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function leave() {
  input.value = "";
  hide();
  document.getElementById("inc").focus();
}

function complete(option) {
  const first = option.verb?.words[0] ?? "";
  if (option.do === "complete") input.value = option.text;
  else if (option.crews) input.value = `${first} ${option.crews.map((c) => c.name.replace(/\s+/g, "")).join(" ")} `;
  else if (option.text) input.value = option.text;
  refresh();
}

function run(n) {
  const option = shown[n];
  if (!option) return undefined;
  if (!option.ready) return option.do === "complete" || option.do === "grade" ? complete(option) : toast(`${label(option)}: ${says(option)}`, { bad: true });
  const typed = input.value;
  leave();
  const done = DOES[option.do](option);
  // What was refused is typed still: the command line keeps it for the next try.
  Promise.resolve(done).then((answer) => answer === null && !input.value && (input.value = typed));
  return done;
}

const DOES = {
  send: (o) => proposals.send(o.crews.map((c) => c.id), o.crews.map((c) => c.name), o.matter.id),
  step: (o) => (o.verb.verb === "report" ? reportForm(o) : stepAct(o)),
  divert: (o) => perform(null, `/api/assignments/${o.order.id}/take-off`, { verb: "divert", to: o.matter.id }, label(o)),
  open: (o) => matter.open(o.matter.id),
  find: (o) => (matter.open(o.matter.id), o.matter.lon && map.focus(o.matter.lon, o.matter.lat)),
  place: (o) => showPlace(o.place),
  point: (o) => showPoint(o.point),
  new: () => location.assign("/room/intake/"),
  next: () => keys.next(),
  late: () => late.open(),
  crew: (o) => card.open(o.crews[0].id),
  compare: () => alike.compare(),
  side: (o) => sides.show(o.argument),
  lines: (o) => sides.filter(o.argument),
  answered: (o) => agencyAnswered(o),
  filter: (o) => queue.filter(o.verb.verb, o.argument),
  all: () => queue.unfilter(),
  close_street: (o) => closures.open({ text: o.said, until: o.until && when(o.until).getTime() }),
  open_street: () => closures.list(),
  warn: () => toForm('[data-act="/api/warnings"]'),
  repeats: () => (sides.show("analysis"), repeats.ask(document.getElementById("inc"))),
  dossier: (o) => window.open(`/incidents/${o.matter.id}/dossier`, "_blank", "noopener"),
  handover: () => location.assign("/room/handover"),
  map_apart: () => window.open("/map/?apart=1", "oneroom-map"),
  language: () => document.querySelector(".switch-language button")?.click(),
  sound: () => document.getElementById("sound").click(),
  help: () => keys.help(),
  grade: (o) => perform(null, `/api/incidents/${o.matter.id}/grade`, { grade: o.argument }, `P${o.argument}`),
  say: sayAct,
  form: (o) => toForm(o.verb.form),
  matter: matterAct,
};

function showPlace({ name, lon, lat }) {
  map.show(lon, lat);
  toast(word("shown", { what: name }));
}

// The server turns the point into the map's own coordinates, says what lies there, or why it is none of this city.
async function showPoint(point) {
  try {
    const found = await act("/api/locate", point);
    showPlace({ ...found, name: local(found) || label({ do: "point", point }) });
  } catch (error) {
    toast(trouble(error), { bad: true });
  }
}

function stepAct(o) {
  const happened = o.minutes ? { happened: new Date(now() - o.minutes * 60_000).toISOString() } : {};
  return perform(null, `/api/assignments/${o.order.id}/${o.verb.path}`, { ...o.verb.body, ...happened }, label(o));
}

function sayAct(o) {
  const url = `/api/incidents/${o.matter.id}`;
  const crew = o.crews.length ? { crew: o.crews[0].id } : {};
  if (o.verb.verb === "radio") return perform(null, `${url}/radio`, { words: o.said, ...crew }, label(o));
  if (o.verb.verb === "video") return perform(null, `${url}/video`, { event: /^(end|stop|关|断)/.test(o.said) ? "ended" : "started", ...crew }, o.verb.label);
  return perform(null, `${url}/words`, { words: o.said }, o.verb.label);
}

// The act's own address and body are the vocabulary's; here only what was picked or typed is added.
async function matterAct(o) {
  const body = { ...o.verb.body };
  if (o.verb.asks && o.argument !== null) body[o.verb.asks] = o.argument;
  if (o.until) body.until = when(o.until).toISOString();
  const done = await perform(null, `/api/incidents/${o.matter.id}/${o.verb.path}`, body, label(o));
  if (done && o.verb.verb === "merge") matter.open(o.argument);
  const back = { merge: ["unmerge", {}], supervise: ["supervise", { on: false, reason: "settled" }] }[o.verb.verb];
  if (done && back) undo.offer(word("undoOffer", { what: label(o) }), () => perform(null, `/api/incidents/${o.matter.id}/${back[0]}`, back[1], word("undone")));
}

// "20m" from now, or the next time the house's clock shows it.
function when(until) {
  return new Date(until.minutes ? now() + until.minutes * 60_000 : nextAt(until.hour, until.minute));
}

// The first answer that is owed on the open matter, by the same button as with the mouse.
function agencyAnswered(o) {
  const button = document.querySelector(`#inc [data-owed] [data-result="${o.argument}"]`);
  if (button) button.click();
  else toast(word("effectNotNow"), { bad: true });
}

// A form of the open matter, wherever it is folded away.
export function toForm(selector) {
  const form = document.querySelector(`#inc ${selector}`);
  if (!form) return toast(word("effectNotNow"), { bad: true });
  const side = form.closest("[data-pan]");
  if (side) sides.show(side.dataset.pan);
  for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const field = form.querySelector("select, textarea, input:not([type=hidden])") ?? form;
  field.focus();
  field.scrollIntoView({ block: "center" });
  return undefined;
}

function reportForm(o) {
  matter.open(o.order.incident);
  const opening = () => {
    const form = document.getElementById(`report-${o.order.id}`);
    if (!form) return;
    document.removeEventListener("room:opened", opening);
    form.open = true;
    form.querySelector("select").focus();
  };
  document.addEventListener("room:opened", opening);
  opening();
}
