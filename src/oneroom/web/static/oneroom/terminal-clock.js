// Project time on the phone, and the clocks that show what is left of a promise.

const NEAR = 0.5; // of the limit gone: the quiet mark of the overdue ladder
const SYNC_MS = 30_000;
const FAST_MS = 2000; // in the demo the city may run fast until it knows that somebody rides along
const WAIT_MS = 600_000; // a clock that is ahead waits; farther ahead than this it was set, and follows

let base = { project: Date.now(), device: Date.now(), rate: 1 };
let zone = "UTC";
let spelling = null;

/** Project time of a device time (ms): the tap's own moment, whenever it is sent. */
export const projectTime = (device = Date.now()) => base.project + (device - base.device) * base.rate;

let shown = 0;
/** Project time as the screen shows it: when an answer finds it ahead it waits, and never runs backwards. */
export function shownTime() {
  const real = projectTime();
  shown = shown > real && shown - real < WAIT_MS ? shown : real;
  return shown;
}

/** 03:12:44 in the force's own time zone. */
export function timeOfDay(project, { seconds = true } = {}) {
  spelling ??= new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const text = spelling.format(new Date(project));
  return seconds ? text : text.slice(0, 5);
}

export function startClock({ now, rate, timeZone, url, tick }) {
  base = { project: Date.parse(now), device: Date.now(), rate };
  zone = timeZone;
  sync(url);
  setInterval(() => sync(url), SYNC_MS);
  setInterval(() => document.hidden || base.rate <= 1 || sync(url), FAST_MS);
  document.addEventListener("visibilitychange", () => document.hidden || sync(url));
  document.addEventListener("live:state", (event) => event.detail.state === "connected" && sync(url));
  const beat = () => {
    paintClocks();
    tick?.();
  };
  setInterval(beat, 1000);
  beat();
}

async function sync(url) {
  const asked = Date.now();
  try {
    const answer = await fetch(url, { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8000) });
    if (!answer.ok) return;
    const said = await answer.json();
    base = { project: Date.parse(said.now), device: (asked + Date.now()) / 2, rate: said.rate };
  } catch {
    // the old offset stays: a phone without network keeps its own time
  }
}

/** 0:26 · 12:30 · 4 h 58; late +1:24 (design: words). */
export function left(ms) {
  const late = ms < 0;
  const s = Math.floor(Math.abs(ms) / 1000);
  const text = s >= 3600 ? `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)}` : `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  return late ? `+${text}` : text;
}

export function paintClocks(root = document) {
  const at = shownTime();
  for (const clock of root.querySelectorAll(".clock[data-deadline]")) {
    const [started, deadline] = [Date.parse(clock.dataset.started), Date.parse(clock.dataset.deadline)];
    const gone = Math.min(1, Math.max(0, (at - started) / (deadline - started || 1)));
    clock.classList.toggle("is-late", at >= deadline);
    clock.classList.toggle("is-near", at < deadline && gone >= NEAR);
    clock.style.setProperty("--p", String(Math.round(gone * 100)));
    clock.firstElementChild.textContent = left(deadline - at);
  }
}
