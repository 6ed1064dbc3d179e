/**
 * The silent call for help: two seconds of a thumb, or two presses of a switch or key. It makes no sound and no
 * vibration on this phone, and changes only the small word on the button: whoever looks over a shoulder sees little.
 *
 * The call has a queue of its own, so it never waits behind another act, and is kept and sent until it is answered.
 */

import { actQueue } from "./terminal-queue.js";

const HOLD_MS = 2000;
const TWICE_MS = 4000;
const RETRY_MS = [500, 1000, 2000];

export function sosButton({ button, account, words, projectTime, signIn, say, changed }) {
  const queue = actQueue({ account: `sos.${account}`, signIn, waits: RETRY_MS, channel: "sos" });
  const small = button.querySelector("small");
  let holding = null;
  let pressedAt = -TWICE_MS;
  let reached = false; // by a hold: the click that follows is no press of its own

  const open = () => button.dataset.open === "yes";
  const waiting = () => queue.waiting().length > 0;

  function paint() {
    put(small, waiting() ? words.sos_sending : open() ? words.sos_got : words.sos_hold);
    button.classList.toggle("is-held", holding !== null);
    button.classList.toggle("is-on", waiting() || open());
  }

  function call() {
    reached = true;
    release();
    if (open() || waiting()) return;
    queue.add("/api/sos", { happened: new Date(projectTime()).toISOString() }, { what: "SOS", verb: "sos" });
    paint();
  }

  function release() {
    clearTimeout(holding);
    holding = null;
    paint();
  }

  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    reached = false;
    if (open() || waiting()) return;
    button.setPointerCapture?.(event.pointerId);
    holding = setTimeout(call, HOLD_MS);
    paint();
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) button.addEventListener(name, () => holding !== null && release());
  button.addEventListener("contextmenu", (event) => event.preventDefault());

  // A key or a switch makes a click without a pointer: twice within four seconds is meant.
  button.addEventListener("click", (event) => {
    if (reached) {
      reached = false;
      return;
    }
    if (open() || waiting()) {
      location.hash = "#sos";
      return;
    }
    if (event.detail !== 0 && event.pointerType) return say(words.sos_how);
    const now = performance.now();
    if (now - pressedAt <= TWICE_MS) call();
    else say(words.sos_again);
    pressedAt = now;
  });

  document.addEventListener("sos:changed", paint);
  document.addEventListener("sos:done", () => {
    button.dataset.open = "yes";
    paint();
    changed();
  });
  document.addEventListener("sos:refused", ({ detail: { error } }) => {
    say(error.message);
    paint();
    changed();
  });

  paint();
  return {
    /** What the server says: a call of this person is open or not. */
    known(isOpen) {
      button.dataset.open = isOpen ? "yes" : "no";
      paint();
    },
    call,
  };
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
