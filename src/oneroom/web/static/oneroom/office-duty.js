// The roster by keys and by hand: arrows move, a letter sets a shift, Ctrl Z takes back. Each act is posted at once.

import { csrf } from "./act.js";

const box = document.getElementById("duty-panel");
const grid = () => box.querySelector("table.duty");
const cellAt = (person, day) => box.querySelector(`td[data-person="${person}"][data-day="${day}"]`);
const undo = [];
let waiting = Promise.resolve();

function choose(cell, focus = true) {
  for (const other of grid().querySelectorAll('td[tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  if (focus) cell.focus();
}

function first() {
  const cell = grid()?.querySelector("tbody td[data-day]");
  if (cell) choose(cell, false);
}

async function post(cells) {
  const at = document.activeElement?.closest?.("td[data-day]");
  const back = at && { person: at.dataset.person, day: at.dataset.day };
  let html = "";
  for (const { person, day, code } of cells) {
    const said = new URLSearchParams({ act: "cell", roster: grid().dataset.roster, person, day, shift: code });
    const answer = await fetch(box.dataset.url, {
      method: "POST", credentials: "same-origin", body: said,
      headers: { "X-CSRFToken": csrf(), "X-Panel": "duty", "Accept-Language": document.documentElement.lang },
    });
    html = await answer.text();
    if (answer.status >= 500) return;
  }
  const scroll = box.querySelector(".duty-scroll");
  const [top, left] = [scroll?.scrollTop ?? 0, scroll?.scrollLeft ?? 0];
  box.innerHTML = html;
  const now = box.querySelector(".duty-scroll");
  if (now) [now.scrollTop, now.scrollLeft] = [top, left];
  const cell = back && cellAt(back.person, back.day);
  if (cell) choose(cell);
  else first();
}

function set(cells, { remember = true } = {}) {
  const before = cells.map(({ person, day }) => ({ person, day, code: cellAt(person, day)?.dataset.code ?? "" }));
  if (cells.every((c, n) => c.code === before[n].code)) return;
  if (remember) undo.push(before);
  waiting = waiting.then(() => post(cells)).catch(() => undefined);
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

box.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("td[data-day]");
  if (!cell || event.isComposing) return;
  const editable = grid().dataset.editable === "yes";
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    const last = undo.pop();
    if (last && editable) set(last, { remember: false });
  } else if (event.ctrlKey || event.metaKey || event.altKey) {
    return;
  } else if (STEPS[event.key]) {
    const [down, right] = STEPS[event.key];
    const row = cell.parentElement;
    const to = down ? (down > 0 ? row.nextElementSibling : row.previousElementSibling) : row;
    const next = to?.querySelector(`td[data-day="${Number(cell.dataset.day) + right}"]`);
    if (next) choose(next);
  } else if (editable && grid().dataset.keys.includes(event.key.toUpperCase()) && event.key.length === 1) {
    set([{ person: cell.dataset.person, day: cell.dataset.day, code: event.key.toUpperCase() }]);
  } else if (editable && ["-", "Backspace", "Delete", "r", "R"].includes(event.key)) {
    set([{ person: cell.dataset.person, day: cell.dataset.day, code: "" }]);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
});

box.addEventListener("focusin", (event) => {
  const cell = event.target.closest?.("td[data-day]");
  const said = box.querySelector("#cell-said");
  if (cell && said) said.textContent = cell.title ? cell.getAttribute("aria-label") : "";
});
box.addEventListener("click", (event) => {
  const cell = event.target.closest?.("td[data-day]");
  if (cell) choose(cell);
});

// Dragged onto another cell of the same day the two exchange; onto another day of the same person it moves.
box.addEventListener("dragstart", (event) => {
  const cell = event.target.closest?.("td[data-day]");
  if (cell) event.dataTransfer.setData("text/plain", `${cell.dataset.person} ${cell.dataset.day}`);
});
box.addEventListener("dragover", (event) => {
  if (event.target.closest?.("td[data-day]")) event.preventDefault();
});
box.addEventListener("drop", (event) => {
  const to = event.target.closest?.("td[data-day]");
  const [person, day] = (event.dataTransfer.getData("text/plain") || " ").split(" ");
  const from = to && cellAt(person, day);
  if (!from || grid().dataset.editable !== "yes") return;
  event.preventDefault();
  set([
    { person, day, code: to.dataset.code },
    { person: to.dataset.person, day: to.dataset.day, code: from.dataset.code },
  ]);
});

first();
