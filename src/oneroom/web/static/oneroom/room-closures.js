// Closing a street in the room: drawn on the map or named, seen before it is done, and ended again.

import { act, ask } from "./act.js";
import { follow, long, named } from "./closed-streets.js";
import * as acts from "./room-acts.js";
import { toast, trouble, word } from "./room-say.js";
import { hms, nextAt, now } from "./room-time.js";

const HOURS = 2; // what is proposed as its end
const box = document.getElementById("closed");
const form = document.getElementById("closing");
let map = null;
let shown = null;
let points = []; // what was clicked, in order
let asked = 0;

export function start(drawn) {
  map = drawn;
  shown = follow(map, document.getElementById("closed-list"), { end, told });
  if (!form) return;
  acts.start(box);
  document.getElementById("close-street").addEventListener("click", () => open());
  document.getElementById("closing-stop").addEventListener("click", stop);
  document.getElementById("closing-back").addEventListener("click", () => (points.pop(), preview()));
  box.addEventListener("toggle", () => box.open || stop());
  form.addEventListener("change", preview);
  form.addEventListener("submit", submit);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    stop();
  });
}

function told(held) {
  document.getElementById("closed-n").textContent = String(held.length);
  box.classList.toggle("is-some", held.length > 0);
}

/** The form, with the map taking points; with a `text` the street or crossing of that name is looked up. */
export async function open({ text = "", until = null } = {}) {
  if (!form) return toast(word("effectNotNow"), { bad: true });
  const room = document.getElementById("room");
  if (box.offsetParent === null) {
    room.dataset.tab = "map";
    document.dispatchEvent(new CustomEvent("room:tab"));
  }
  box.open = true;
  if (form.hidden) {
    form.reset();
    points = [];
    for (const chosen of places()) chosen.value = "";
  }
  form.hidden = false;
  document.getElementById("close-street").hidden = true;
  form.elements.until.value = hms(until ?? now() + HOURS * 3_600_000).slice(0, 5);
  map.draw((at) => (points.push(at), preview()));
  const first = document.getElementById("closing-from");
  first.focus();
  preview();
  return text ? look(first, text) : undefined;
}

// The first street or crossing of this name is taken; which it was stands in the field, and on the map.
async function look(field, text) {
  field.value = text;
  const { places: found } = await ask(`/api/places?q=${encodeURIComponent(text)}`).catch(() => ({ places: [] }));
  const place = found.find(({ kind }) => kind === "road" || kind === "crossing");
  if (!place) return toast(word("closingNone", { text }), { bad: true });
  field.value = document.documentElement.lang === "en" ? place.en || place.zh : place.zh || place.en;
  field.closest(".field").querySelector("[name=place_id]").value = String(place.id);
  await preview();
  form.querySelector(".btn--go").focus();
  return undefined;
}

/** The list of what is closed, with the cursor at the first that could be opened. */
export function list() {
  box.open = true;
  (box.querySelector("#closed-list button") ?? document.getElementById("closed-list")).focus();
}

const places = () => [...form.querySelectorAll("[name=place_id]")];

function drawing() {
  const [from, to] = places().map(({ value }) => (value ? { place_id: Number(value) } : null));
  const clicked = points.map(([lon, lat]) => ({ lon, lat }));
  return {
    points: [from, ...clicked, to].filter(Boolean),
    how: form.elements.how.value,
    one_way: form.elements.one_way.value === "1",
  };
}

async function preview() {
  const mine = ++asked;
  const says = document.getElementById("closing-says");
  const body = drawing();
  hideError();
  if (!body.points.length || (body.how === "area" && body.points.length < 2)) {
    says.textContent = body.points.length ? word("closingCorner") : word("closingPoints");
    map.setPick(points.at(-1) ?? null);
    return shown.draft([]);
  }
  const found = await act("/api/closures/preview", body).catch((error) => (showError(error), null));
  if (mine !== asked || form.hidden) return undefined;
  map.setPick(points.at(-1) ?? null);
  shown.draft(found?.lines ?? []);
  says.textContent = found ? word("closingWould", { what: named(found.streets), n: found.pieces, length: long(found.length_m) }) : "";
  return undefined;
}

async function submit(event) {
  event.preventDefault();
  const body = drawing();
  const [hour, minute] = form.elements.until.value.split(/[:：]/).map(Number);
  hideError();
  if (!body.points.length) return showError({ message: word("closingPoints"), status: 422 });
  const until = new Date(nextAt(hour, minute)).toISOString();
  const done = await acts.perform(form, "/api/closures", { ...body, reason: form.elements.reason.value, until }, word("closingDone"));
  if (done) {
    stop();
    changed();
    document.querySelector("#closed > summary").focus();
  }
  return undefined;
}

async function end(one, button) {
  if (await acts.perform(button, `/api/closures/${one.id}/reopen`, {}, word("closedEnd"))) {
    await changed();
    list();
  }
}

// Seen at once here and on the map apart, also while the stream is away.
function changed() {
  document.dispatchEvent(new CustomEvent("room:closures"));
  return shown.again();
}

function stop() {
  if (!form || form.hidden) return;
  form.hidden = true;
  points = [];
  asked += 1;
  const button = document.getElementById("close-street");
  button.hidden = false;
  if (box.open) button.focus();
  map.draw(null);
  map.setPick(null);
  shown.draft([]);
}

function showError(error) {
  const place = form.querySelector(".err");
  place.textContent = trouble(error);
  place.hidden = false;
}

function hideError() {
  form.querySelector(".err").hidden = true;
}
