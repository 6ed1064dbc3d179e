// A page that was opened while the database is away: plain forms and buttons, each an act that is sent until it is
// answered; when the database is back, the page gives way to the ordinary one.

import { act, ask, newKey, wasAnswered } from "./act.js";
import { connect } from "./live.js";
import { panel } from "./panel.js";

const said = document.getElementById("said");
const keys = new Map();
const panels = [...document.querySelectorAll("[data-panel]")].map((box) => panel(box, box.dataset.panel));

connect();
document.addEventListener("live:degraded", ({ detail }) => detail.mode === "well" && !document.querySelector("#done:not([hidden])") && location.reload());
document.addEventListener("live:change", () => typing() || again());

// Nothing that somebody is typing is taken from under his hands.
const typing = () => [...document.querySelectorAll("textarea, input.input")].some((field) => field.value !== field.defaultValue);

function again() {
  if (document.querySelector("[data-reload]")) location.reload();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (button) send(button, button.dataset.act, button.dataset.verb ? { verb: button.dataset.verb } : {});
  const place = event.target.closest("button[data-place]");
  if (place) choose(place);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const body = {};
  for (const field of form.elements) {
    if (!field.name || (field.type === "radio" && !field.checked)) continue;
    if (field.type === "checkbox") {
      body[field.name] ??= [];
      if (field.checked) body[field.name].push(Number(field.value));
    } else if (field.name === "place_id") {
      if (field.value) body.location = { place_id: Number(field.value) };
    } else body[field.name] = field.name === "grade" ? Number(field.value) : field.value;
  }
  const point = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/.exec(form.querySelector("[data-where]")?.value ?? "");
  if (point) body.location = { lon: Number(point[1]), lat: Number(point[2]) };
  send(form, form.dataset.act, body);
});

async function send(element, url, body) {
  const asked = JSON.stringify([url, body]);
  if (!keys.has(asked)) keys.set(asked, newKey());
  const wrong = element.matches("form") ? element.querySelector(".err") : null;
  if (wrong) wrong.hidden = true;
  try {
    const answer = await act(url, body, { key: keys.get(asked) });
    keys.delete(asked);
    said.textContent = element.dataset.says ?? "";
    if ("intake" in element.dataset) return taken(element, answer);
    if (element.matches("form")) element.reset();
    for (const one of panels) one.refresh();
    again();
  } catch (error) {
    if (wasAnswered(error)) keys.delete(asked);
    (wrong ?? said).textContent = error.message;
    if (wrong) wrong.hidden = false;
    element.elements?.[error.field]?.focus?.();
  }
  return undefined;
}

function taken(form, answer) {
  form.hidden = true;
  document.getElementById("done").hidden = false;
  document.getElementById("done-reference").textContent = answer.reference;
  document.getElementById("done-code").textContent = answer.code.replace(/(...)(?=.)/g, "$1 ");
  document.getElementById("to-room").href = `/room/?open=${answer.id}`;
  document.getElementById("to-room").focus();
}

// ---- places, as far as this machine knows them ----

document.addEventListener("input", async ({ target }) => {
  if (!target.matches("[data-where]")) return;
  const box = target.closest(".field");
  const list = box.querySelector(".found");
  box.querySelector("[name=place_id]").value = "";
  const { places } = target.value.trim() ? await ask(`/api/places?q=${encodeURIComponent(target.value)}`).catch(() => ({ places: [] })) : { places: [] };
  list.replaceChildren(...places.slice(0, 6).map((p) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--quiet" });
    button.textContent = document.documentElement.lang === "en" ? p.en || p.zh : p.zh || p.en;
    button.dataset.place = p.id;
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  list.hidden = places.length === 0;
});

function choose(button) {
  const box = button.closest(".field");
  box.querySelector("[data-where]").value = button.textContent;
  box.querySelector("[name=place_id]").value = button.dataset.place;
  box.querySelector(".found").hidden = true;
}
