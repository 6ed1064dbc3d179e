// Buttons and forms that do something: `data-act` is the address, the other data and the fields are what is sent.
// A repeat after a broken connection carries the same key, so it is done once.

import { act, ask, newKey, wasAnswered } from "./act.js";
import { toast, trouble, word } from "./room-say.js";
import { now } from "./room-time.js";

const FIXED = ["verb", "reason"];
const underWay = new Set();
const keys = new Map(); // what was asked and never answered, with its key

export async function perform(element, url, body, says) {
  const asked = JSON.stringify([url, body]);
  if (underWay.has(asked)) return null;
  underWay.add(asked);
  if (!keys.has(asked)) keys.set(asked, newKey());
  try {
    const answer = await act(url, body, { key: keys.get(asked) });
    keys.delete(asked);
    if (says) toast(word("done", { what: says }));
    return answer;
  } catch (error) {
    if (wasAnswered(error)) keys.delete(asked); // it was answered: a new try is a new act
    if (!showInForm(element, error)) toast(trouble(error), { bad: true });
    return null;
  } finally {
    underWay.delete(asked);
  }
}

export function start(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (!button) return;
    const body = {};
    const path = button.dataset.act;
    // The step and set-aside addresses take a verb; grade, review, close and clear do not.
    if (/\/(step|take-off|set-aside)$/.test(path)) for (const key of FIXED) if (button.dataset[key]) body[key] = button.dataset[key];
    if (button.dataset.agency) body.agency = button.dataset.agency;
    if (button.dataset.numberGrade) body.grade = Number(button.dataset.numberGrade);
    if (!when(button, body)) return;
    perform(button, path, body, button.dataset.says);
  });
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form) return;
    event.preventDefault();
    submit(form);
  });
  // In words, Enter is a new line; Ctrl Enter is the form's button.
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !event.target.matches("textarea")) return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });
  root.addEventListener("input", (event) => {
    if (event.target.matches("[data-place-search]")) search(event.target);
  });
}

async function submit(form) {
  hideError(form);
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled) continue;
    if (field.name === "place_id") {
      if (field.value) body.location = { place_id: Number(field.value) };
    } else if (field.type === "checkbox") {
      body[field.name] ??= [];
      if (field.checked) body[field.name].push(field.value);
    } else {
      body[field.name] = "number" in field.dataset ? Number(field.value) : field.value;
    }
  }
  if (!when(form, body)) return;
  const done = await perform(form, form.dataset.act, body, form.dataset.says);
  if (done) form.reset();
}

// A crew on the radio says when it was: the minutes ago become the time it happened.
function when(element, body) {
  const field = element.dataset.ago && document.getElementById(element.dataset.ago);
  const minutes = field ? field.value.trim() : "";
  if (!minutes) return true;
  if (!/^\d{1,3}$/.test(minutes)) {
    toast(word("needTime"), { bad: true });
    field.focus();
    return false;
  }
  body.happened = new Date(now() - Number(minutes) * 60_000).toISOString();
  return true;
}

function showInForm(element, error) {
  const place = element?.matches("form") && element.querySelector(".err");
  if (!place) return false;
  place.textContent = trouble(error);
  place.hidden = false;
  const field = error.field === "location" ? element.querySelector("[data-place-search]") : element.elements[error.field];
  field?.focus?.();
  return true;
}

function hideError(form) {
  const place = form.querySelector(".err");
  if (place) place.hidden = true;
}

// Places as they are typed: characters, pinyin, initials or English.
let searching = 0;
async function search(input) {
  const mine = ++searching;
  const box = input.closest(".field");
  const list = box.querySelector(".found");
  const chosen = box.querySelector("[name=place_id]");
  chosen.value = "";
  const text = input.value.trim();
  const places = text ? (await ask(`/api/places?q=${encodeURIComponent(text)}`).catch(() => ({ places: [] }))).places : [];
  if (mine !== searching) return;
  const name = (p) => (document.documentElement.lang === "en" ? p.en || p.zh : p.zh || p.en);
  list.replaceChildren(...places.slice(0, 6).map((p) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name(p);
    button.addEventListener("click", () => {
      input.value = name(p);
      chosen.value = String(p.id);
      chosen.dispatchEvent(new Event("change", { bubbles: true }));
      list.hidden = true;
      input.focus();
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  list.hidden = places.length === 0;
  input.setAttribute("aria-expanded", String(places.length > 0));
}
