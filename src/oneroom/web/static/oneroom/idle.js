/**
 * A screen that nobody touches for half an hour covers itself, and the server has locked its session by then. The cover
 * opens to its own person by password or passkey; what was typed below stays. Other tabs of the same browser count.
 */

import { passkeyForms } from "./passkey.js";

const template = document.getElementById("idle");
const AFTER_MS = Number(template.dataset.after) * 1000;
const TOLD_MS = Math.min(120_000, AFTER_MS / 4); // the server hears so often that somebody is there
const LOOK_MS = Math.min(5000, AFTER_MS / 4);
const SLOT = "oneroom.touched";

let touchedAt = Date.now();
let toldAt = Date.now();
let cover = null;

const shared = () => Number(remembered()) || 0;
const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

for (const name of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  document.addEventListener(name, touched, { passive: true, capture: true });
}
setInterval(look, LOOK_MS);
document.addEventListener("visibilitychange", () => document.hidden || look());
remember(touchedAt);

function touched() {
  if (cover) return;
  const now = Date.now();
  if (now - Math.max(touchedAt, shared()) >= AFTER_MS) {
    look(); // the machine slept: too late
    return;
  }
  touchedAt = now;
  if (now - toldAt < TOLD_MS) return;
  toldAt = now;
  remember(now);
  send(template.dataset.here).catch(() => (toldAt = 0)); // no line: told again with the next touch
}

function look() {
  const idle = Date.now() - Math.max(touchedAt, shared()) >= AFTER_MS;
  if (idle && !cover) lock();
  else if (!idle && cover) open(); // opened in another tab
}

function lock() {
  cover = template.content.firstElementChild.cloneNode(true);
  document.body.append(cover);
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("keydown", (event) => event.stopPropagation());
  const form = cover.querySelector("form[data-unlock]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    unlock(form);
  });
  passkeyForms(cover, unlock);
  cover.showModal();
  cover.querySelector("h1").focus();
}

async function unlock(form) {
  const refused = cover.querySelector("[role=alert]");
  const answer = await send(form.action, new URLSearchParams(new FormData(form)));
  if (answer.ok) {
    open();
    return;
  }
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 401 || said.code === "locked") location.reload(); // the door says the rest
  refused.hidden = false;
  refused.querySelector("[data-refused]").textContent = said.message ?? "";
  form.reset();
  form.querySelector("input[type=password]")?.focus();
}

function open() {
  touchedAt = toldAt = Date.now();
  remember(touchedAt);
  cover?.remove();
  cover = null;
}

function send(url, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf(), "Accept-Language": document.documentElement.lang };
  return fetch(url, { method: "POST", credentials: "same-origin", headers, body });
}

function remembered() {
  try {
    return localStorage.getItem(SLOT);
  } catch {
    return null;
  }
}

function remember(at) {
  try {
    localStorage.setItem(SLOT, String(at));
  } catch {
    // then each tab counts for itself
  }
}
