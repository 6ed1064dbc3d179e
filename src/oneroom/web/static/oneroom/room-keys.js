// The keyboard. Single letters act only outside of fields, can be turned off (WCAG 2.1.4), and no key acts while an input
// method composes.

import * as alike from "./room-alike.js";
import * as command from "./room-command.js";
import * as cover from "./room-cover.js";
import * as late from "./room-late.js";
import * as matter from "./room-matter.js";
import * as moves from "./room-moves.js";
import * as proposals from "./room-proposals.js";
import * as queue from "./room-queue.js";
import { toast, word } from "./room-say.js";
import * as sides from "./room-sides.js";
import * as undo from "./room-undo.js";

const KEPT = "oneroom.letters";
const dialog = document.getElementById("keys");
const letters = document.getElementById("letters");
const inc = document.getElementById("inc");

export function next() {
  const id = queue.nextNeeding();
  const own = document.getElementById(id); // a call for help, or one at the desks, has its acts in its own row
  if (id === null) toast(word("nothingNeeds"));
  else if (own) own.querySelector("button, a, select")?.focus();
  else matter.open(Number(id));
}

export const help = () => dialog.showModal();

const LETTERS = {
  n: next,
  j: () => queue.walk(1),
  k: () => queue.walk(-1),
  x: () => proposals.toggleExcluded(),
  p: () => proposals.pickPlan(),
  w: () => proposals.toggleSums(),
  o: () => proposals.toReasons(),
  t: () => proposals.toDiverts(),
  v: () => inc.querySelector('button[data-verb="acknowledge"]')?.click(),
  c: callBack,
  d: () => alike.compare(),
  l: late.open,
  g: () => cover.toggle(),
  u: moves.open,
  0: () => queue.unfilter(),
  z: undo.take,
  m: toMap,
  ".": () => sides.step(1),
  ",": () => sides.step(-1),
  "?": help,
};

export function start() {
  letters.checked = localStorage.getItem(KEPT) !== "off";
  letters.addEventListener("change", () => localStorage.setItem(KEPT, letters.checked ? "on" : "off"));
  document.getElementById("keys-open").addEventListener("click", help);
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (dialog.open && event.key === "?") return take(event, () => dialog.close());
  if (document.querySelector("dialog[open]")) return;
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) return take(event, () => command.focus());
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === "F2") return take(event, () => location.assign("/room/intake/"));
  const here = document.activeElement;
  if (typing(here)) {
    if (event.key === "Escape" && !command.has(here)) take(event, () => inc.focus());
    return undefined;
  }
  if (event.key === "Escape") return take(event, stepBack);
  if (event.key === "Enter") return enter(event, here);
  if (event.key === "/") return take(event, () => command.focus());
  if (!letters.checked) return undefined;
  if (/^[1-9]$/.test(event.key)) return take(event, () => proposals.pickNumber(Number(event.key)));
  const does = LETTERS[event.key.toLowerCase()];
  return does && take(event, does);
}

function take(event, does) {
  event.preventDefault();
  does();
}

function typing(element) {
  if (element.matches("input")) return !["checkbox", "radio", "button"].includes(element.type);
  return element.matches("textarea, select, [contenteditable]");
}

// Enter is the filled button, unless something else is clearly meant: a link, a button, a summary under the focus.
function enter(event, here) {
  const own = here.closest("a, button, summary, .maplibregl-canvas");
  if (own && !(here.getAttribute("aria-current") === "true")) return;
  const filled = [...inc.querySelectorAll(".btn--go:not([disabled])")].find((b) => b.offsetParent !== null);
  if (filled) take(event, () => filled.click());
}

function stepBack() {
  if (document.activeElement !== document.body && document.activeElement !== inc) document.activeElement.blur();
  else matter.close();
}

// Whom to call back: the abandoned call under the focus, or the callers of the open matter, with the cursor where what
// came of it is entered. Opening a number is a look with its purpose, as by the button.
function callBack() {
  const row = document.activeElement.closest("[data-call]");
  if (row) return row.querySelector('[data-desk="number"]')?.click();
  inc.querySelector('[data-look][data-purpose="call_back"]:not([disabled])')?.click();
  return command.toForm('[data-act$="/call-back"]');
}

function toMap() {
  const room = document.getElementById("room");
  room.dataset.tab = room.dataset.tab === "map" ? "inc" : "map";
  document.dispatchEvent(new CustomEvent("room:tab"));
  if (room.dataset.tab === "map") document.querySelector("#map canvas, #map")?.focus();
  else inc.focus();
}
