// The left column and the head line: what is new, what rings, and where the eye is.

import { panel } from "./panel.js";
import { polite, word } from "./room-say.js";
import * as sound from "./room-sound.js";
import { tick } from "./room-time.js";

const queue = document.getElementById("queue");
const head = document.getElementById("head");
const FRESH_MS = 1300;

let known = null; // the P1 matters, unanswered and at-commander rows already told
let quietly = false; // the next rows are others because a filter was changed: nothing in them is new
let lateAsked = 0;
let openId = null;
let list = null;
const filters = new URLSearchParams(); // what is narrowed; kept in the address of the list alone, gone with the page

export const rows = () => [...queue.querySelectorAll("[data-incident]:not(.is-gone)")];
export const row = (id) => queue.querySelector(`#q-${Number(id)}:not(.is-gone)`);
export const needing = () => rows().filter((r) => "needs" in r.dataset);

export function orders() {
  return [...queue.querySelectorAll("i[data-order]")].map((i) => ({
    id: Number(i.dataset.order), crew: Number(i.dataset.crew), name: i.dataset.name, state: i.dataset.state,
    returnAsked: "returnAsked" in i.dataset, incident: Number(i.closest("[data-incident]").dataset.incident),
  }));
}

export function start() {
  const ofQueue = (e) => /^(incident|assignment|ladder)\./.test(e.kind);
  list = panel(queue, address(), { when: (e) => ofQueue(e) || /^(draft|call|referral|crew|sos|desk|handover|late)\./.test(e.kind) });
  queue.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfilter]");
    if (button) unfilter(button.dataset.unfilter);
  });
  queue.addEventListener("panel:shown", shown);
  head.addEventListener("panel:shown", () => sound.alarm(head.querySelector("[data-alarm]") !== null));
  // A promise ran out on this screen. The clock's own entry comes too, unless the clock is dead: then we ask ourselves.
  document.addEventListener("room:late", () => {
    lateAsked += 1;
    setTimeout(() => {
      list.show(address());
    }, 1200);
  });
  shown();
  sound.alarm(head.querySelector("[data-alarm]") !== null);
}

function address() {
  const asked = new URLSearchParams(filters); // one look at the rows makes both, the list and the head line
  asked.set("with", "head");
  if (lateAsked) asked.set("late", lateAsked);
  return `/room/queue?${asked}`;
}

// Narrow what is calm; what needs the room stays, whatever the filter.
export function filter(code, value = "1") {
  filters.set(code, value);
  quietly = true;
  list.show(address());
}

export function unfilter(code = "") {
  if (code) filters.delete(code);
  else for (const name of [...filters.keys()]) filters.delete(name);
  quietly = true;
  list.show(address());
}

function shown() {
  mark(openId);
  tick();
  const seen = new Set();
  for (const r of rows()) {
    const id = r.dataset.incident;
    const what = `${r.dataset.place}`;
    if (r.dataset.grade === "1") tell(seen, `p1:${id}`, () => (sound.newP1(), polite(word("newP1", { what })), land(r)));
    else tell(seen, `row:${id}`, () => land(r));
    if ("unanswered" in r.dataset) tell(seen, `unanswered:${id}`, () => polite(word("climbed", { what })));
    if ("commander" in r.dataset) tell(seen, `commander:${id}`, sound.unanswered);
  }
  const here = new Set(rows().map((r) => r.dataset.incident));
  for (const key of known ?? []) if (!here.has(key.split(":")[1])) seen.add(key); // kept back by a filter, not gone
  known = seen;
  quietly = false;
  document.dispatchEvent(new CustomEvent("room:queue"));
}

// Each thing is told once, and nothing of what was there when the page opened.
function tell(seen, key, how) {
  seen.add(key);
  if (known !== null && !quietly && !known.has(key)) how();
}

function land(r) {
  const link = r.querySelector(".row");
  link.classList.add("is-new");
  setTimeout(() => link.classList.remove("is-new"), FRESH_MS);
}

// The row of the open matter.
export function mark(id) {
  openId = id;
  for (const link of queue.querySelectorAll('.row[aria-current="true"]')) link.removeAttribute("aria-current");
  row(id)?.querySelector(".row").setAttribute("aria-current", "true");
}

// Down or up from the row that has the focus, or else from the open one.
export function walk(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((r) => r.contains(document.activeElement));
  const from = here >= 0 ? here : all.findIndex((r) => r.dataset.incident === String(openId));
  const next = from < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, from + by));
  const link = all[next].querySelector(".row");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

// What needs somebody next, after where he is: calls for help; what is late, oldest breach first; alarms; what came back
// to wait; then what was never sent, gravest and oldest first, also where a filter keeps it back. A matter by its number,
// a call for help, or one at the desks, by the id of its row.
export function nextNeeding() {
  const number = (r) => r.dataset.incident;
  const help = [...head.querySelectorAll("[data-sos][data-alarm]")].map((a) => a.id);
  const late = needing().filter((r) => r.classList.contains("is-late")).map(number);
  const calls = [...queue.querySelectorAll(".desk-row.is-late")].map((r) => r.id);
  const alarmed = [...head.querySelectorAll("[data-alarm]:not([data-sos])")].map((a) => a.dataset.alarm);
  const unsent = queue.querySelector("#q-rest")?.dataset.waiting.split(" ").filter(Boolean) ?? [];
  const ids = [...new Set([...help, ...late, ...calls, ...alarmed, ...needing().map(number), ...unsent])];
  const asked = document.activeElement.closest("[data-sos], .desk-row")?.id;
  if (help.length && !help.includes(asked)) return help[0]; // a person in danger does not wait for his turn
  const here = asked ?? String(openId);
  return ids.length ? ids[(ids.indexOf(here) + 1) % ids.length] : null;
}
