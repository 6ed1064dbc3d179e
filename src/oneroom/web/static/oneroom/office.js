// The office: keys, rows that open, figures that follow the record. Without this script every page still works.

import { start as startKeys } from "./keys.js";
import { connect } from "./live.js";
import { start as startLooks } from "./look.js";
import { panel } from "./panel.js";
import { start as startActs } from "./room-acts.js";
import { tick } from "./room-time.js";

const main = document.getElementById("main");
const rows = () => [...main.querySelectorAll("tbody a[data-row]")].filter((a) => a.offsetParent !== null);

function walk(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]?.focus();
}

const follow = (selector) => document.querySelector(selector)?.click();

function enter() {
  const own = document.activeElement;
  if (own && own !== document.body && own !== main) return false;
  const filled = main.querySelector(".btn--go:not([disabled])");
  if (!filled) return false;
  filled.click();
  return true;
}

startKeys({
  "/": () => document.getElementById("find").focus(),
  j: () => walk(1),
  k: () => walk(-1),
  "[": () => follow("a[rel=prev]"),
  "]": () => follow("a[rel=next]"),
  Enter: enter,
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && document.activeElement?.matches("#find")) main.focus();
});

// A choice narrows at once; what is typed waits for Enter.
main.addEventListener("change", (event) => {
  if (event.target.matches("select[data-at-once]")) event.target.form.requestSubmit();
});
main.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
if (document.querySelector("[data-print-now]")) window.print();

// The timeline as a slider: while it is moved it says the day, and where it is let go the page of that day opens.
const slide = main.querySelector("input.slide");
if (slide) {
  const dayAt = (n) => new Date(Date.parse(slide.dataset.first) + n * 86_400_000).toISOString().slice(0, 10);
  const said = slide.nextElementSibling;
  let settled;
  slide.hidden = false;
  slide.addEventListener("input", () => {
    said.textContent = dayAt(slide.valueAsNumber);
    slide.setAttribute("aria-valuetext", said.textContent);
    clearTimeout(settled);
  });
  // Arrow keys change it once a press: whoever walks through the days is not taken away at the first.
  slide.addEventListener("change", () => {
    clearTimeout(settled);
    settled = setTimeout(() => location.assign(slide.dataset.on + dayAt(slide.valueAsNumber)), 400);
  });
}

startLooks(main);
startActs(main);
tick();
setInterval(tick, 1000);

// Pieces of the page that follow the record: data-panel is their address, data-kinds what they listen to.
const followed = [...document.querySelectorAll("[data-panel]")];
for (const piece of followed) {
  const kinds = (piece.dataset.kinds ?? "").split(" ").filter(Boolean);
  const matter = piece.dataset.matter;
  const mine = (event) => (!matter || event.matter === matter) && (kinds.length === 0 || kinds.some((k) => event.kind.startsWith(k)));
  panel(piece, piece.dataset.panel, { when: mine });
}
if (followed.length) connect();
document.documentElement.dataset.ready = "true";
