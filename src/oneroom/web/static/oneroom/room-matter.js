// The right column: one matter, opened on purpose. Its words are fetched once per opening, because looking at them is an
// act that is recorded; everything else follows the stream.

import { act } from "./act.js";
import { panel } from "./panel.js";
import { showPersonal } from "./personal.js";
import * as alike from "./room-alike.js";
import * as proposals from "./room-proposals.js";
import * as queue from "./room-queue.js";
import * as repeats from "./room-repeats.js";
import { toast, trouble, word } from "./room-say.js";
import * as sides from "./room-sides.js";
import { tick } from "./room-time.js";
import * as warnings from "./room-warnings.js";

const inc = document.getElementById("inc");
let opened = null; // {id, panel, personal}

export const openId = () => opened?.id ?? null;
export const matter = () => inc.querySelector("#matter");

export function start() {
  warnings.start();
  inc.addEventListener("panel:shown", (event) => {
    if (event.target === inc) shown();
  });
  inc.addEventListener("panel:gone", () => {
    close();
    toast(document.querySelector("#nobody").content.textContent.trim().split("\n")[0]);
  });
  sides.start();
  alike.start(inc);
  repeats.start(inc);
  document.addEventListener("room:open", (event) => open(event.detail));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(Number(link.dataset.open));
  });
  // The caller wrote, or a photo came: what is before somebody's eyes is read again, under the same look.
  document.addEventListener("live:change", ({ detail: { kind, matter: name } }) => {
    if (!opened || name !== `incident:${opened.id}` || !/^(incident\.words_added|assignment\.photo)$/.test(kind)) return;
    const island = inc.querySelector(".personal");
    if (!island) return;
    opened.personal = null;
    fillPersonal(island);
  });
  inc.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-ratings]");
    if (button) saidToRating(button);
  });
  addEventListener("popstate", () => {
    const id = Number(new URLSearchParams(location.search).get("open"));
    if (id) open(id, { push: false });
    else close({ push: false });
  });
  const there = matter();
  if (there) begin(Number(there.dataset.pk), true);
}

export function open(id, { push = true } = {}) {
  if (opened?.id === id) {
    inc.focus();
    return;
  }
  if (push) history.pushState(null, "", `?open=${id}`);
  end();
  // Nothing of the matter before may be acted on while the next one is on its way.
  inc.replaceChildren();
  inc.setAttribute("aria-busy", "true");
  begin(id, false);
  inc.focus({ preventScroll: true });
}

export function close({ push = true } = {}) {
  if (!opened) return;
  end();
  opened = null;
  inc.replaceChildren(document.getElementById("nobody").content.cloneNode(true));
  inc.removeAttribute("aria-busy");
  if (push) history.pushState(null, "", location.pathname);
  queue.mark(null);
  document.dispatchEvent(new CustomEvent("room:opened", { detail: null }));
}

function begin(id, there) {
  const name = `incident:${id}`;
  const url = `/room/incidents/${id}`;
  opened = { id, personal: null, panel: panel(inc, url, { when: (e) => e.matter === name }) };
  document.getElementById("room").dataset.tab = "inc";
  document.dispatchEvent(new CustomEvent("room:tab"));
  queue.mark(id);
  if (there) shown();
  else opened.panel.show(url);
}

function end() {
  opened?.panel.stop();
  proposals.stop();
}

function shown() {
  inc.removeAttribute("aria-busy");
  const there = matter();
  if (!there || !opened || Number(there.dataset.pk) !== opened.id) return;
  if (opened.side !== true) sides.begin(there.dataset.state);
  opened.side = true;
  sides.mark();
  alike.follow(there, inc.querySelector(".alike"));
  const island = inc.querySelector(".personal");
  if (!island) opened.personal = null; // shown from the journal: its words open again when the database is back
  else if (!island.hasChildNodes()) fillPersonal(island);
  warnings.follow(there, inc.querySelector(".warned"));
  proposals.follow(there, inc.querySelector(".propose"));
  tick();
  document.dispatchEvent(new CustomEvent("room:opened", { detail: opened.id }));
}

// -- words and caller -------------------------------------------------------------

async function fillPersonal(island) {
  const mine = opened;
  if (mine.personal === "asked") return;
  mine.personal = "asked";
  try {
    const said = await act(`/api/incidents/${mine.id}/open`, { purpose: "dispatch" });
    if (opened === mine) showPersonal(island, said, word("look"));
  } catch (error) {
    mine.personal = null;
    if (opened === mine) island.replaceChildren(line("p", "sub", trouble(error)));
  }
}

async function saidToRating(button) {
  try {
    const { ratings } = await act(`/api/incidents/${button.dataset.ratings}/ratings`);
    const found = ratings.find((one) => one.report === Number(button.dataset.report));
    button.replaceWith(line("span", "say", found?.words ?? word("erased")));
  } catch (error) {
    toast(trouble(error), { bad: true });
  }
}

function line(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}
