/** Matters that may be about the same event as the call being typed: proposed beside the form, decided in the room. */

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

if (!facts.incident) {
  document.addEventListener("intake:changed", ({ detail }) => {
    clearTimeout(timer);
    timer = setTimeout(look, PACE_MS, detail);
  });
}

async function look({ words: said, caller_phone: phone, category, location }) {
  if (!location) {
    box.replaceChildren();
    asked = "";
    return;
  }
  const body = { words: said, caller_phone: phone, category, location };
  if (JSON.stringify(body) === asked) return;
  asked = JSON.stringify(body);
  try {
    show((await act("/api/duplicates", body)).alike.slice(0, MOST));
  } catch {
    asked = ""; // half a number, or no connection: the next change asks again
  }
}

function show(found) {
  if (!found.length) {
    box.replaceChildren();
    return;
  }
  box.replaceChildren(element("h2", {}, `▲ ${words.alike}`), ...found.map((one) => element("p", { class: "alike-row" },
    element("span", { class: "grade", "data-g": one.grade }, String(one.grade)),
    element("a", { href: `${facts.room_url}?open=${one.id}`, target: "_blank", class: "num" }, one.reference.slice(4)),
    element("span", { class: "cut" }, facts.language === "zh" ? one.place_zh : one.place_en),
    element("span", { class: "sub" }, reasons(one, { words, span }).join(" · ")))));
}
