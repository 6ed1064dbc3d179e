/**
 * One order on the phone: what the server knows, with the taps that are still on their way laid over it; the words
 * of the call, opened once for this order; the way there; the map when it is asked for.
 */

import { ActError, act, ask } from "./act.js";
import { timeOfDay, projectTime } from "./terminal-clock.js";

const AFTER = { acknowledge: "acknowledged", set_out: "en_route", arrive: "on_scene", report: "cleared" };
const NEEDS = { acknowledge: "offered", set_out: "acknowledged", arrive: "en_route", report: "on_scene" };
const LINE = ["offered", "acknowledged", "en_route", "on_scene", "cleared"];
const ROUTE_MS = 30_000;

/**
 * Where an order stands after the acts that the page does not show yet, and what to say of each:
 * {state, taps: {verb: {time, done}}}. An act that the server's state already holds changes nothing.
 */
export function afterTaps(state, waiting) {
  const taps = {};
  for (const one of waiting) {
    if (NEEDS[one.verb] !== state) continue;
    state = AFTER[one.verb];
    taps[one.verb] = { time: timeOfDay(projectTime(one.tapped)), done: one.done };
  }
  return { state, taps };
}

/** The four buttons as they stand after the acts that wait in the queue. */
export function paintOrder(article, waiting, { words, trouble }) {
  const { state, taps } = afterTaps(article.dataset.state, waiting);
  if (!("live" in article.dataset)) return; // ended: as the server shows it
  for (const button of article.querySelectorAll(".four [data-verb]")) {
    const { verb, n, at: doneAt } = button.dataset;
    const tap = taps[verb];
    const kept = tap && !tap.done;
    const now = NEEDS[verb] === state && !("notHis" in button.dataset);
    const done = LINE.indexOf(state) > LINE.indexOf(NEEDS[verb]);
    button.className = `big ${now ? "is-now" : done ? "is-done" : "is-later"}${kept ? " is-kept" : ""}`;
    button.disabled = !now;
    if (now) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
    button.querySelector(".no").textContent = kept ? "◌" : done ? "✓" : n;
    const waits = kept && (trouble ? words.kept.replace("{time}", tap.time) : words.sending);
    button.querySelector(".when").textContent = waits || tap?.time || (doneAt ? timeOfDay(Date.parse(doneAt)) : "");
  }
  for (const promise of article.querySelectorAll(".promise")) promise.hidden = state !== article.dataset.state;
  for (const early of article.querySelectorAll("[data-not-after]")) early.hidden = LINE.indexOf(state) > 0;
}

/** Words and way of the open order. `article()` gives the order that is on the screen, or null. */
export function orderDetails({ article, words }) {
  let opened = null; // {incident, said, read}
  let failed = false;
  let way = null; // {incident, text, line}
  let wayAt = 0;
  let added = 0; // how often something was added to a matter; what was asked for before that may lack it
  let asked = null; // what is being read now

  const current = (one, shown = article()) => one !== null && one.incident === shown?.dataset.incident && one.read === added;

  async function open() {
    const shown = article();
    if (!shown || !("live" in shown.dataset)) {
      opened = null; // what has ended is no longer ours to read
      return;
    }
    if (current(asked, shown)) return;
    const mine = { incident: shown.dataset.incident, read: added };
    asked = mine;
    try {
      const said = await act(`/api/incidents/${mine.incident}/open`, { purpose: "respond" });
      const warned = await act(`/api/incidents/${mine.incident}/warnings/open`, { purpose: "respond" });
      if (asked !== mine) return; // something was added meanwhile, and a later look is on its way
      opened = { ...mine, said: { ...said, ...warned } };
      failed = false;
    } catch (error) {
      if (asked !== mine) return;
      failed = !(error instanceof ActError) || error.status === 429 || error.status >= 500;
      if (!failed) opened = { ...mine, said: null, why: error.message };
    } finally {
      if (asked === mine) asked = null;
    }
    paint();
  }

  async function findWay() {
    const shown = article();
    if (!shown || !("live" in shown.dataset) || shown.dataset.state === "on_scene") return;
    const { incident, crew } = shown.dataset;
    if (way?.incident === incident && performance.now() - wayAt < ROUTE_MS) return;
    wayAt = performance.now();
    try {
      const found = await ask(`/api/incidents/${incident}/route?crew=${crew}`);
      const known = found.travel_s !== null && found.travel_s !== undefined;
      const text = known ? spell(found) : words.route_none;
      way = { incident, text, line: found.line ?? [] };
      paint();
    } catch {
      wayAt = 0; // the place in words stands above; the way comes with the next look
    }
  }

  function spell({ length_m, travel_s }) {
    const [m, s] = [Math.floor(travel_s / 60), Math.round(travel_s % 60)];
    const minutes = m ? words.minutes.replace("{m}", m).replace("{s}", s) : words.seconds.replace("{s}", s);
    return words.route.replace("{km}", (length_m / 1000).toFixed(1)).replace("{minutes}", minutes);
  }

  function paint() {
    const shown = article();
    const slot = shown?.querySelector('[data-slot="said"]');
    if (!slot) return;
    const route = shown.querySelector('[data-slot="route"]');
    route.textContent = way?.incident === shown.dataset.incident && shown.dataset.state !== "on_scene" ? way.text : "";
    if (opened?.incident === shown.dataset.incident) {
      slot.replaceChildren(...(opened.said ? spoken(opened.said, words) : [line(opened.why, "warnl")]));
    } else {
      slot.replaceChildren(...(failed ? [line(words.words_wait, "look")] : []));
    }
  }

  return {
    open,
    /** Something was added: what was read, or is being read, may lack it. Until it is read again the old words stand. */
    forget(incident = null) {
      if (incident === null || [opened, asked].some((one) => one?.incident === incident)) added += 1;
    },
    findWay,
    paint,
    opened: () => current(opened),
    way: () => (way?.incident === article()?.dataset.incident ? way.line : []),
  };
}

/** What people said, as text and nothing else: it comes from anywhere. */
function spoken({ reports, added, notes, photos = [], warnings = [] }, words) {
  const parts = warnings.map((warning) => line(`${warning.reason_word}: ${warning.words ?? ""}`, "warnl"));
  for (const report of reports) {
    if (report.words) parts.push(line(report.words, "say"));
    if (report.address) parts.push(line(`${words.address}: ${report.address}`));
    if (report.source !== "self") parts.push(...callerLines(report, words)); // what a crew saw itself, nobody called in
  }
  if (!reports.some((report) => report.words)) parts.unshift(line(words.no_words, "say"));
  for (const more of added) {
    const who = { caller: words.added_caller, room: words.added_room, to_caller: words.added_to_caller, crew: words.added_crew }[more.source] ?? words.added_caller;
    if (more.words) parts.push(line(`${timeOfDay(Date.parse(more.at))} ${who}: ${more.words}`));
  }
  for (const note of notes) if (note.words) parts.push(line(`${timeOfDay(Date.parse(note.at))} ${words.noted}: ${note.words}`));
  if (photos.length) {
    const shown = document.createElement("p");
    shown.className = "thumbs";
    for (const photo of photos) {
      if (!photo.thumb) continue;
      const picture = new Image();
      Object.assign(picture, { src: photo.thumb, alt: `${words.photo} ${timeOfDay(Date.parse(photo.at))}` });
      shown.append(picture);
    }
    parts.push(shown);
  }
  parts.push(line(words.looked, "look"));
  return parts;
}

/** A number to call stands only where the record says that calling is safe, how and now (workflow §2.1a). */
function callerLines({ caller, contact }, words) {
  if (!caller?.name && !caller?.phone) return [line(words.no_caller)];
  const said = line(`${words.caller}: ${caller.name || "–"} `);
  if (!caller.phone) return [said];
  if (contact.phone === "ok") {
    const call = document.createElement("a");
    call.href = `tel:${caller.phone}`;
    call.textContent = caller.phone;
    said.append(call);
    return [said];
  }
  said.append(caller.phone);
  return [said, line(words.call_not[contact.phone], "warnl")];
}

function line(text, name = "") {
  const made = document.createElement("p");
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
