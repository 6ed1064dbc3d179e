/** What must be known whatever is open: no network and what waits, what rings, what became of a tap, no sound yet. */

import { currentState } from "./live.js";

const GOOD_MS = 5000;
const MARK = { connected: "●", lost: "○", deaf: "◐", crowded: "◐" };

export function notes({ words, queue, rings }) {
  const [network, kept, unlock, ringing, ringingTo, ringingSaid, answers] = [
    "network", "kept", "unlock", "ringing", "ringing-to", "ringing-said", "answers",
  ].map((id) => document.getElementById(id));
  let everHeard = false;

  function paintNetwork() {
    const n = queue.waiting().length;
    const trouble = queue.trouble();
    const state = trouble === "network" ? "lost" : currentState().state; // a tap finds out before the stream does
    everHeard ||= state === "connected";
    const word = { connected: words.online, lost: everHeard || !navigator.onLine ? words.lost : words.connecting, deaf: words.deaf, crowded: words.crowded };
    put(network, `${MARK[state]} ${word[state]}`);

    const lost = trouble === "network" || (state === "lost" && (everHeard || !navigator.onLine));
    if (lost || (trouble && n)) {
      banner(trouble === "server" ? words.waiting_server : words.carry_on, count(n));
    } else if (state === "deaf") banner(words.deaf_title, words.deaf_text);
    else if (state === "crowded") banner(words.crowded_title, words.crowded_text);
    else kept.hidden = true;
  }

  const count = (n) => (n === 0 ? words.kept_none : n === 1 ? words.kept_one : words.kept_many.replace("{n}", n));

  function banner(title, text) {
    const said = `${title}\n${text}`;
    if (kept.hidden || kept.dataset.said !== said) {
      const span = document.createElement("span");
      const strong = document.createElement("b");
      strong.textContent = title;
      span.append(strong, text);
      kept.replaceChildren(span);
      kept.dataset.said = said;
    }
    kept.hidden = false;
  }

  /** A sentence that stays until it is closed; good news goes by itself. */
  function say(text, { good = false } = {}) {
    const item = document.createElement("li");
    const span = document.createElement("span");
    span.textContent = text;
    item.append(span);
    if (good) {
      item.className = "is-good";
      setTimeout(() => item.remove(), GOOD_MS);
    } else {
      const close = document.createElement("button");
      Object.assign(close, { type: "button", className: "btn", textContent: "✕" });
      close.setAttribute("aria-label", words.close);
      close.addEventListener("click", () => item.remove());
      item.append(close);
    }
    answers.append(item);
    while (answers.children.length > 4) answers.firstChild.remove();
  }

  function paintRinging() {
    const [first] = rings.sounding();
    ringing.hidden = !first;
    if (first) {
      const order = first.subject.match(/^assignment:(\d+)$/);
      const mine = order && document.querySelector(`[data-order="${order[1]}"]`);
      const inCrew = ["crew", "again", "second"].includes(first.rung_code);
      const sos = first.stage === "sos";
      const elsewhere = first.subject.startsWith("standby:") && !first.loud;
      const said = elsewhere ? words.ring_standby : sos ? words.ring_sos : first.stage === "welfare" ? words.ring_welfare : first.loud ? words.ring_again : words.ring_order;
      put(ringingSaid, first.stage === "complete" && first.rung_code === "crew" ? words.ring_complete : inCrew || sos ? said : words.ring_silent);
      document.getElementById("ringing-drill").hidden = !first.drill;
      ringingTo.href = inCrew && order ? `#order-${order[1]}` : mine ? mine.href : "#";
    }
    paintSound();
  }

  function paintSound() {
    unlock.hidden = !rings.muted();
    put(unlock, unlock.hidden ? "" : words.sound_off);
  }

  for (const name of ["pointerup", "keyup"]) {
    document.addEventListener(name, async () => rings.muted() && (await rings.unlock(), paintSound()));
  }

  for (const name of ["acts:changed", "live:state"]) document.addEventListener(name, paintNetwork);
  for (const name of ["online", "offline"]) window.addEventListener(name, paintNetwork);
  document.addEventListener("phone:rings", paintRinging);
  document.addEventListener("acts:done", ({ detail: { act } }) => {
    if (act.verb === "word") say(`✓ ${act.what}`, { good: true });
    if (act.verb === "see") say(words.seen, { good: true }); // else the empty list looks as if nothing had gone
  });
  document.addEventListener("acts:refused", ({ detail: { act, error, gaveUp } }) => {
    const sentence = gaveUp ? words.gave_up : words.told_act;
    say(sentence.replace("{what}", act.what).replace("{why}", error.message));
  });
  setInterval(paintNetwork, 2000); // the browser tells of a lost network late or not at all
  paintNetwork();
  paintSound();
  return { say, ringing: paintRinging };
}

/** Only when it differs: a live region speaks each time it is written. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
