// The room: one screen, keyboard first. This file joins its parts; each part is a file of its own.

import { act } from "./act.js";
import { connect } from "./live.js";
import { start as startLooks } from "./look.js";
import { panel } from "./panel.js";
import * as acts from "./room-acts.js";
import * as card from "./room-card.js";
import * as command from "./room-command.js";
import * as desk from "./room-desk.js";
import * as keys from "./room-keys.js";
import * as late from "./room-late.js";
import * as map from "./room-map.js";
import * as matter from "./room-matter.js";
import * as proposals from "./room-proposals.js";
import * as queue from "./room-queue.js";
import { toast, trouble, word } from "./room-say.js";
import * as sos from "./room-sos.js";
import * as sound from "./room-sound.js";
import * as time from "./room-time.js";

const room = document.getElementById("room");
const crews = document.getElementById("crews");
const BOARD_MS = 4000; // the map moves crews by itself; the board need not be quicker than the eye goes over it

document.documentElement.dataset.seq = room.dataset.seq;
time.start({ demo: document.querySelector(".rates") !== null });
sound.start(document.getElementById("sound"));
queue.start();
matter.start();
late.start();
acts.start(document.getElementById("inc"));
startLooks(document.getElementById("inc"));
sos.start(document.getElementById("head"));
desk.start(document.getElementById("queue"), document.getElementById("inc"));
board();
map.start();
command.start();
keys.start();
machinery();
rates();
tabs();
connect();
room.dataset.ready = "true";

// The board: one of three ways to look at the same crews. A click picks a proposed crew, or shows it on the map.
function board() {
  const shown = panel(crews, "/room/crews", { when: (e) => /^(crew|assignment)\./.test(e.kind), pace: BOARD_MS });
  card.start(crews);
  crews.addEventListener("click", (event) => {
    const way = event.target.closest("[data-way]");
    if (way) return shown.show(`/room/crews?by=${way.dataset.way}`);
    const crew = event.target.closest("[data-crew]");
    return crew && chosen(Number(crew.dataset.crew));
  });
  document.addEventListener("room:crew", (event) => chosen(event.detail));
}

function chosen(crew) {
  if (proposals.pickCrew(crew)) return;
  const fix = map.known(crew);
  if (fix) map.focus(fix.lon, fix.lat);
}

// Is the machinery alive? The stream as this page hears it, the clock as the server sees its work.
function machinery() {
  const sign = document.getElementById("machinery");
  let stream = "connecting";
  let clock = "alive";
  const show = () => {
    const broken = stream !== "connected" || clock !== "alive";
    const why = stream !== "connected" ? stream : { silent: "clockSilent", unknown: "timeUnknown" }[clock];
    sign.classList.toggle("is-broken", broken);
    const text = word(broken ? why : "connected");
    if (sign.textContent !== text) sign.textContent = text;
  };
  document.addEventListener("live:state", (event) => ((stream = event.detail.state), show()));
  document.addEventListener("room:clock", (event) => ((clock = event.detail), show()));
}

// The demo's own time.
function rates() {
  const show = (rate) => {
    for (const b of document.querySelectorAll(".rates [data-rate]")) {
      b.setAttribute("aria-pressed", String(Number(b.dataset.rate) === rate));
    }
  };
  document.addEventListener("room:rate", (event) => show(event.detail));
  document.addEventListener("room:held", (event) => {
    const sign = document.getElementById("held");
    if (!sign || sign.hidden === !event.detail) return;
    sign.hidden = !event.detail;
    if (event.detail) toast(word("held"));
  });
  document.querySelector(".rates")?.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-rate]");
    if (!button) return;
    try {
      await act("/api/demo/time", { rate: Number(button.dataset.rate) });
    } catch (error) {
      toast(trouble(error), { bad: true });
    }
    time.resync();
  });
  show(time.speed());
}

// Small windows show one panel at a time.
function tabs() {
  const show = () => {
    for (const t of document.querySelectorAll(".tabs [data-tab]")) {
      if (t.dataset.tab === room.dataset.tab) t.setAttribute("aria-current", "true");
      else t.removeAttribute("aria-current");
    }
  };
  document.querySelector(".tabs").addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    if (!tab) return;
    room.dataset.tab = tab.dataset.tab;
    document.dispatchEvent(new CustomEvent("room:tab"));
  });
  document.addEventListener("room:tab", show);
  show();
}
