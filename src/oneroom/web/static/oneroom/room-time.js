// Project time on this screen, and every clock that runs on it. The server says what time it is and how fast it runs;
// in between we count by the machine's own steady clock, which nobody can set.

import { word } from "./room-say.js";

const EVERY_MS = 1000;
const ASK_MS = { demo: 3000, real: 30_000 };
const FAST_MS = 1000; // a city that runs fast is asked more often: its speed may be taken back by somebody else
const WAIT_MS = 600_000; // a clock that is ahead waits; farther ahead than this it was set, and follows

const root = document.querySelector("[data-now][data-rate]"); // the room, or a page of the office
let base = Date.parse(root.dataset.now);
let rate = Number(root.dataset.rate);
let counted = performance.now();
const offset = offsetOf(root.dataset.now);
let clockState = "alive";

let shown = 0; // what stands on the screen: it never runs backwards

export const now = () => base + (performance.now() - counted) * rate;
export const speed = () => rate;

function offsetOf(stamp) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(stamp);
  return found ? (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) * 60_000 : 0;
}

// HH:MM:SS where the force is, whatever this machine believes.
export const hms = (ms) => new Date(ms + offset).toISOString().slice(11, 19);

// MM-DD there.
export const day = (ms) => new Date(ms + offset).toISOString().slice(5, 10);

// The next moment at which the force's clock shows this hour, in ms.
export function nextAt(hour, minute) {
  const here = new Date(now() + offset);
  const then = Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), here.getUTCDate(), hour, minute) - offset;
  return then > now() ? then : then + 86_400_000;
}

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  if (whole < 86_400) return word("hours", { h: Math.floor(whole / 3600), m: two(Math.floor((whole % 3600) / 60)) });
  return word("days", { d: Math.floor(whole / 86_400), h: Math.floor((whole % 86_400) / 3600) });
}

// Ask the server anew: another console may have changed the demo's speed.
export async function resync() {
  const asked = performance.now();
  try {
    const answer = await fetch("/room/time", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    const heard = performance.now();
    counted = (asked + heard) / 2;
    base = Date.parse(said.now);
    if (said.rate !== rate) {
      rate = said.rate;
      document.dispatchEvent(new CustomEvent("room:rate", { detail: rate }));
    }
    document.dispatchEvent(new CustomEvent("room:held", { detail: Boolean(said.held) }));
    become(said.clock);
  } catch {
    become("unknown");
  }
  tick();
}

function become(next) {
  if (next === clockState) return;
  clockState = next;
  document.dispatchEvent(new CustomEvent("room:clock", { detail: next }));
}

// Every clock of the page, once a second. A clock that runs out while we watch is told on: no entry of the record may
// come for it when the clock process is dead.
export function tick() {
  const real = now();
  const at = (shown = shown > real && shown - real < WAIT_MS ? shown : real);
  document.getElementById("now").textContent = hms(at);
  let ranOut = false;
  for (const clock of document.querySelectorAll(".clock[data-deadline]")) ranOut = turn(clock, at) || ranOut;
  for (const wait of document.querySelectorAll("[data-due]")) write(wait, span((Date.parse(wait.dataset.due) - at) / 1000));
  for (const ringing of document.querySelectorAll("[data-since]")) {
    write(ringing, span((at - Date.parse(ringing.dataset.since)) / 1000));
  }
  if (ranOut) document.dispatchEvent(new CustomEvent("room:late"));
}

function turn(clock, at) {
  const deadline = Date.parse(clock.dataset.deadline);
  const start = Date.parse(clock.dataset.start);
  const left = (deadline - at) / 1000;
  const used = deadline > start ? (100 * (at - start)) / (deadline - start) : 100;
  const was = clock.classList.contains("is-late");
  const late = left <= 0;
  write(clock, late ? `+${span(-left)}` : span(left));
  clock.classList.toggle("is-late", late);
  clock.classList.toggle("is-near", !late && used >= 50);
  clock.style.setProperty("--p", String(Math.round(Math.min(100, Math.max(0, used)))));
  if (late !== was) {
    const label = clock.parentElement.querySelector("[data-soon]");
    if (label) write(label, late ? label.dataset.late : label.dataset.soon);
  }
  return late && !was && clock.closest("#queue") !== null;
}

// Written only when it is other than what stands there.
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function start({ demo }) {
  setInterval(tick, EVERY_MS);
  setInterval(() => document.hidden || resync(), demo ? ASK_MS.demo : ASK_MS.real);
  if (demo) setInterval(() => document.hidden || rate <= 1 || resync(), FAST_MS);
  document.addEventListener("visibilitychange", () => document.hidden || resync());
  tick();
  resync();
}
