// Three sounds, and no others: two rising tones for a new P1, three for the alarm (again every 10 s until somebody acts),
// one low for an order that is unanswered at the commander. Browsers keep a page silent until a key or a click.

import { act } from "./act.js";
import { toast, trouble, word } from "./room-say.js";

const AGAIN_MS = 10_000;

let context = null;
let on = true;
let alarmTimer = null;
const played = []; // what sounded, for whoever looks into it (tests, a support call)

export const heard = () => [...played];

export function start(button) {
  const dialog = document.getElementById("quiet");
  on = button.getAttribute("aria-pressed") === "true";
  const show = () => {
    const running = context?.state === "running";
    button.textContent = word(!on ? "soundOff" : running ? "soundOn" : "soundBlocked");
    button.setAttribute("aria-pressed", String(on));
    button.classList.toggle("is-blocked", on && !running);
  };
  const wake = async () => {
    context ??= new AudioContext();
    if (context.state === "suspended") await context.resume().catch(() => {});
    show();
  };
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, wake, { capture: true });
  // Off needs a reason, which the commander sees; on needs none. The server's answer decides, not the click.
  const turn = async (wanted, url, body) => {
    try {
      await act(url, body);
      on = wanted;
    } catch (error) {
      toast(trouble(error), { bad: true });
    }
    show();
  };
  button.addEventListener("click", () => {
    if (!on) return turn(true, "/api/desk/sound", {});
    dialog.returnValue = "";
    return dialog.showModal();
  });
  dialog.addEventListener("close", () => dialog.returnValue && turn(false, "/api/desk/silence", { reason: dialog.returnValue }));
  show();
}

export const newP1 = () => play("p1", [[523, 0, 0.16], [784, 0.2, 0.26]]);
export const unanswered = () => play("unanswered", [[196, 0, 0.5]]);
const alarmTones = () => play("alarm", [[880, 0, 0.16], [880, 0.26, 0.16], [880, 0.52, 0.3]]);

// The alarm sounds as long as `ringing` holds: only acting ends it.
export function alarm(ringing) {
  if (ringing && alarmTimer === null) {
    alarmTones();
    alarmTimer = setInterval(alarmTones, AGAIN_MS);
  } else if (!ringing && alarmTimer !== null) {
    clearInterval(alarmTimer);
    alarmTimer = null;
  }
}

function play(name, tones) {
  played.push(name);
  if (played.length > 50) played.shift();
  document.documentElement.dataset.sounded = name;
  if (!on || context?.state !== "running") return;
  const from = context.currentTime + 0.02;
  for (const [hertz, after, length] of tones) {
    const voice = context.createOscillator();
    const loudness = context.createGain();
    voice.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, from + after);
    loudness.gain.linearRampToValueAtTime(0.22, from + after + 0.015);
    loudness.gain.setValueAtTime(0.22, from + after + length - 0.04);
    loudness.gain.linearRampToValueAtTime(0, from + after + length);
    voice.connect(loudness).connect(context.destination);
    voice.start(from + after);
    voice.stop(from + after + length + 0.02);
  }
}
