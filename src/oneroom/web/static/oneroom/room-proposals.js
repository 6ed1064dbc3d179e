// Who should go: ranked crews, picked by key or click, sent by the one filled button. Positions move, so the list is
// fetched again every five seconds while nobody was sent yet; the order holds still as soon as somebody picks.

import { ask } from "./act.js";
import { panel } from "./panel.js";
import { perform } from "./room-acts.js";
import * as gap from "./room-gap.js";
import { join, toast, word } from "./room-say.js";
import { span } from "./room-time.js";
import * as undo from "./room-undo.js";

const EVERY_MS = 5000;
const ROUTES_MS = 15_000;
const ROUTES = 3;

let current = null; // {id, island, panel, picked: Map(crew → name), reason, all, timer, routesAt, routesFor}

document.addEventListener("live:change", ({ detail }) => detail.kind.startsWith("roads.") && roads());
document.addEventListener("room:closures", roads);

// Streets were closed or opened: other ways, at once.
function roads() {
  if (!current?.panel) return;
  current.routesAt = -ROUTES_MS;
  again();
}

export const picked = () => (current ? [...current.picked.keys()] : []);

// Called whenever the open matter was shown anew.
export function follow(matter, island) {
  const id = Number(matter.dataset.pk);
  if (!island || !("maySend" in matter.dataset)) return stop();
  const unsent = "unsent" in matter.dataset;
  if (current?.id === id && current.island === island) {
    if (current.unsent && !unsent) rest(island, id); // somebody was sent: the choice is made
    else if (unsent && !current.unsent) begin(island, id); // everybody was taken back: it is to be made again
    return undefined;
  }
  stop();
  return unsent ? begin(island, id) : rest(island, id);
}

// A crew is out: more are proposed only when somebody asks for more.
function rest(island, id) {
  stop();
  current = { id, island, picked: new Map(), reason: "", unsent: false };
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = word("more");
  button.dataset.more = "";
  button.addEventListener("click", () => begin(island, id, false));
  island.replaceChildren(button);
}

function begin(island, id, unsent = true) {
  stop();
  const wait = document.createElement("p");
  wait.className = "sub wait";
  wait.textContent = word("ranking");
  island.replaceChildren(wait);
  const url = `/room/incidents/${id}/proposals`;
  const mine = panel(island, url, { when: () => false });
  current = { id, island, url, panel: mine, picked: new Map(), reason: "", all: false, routesAt: -ROUTES_MS, routesFor: "", unsent };
  island.addEventListener("panel:shown", shown);
  island.addEventListener("change", chosen);
  island.addEventListener("click", clicked);
  current.timer = setInterval(again, EVERY_MS);
  mine.show(url);
}

export function stop() {
  if (!current) return;
  clearInterval(current.timer);
  current.panel?.stop();
  current.island.removeEventListener("panel:shown", shown);
  current.island.removeEventListener("change", chosen);
  current.island.removeEventListener("click", clicked);
  current = null;
  gap.stop();
  document.dispatchEvent(new CustomEvent("room:routes", { detail: [] }));
}

function again() {
  if (document.hidden) return;
  const asked = new URLSearchParams();
  if (current.all) asked.set("all", "1");
  if (current.picked.size) asked.set("keep", items().map((li) => li.dataset.crew).join(","));
  const query = asked.toString();
  current.panel.show(query ? `${current.url}?${query}` : current.url);
}

const items = () => (current ? [...current.island.querySelectorAll("li[data-crew]:not(.is-gone)")] : []);

function shown(event) {
  event.stopPropagation();
  const there = new Map(items().map((li) => [Number(li.dataset.crew), li]));
  for (const [crew, name] of [...current.picked]) {
    if (there.has(crew)) continue;
    current.picked.delete(crew);
    toast(word("notFree", { crew: name }), { bad: true });
  }
  for (const [crew, li] of there) li.querySelector("input").checked = current.picked.has(crew);
  showOpen("excluded");
  showOpen("sums");
  showButton();
  routes();
}

function chosen(event) {
  const li = event.target.closest("li[data-crew]");
  if (li) pick(li, event.target.checked);
}

function clicked(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const { dataset } = button;
  if ("send" in dataset) send();
  if ("excluded" in dataset) toggleExcluded();
  if ("sums" in dataset) toggleSums();
  if ("plan" in dataset) pickPlan();
  if ("divert" in dataset) divert(button);
  if ("reason" in dataset) because(dataset.reason);
  if ("all" in dataset) {
    current.all = true;
    again();
  }
}

export function pickNumber(n) {
  const li = items().find((item) => item.dataset.n === String(n));
  if (!li) return;
  const box = li.querySelector("input");
  box.checked = !box.checked;
  li.scrollIntoView({ block: "nearest" });
  pick(li, box.checked);
}

export function pickCrew(crew) {
  const li = items().find((item) => Number(item.dataset.crew) === crew);
  if (!li) return false;
  pickNumber(Number(li.dataset.n));
  return true;
}

function pick(li, on) {
  const crew = Number(li.dataset.crew);
  if (on) current.picked.set(crew, li.dataset.name);
  else current.picked.delete(crew);
  showButton();
}

function showButton() {
  const button = current.island.querySelector("[data-send]");
  if (!button) return;
  const names = [...current.picked.values()];
  showReasons();
  const going = names.length ? picked() : items().slice(0, 1).map((li) => Number(li.dataset.crew));
  gap.follow(going, current.island.querySelector("[data-stand-in]"));
  button.disabled = names.length === 0;
  const key = document.createElement("kbd");
  key.className = "key";
  key.textContent = "↵";
  button.replaceChildren(names.length ? word("send", { crews: join(names) }) : word("pickOne"), ...(names.length ? [" ", key] : []));
}

// The plan's set, all at once and in its order: the first one leads. Once more takes it back.
export function pickPlan() {
  const button = current?.island.querySelector?.("[data-plan]");
  if (!button) return;
  const set = button.dataset.plan.split(",").map(Number);
  const there = set.every((crew) => current.picked.has(crew)) && current.picked.size === set.length;
  const listed = new Map(items().map((li) => [Number(li.dataset.crew), li]));
  current.picked.clear();
  if (!there) for (const crew of set) if (listed.has(crew)) current.picked.set(crew, listed.get(crew).dataset.name);
  for (const [crew, li] of listed) li.querySelector("input").checked = current.picked.has(crew);
  showButton();
}

export function toggleExcluded() {
  toggle("excluded");
  if (current?.island.classList.contains("show-excluded")) current.island.querySelector(".excluded")?.scrollIntoView({ block: "nearest" });
}
export const toggleSums = () => toggle("sums");
export const toDiverts = () => current?.island.querySelector?.("[data-divert]")?.focus();
export const toReasons = () => current?.island.querySelector?.(".why-other:not([hidden]) [data-reason]")?.focus();

function toggle(what) {
  if (!current) return;
  current.island.classList.toggle(`show-${what}`);
  showOpen(what);
}

function showOpen(what) {
  const open = String(current.island.classList.contains(`show-${what}`));
  current.island.querySelector(`[data-${what}]`)?.setAttribute("aria-expanded", open);
}

// Somebody else than the advised was picked: why may be said with one press, and nobody must.
function showReasons() {
  const box = current.island.querySelector(".why-other");
  if (!box) return;
  const advised = current.island.querySelector("[data-advised]").dataset.advised.split(",").map(Number);
  box.hidden = picked().every((crew) => advised.includes(crew));
  if (box.hidden) current.reason = "";
  for (const chip of box.querySelectorAll("[data-reason]")) {
    chip.setAttribute("aria-pressed", String(chip.dataset.reason === current.reason));
  }
}

function because(reason) {
  current.reason = current.reason === reason ? "" : reason;
  showReasons();
}

// One act: off the lesser matter, which waits again at once, and on to this one.
async function divert(button) {
  const { id, island } = current;
  const body = { verb: "divert", to: id };
  const done = await perform(null, `/api/assignments/${Number(button.dataset.divert)}/take-off`, body, null);
  if (!done) return again();
  toast(word("diverted", { crew: button.dataset.name }));
  if (current?.id === id) rest(island, id);
  return undefined;
}

// Send what was picked, or what the command line names; the server keeps with the order what it proposes now.
export async function send(crews = picked(), names = current ? [...current.picked.values()] : [], id = current?.id) {
  if (!crews.length || !id) return;
  const reason = current?.id === id ? current.reason : "";
  const answer = await perform(null, `/api/incidents/${id}/offer`, reason ? { crews, reason } : { crews }, null);
  if (!answer) return;
  undo.offer(word("sent", { crews: join(names) }), () => takeBack(answer.assignments));
  if (current?.id === id) rest(current.island, id);
}

// Within ten seconds: the orders just sent are withdrawn as a mistake, each by an act of its own; the phones are told.
async function takeBack(assignments) {
  for (const sent of assignments) {
    await perform(null, `/api/assignments/${sent}/take-off`, { verb: "withdraw", reason: "mistake" }, word("undone"));
  }
}

// -- the ways of the first crews, for the map ---------------------------------------

async function routes() {
  const mine = current;
  const first = items().slice(0, ROUTES);
  const wanted = first.map((li) => li.dataset.crew).join(",");
  if (wanted === mine.routesFor && performance.now() - mine.routesAt < ROUTES_MS) return;
  Object.assign(mine, { routesFor: wanted, routesAt: performance.now() });
  const found = await Promise.all(
    first.map(async (li) => {
      const { crew, name, travel, n } = li.dataset;
      const way = await ask(`/api/incidents/${mine.id}/route?crew=${crew}`).catch(() => null);
      return way?.line?.length ? { line: way.line, n: Number(n), label: span(Number(travel)), name } : null;
    }),
  );
  if (current === mine) document.dispatchEvent(new CustomEvent("room:routes", { detail: found.filter(Boolean) }));
}
