// The room: one screen, keyboard first. This file joins its parts; each part is a file of its own.

import { act } from "./act.js";
import { connect } from "./live.js";
import { start as startLooks } from "./look.js";
import { panel } from "./panel.js";
import * as acts from "./room-acts.js";
import * as card from "./room-card.js";
import * as command from "./room-command.js";
import * as cover from "./room-cover.js";
import * as desk from "./room-desk.js";
import * as keys from "./room-keys.js";
import * as late from "./room-late.js";
import * as machinery from "./room-machinery.js";
import * as map from "./room-map.js";
import * as matter from "./room-matter.js";
import * as moves from "./room-moves.js";
import * as proposals from "./room-proposals.js";
import * as queue from "./room-queue.js";
import { toast, trouble, word } from "./room-say.js";
import * as sos from "./room-sos.js";
import * as sound from "./room-sound.js";
import * as time from "./room-time.js";

const room = document.getElementById("room");
const crews = document.getElementById("crews");
const BOARD_MS = 5000; // the map moves crews by itself; the board need not be quicker than the eye goes over it
const GAP_MS = 5000; // how soon a room without a commander says so

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
cover.start(map.drawn());
moves.start();
command.start();
keys.start();
commands();
machinery.start(document.getElementById("machinery"), document.getElementById("machine"));
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

// Who commands. Taking over is an entry of the record; that nobody does any more is a matter of time alone.
function commands() {
  const head = document.getElementById("head");
  const shown = panel(head, "/room/head", { when: (e) => e.kind === "duty.begun" });
  let asked = 0;
  setInterval(() => {
    const until = Date.parse(head.querySelector("[data-until]")?.dataset.until);
    if (document.hidden || !(until < time.now())) return;
    shown.show(`/room/head?over=${(asked += 1)}`);
  }, GAP_MS);
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

// The other language shows the same matter: the address has moved on since the page was made.
document.querySelector(".switch-language [name=language]")?.form.addEventListener("submit", (event) => {
  event.target.elements.next.value = location.pathname + location.search;
});

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
