/**
 * Matters that may be about the same event as the call being typed: proposed beside the form. The call-taker may say "the
 * same" (Alt M takes the first); then the call is saved as a report of its own and merged, both callers kept. Nothing is
 * merged unless somebody says so.
 */

import { act } from "./act.js";
import { element, reasons } from "./alike.js";

const PACE_MS = 900;
const MOST = 3;
const box = document.getElementById("duplicates");
const facts = JSON.parse(document.getElementById("facts").textContent);
const { words } = facts;
const span = (s) => (s < 60 ? words.seconds.replace("{n}", Math.round(s)) : words.minutes.replace("{n}", Math.round(s / 60)));

let timer = null;
let asked = "";
let same = null; // {id, reference} of the matter that this call is about, if somebody said so

/** The matter that the call-taker found to be the same event, or null. */
export const sameAs = () => same;

/** Alt M: the first that is proposed is the same, or is not after all. */
export function toggleFirst() {
  box.querySelector("[data-same]")?.click();
}

box.addEventListener("click", (event) => {
  const button = event.target.closest("[data-same]");
  if (!button) return;
  const id = Number(button.dataset.same);
  same = same?.id === id ? null : { id, reference: button.dataset.reference };
  mark();
});

function mark() {
  for (const button of box.querySelectorAll("[data-same]")) button.setAttribute("aria-pressed", String(Number(button.dataset.same) === same?.id));
}

if (!facts.incident) {
  document.addEventListener("intake:changed", ({ detail }) => {
    clearTimeout(timer);
    timer = setTimeout(look, PACE_MS, detail);
  });
}

async function look({ words: said, caller_phone: phone, category, subcategory, location }) {
  if (!location) {
    show([]);
    asked = "";
    return;
  }
  const body = { words: said, caller_phone: phone, category, subcategory, location };
  if (JSON.stringify(body) === asked) return;
  asked = JSON.stringify(body);
  try {
    show((await act("/api/duplicates", body)).alike.slice(0, MOST));
  } catch {
    asked = ""; // half a number, or no connection: the next change asks again
  }
}

function show(found) {
  if (same && !found.some((one) => one.id === same.id)) same = null; // what is no longer proposed is no longer chosen
  if (!found.length) {
    box.replaceChildren();
    return;
  }
  box.replaceChildren(element("h2", {}, `▲ ${words.alike}`), ...found.map((one, n) => element("p", { class: "alike-row" },
    element("span", { class: "grade", "data-g": one.grade }, String(one.grade)),
    element("a", { href: `${facts.room_url}?open=${one.id}`, target: "_blank", class: "num" }, one.reference.slice(4)),
    element("span", { class: "cut" }, facts.language === "zh" ? one.place_zh : one.place_en),
    element("span", { class: "sub cut" }, reasons(one, { words, span }).join(" · ")),
    ...(one.may_merge ? [element("button", { type: "button", class: "btn same", "data-same": String(one.id), "data-reference": one.reference, "aria-pressed": "false" },
      words.same, ...(n === 0 ? [" ", element("kbd", { class: "key" }, "Alt M")] : []))] : []))));
  mark();
}
