/**
 * A tap is never lost: acts wait on the device, go out in order, each once.
 *
 * An act carries its Idempotency-Key and the time of the tap from the start, and is sent with exactly this
 * content until somebody answers it, also after a reload. A definite no (4xx) is told and drops the act.
 *
 *   acts:changed  the waiting acts or their outlook changed
 *   acts:done     detail {act, said}          acts:refused  detail {act, error}
 */

import { ActError, act as send, newKey } from "./act.js";

const WAIT_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const PATIENCE_MS = 15_000;
const FAULTS = 6; // a server that breaks this often on one act will not take it: better told than stuck behind it

/** ``channel`` names the events (acts:…, sos:…); ``waits`` how long it rests between tries. */
export function actQueue({ account, signIn, waits = WAIT_MS, channel = "acts" }) {
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`${channel}:${name}`, { detail }));
  const slot = `oneroom.acts.${account}`; // acts of another person on this device are not ours to send
  let memory = [];
  let settled = []; // done, while the page may still show how it was before
  let unkept = false; // this device keeps nothing (private window, full): the open page must do
  let busy = false;
  let again = false;
  let failures = 0;
  let faults = 0;
  let cause = "";
  let timer = null;

  function stored() {
    try {
      if (!unkept) memory = JSON.parse(localStorage.getItem(slot) ?? "[]");
    } catch {
      unkept = true;
    }
    return memory;
  }

  function store(acts) {
    memory = acts;
    try {
      if (acts.length) localStorage.setItem(slot, JSON.stringify(acts));
      else localStorage.removeItem(slot); // words that were sent stay nowhere on the device
      unkept = false;
    } catch {
      unkept = true;
    }
    tell("changed");
  }

  /** `body` must already hold the time of the tap; `about` says whose button it was: {what, verb, assignment}. */
  function add(url, body, about) {
    const acts = stored();
    acts.push({ url, body, key: newKey(), tapped: Date.now(), ...about });
    store(acts);
    soon(0);
  }

  function soon(wait) {
    if (busy) {
      again = true;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  }

  async function run() {
    if (busy) return;
    busy = true;
    again = false;
    let wait = null;
    try {
      // Two open pages of one person: one sends, the other waits its turn.
      wait = await (navigator.locks ? navigator.locks.request(slot, drain) : drain());
    } finally {
      busy = false;
    }
    if (wait !== null) soon(wait);
    else if (again) soon(0);
  }

  async function drain() {
    for (let first = stored()[0]; first; first = stored()[0]) {
      try {
        const said = await send(first.url, first.body, { key: first.key, signal: AbortSignal.timeout(PATIENCE_MS) });
        failures = faults = 0;
        cause = "";
        settled = [...settled, { ...first, done: true }].slice(-20);
        drop(first);
        tell("done", { act: first, said });
      } catch (error) {
        const wait = refused(first, error);
        if (wait !== null) return wait;
      }
    }
    return null;
  }

  /** What an error means: null to go on with the next act, else how long to wait. */
  function refused(act, error) {
    const status = error instanceof ActError ? error.status : 0;
    if (status === 401) {
      signIn();
      return waits.at(-1);
    }
    if (error.code === "stale_page") {
      reloadOnce();
      return waits.at(-1);
    }
    if (status === 422 && error.field === "happened" && act.body.happened) {
      // The clocks differ too much: the time of arrival must do. Nothing was written, so a new key is safe.
      const { happened: _, ...body } = act.body;
      store(stored().map((one) => (one.key === act.key ? { ...one, body, key: newKey() } : one)));
      return null;
    }
    if (status >= 500 && ![503, 507].includes(status) && ++faults >= FAULTS) {
      faults = 0;
      drop(act);
      tell("refused", { act, error, gaveUp: true });
      return null;
    }
    if (status === 0 || status >= 500 || status === 429 || status === 408) {
      cause = status ? "server" : "network";
      failures += 1;
      tell("changed");
      return waits[Math.min(failures - 1, waits.length - 1)];
    }
    failures = 0;
    cause = "";
    drop(act);
    tell("refused", { act, error });
    return null;
  }

  const drop = (act) => store(stored().filter((one) => one.key !== act.key));

  function wake() {
    if (stored().length) soon(0);
  }
  window.addEventListener("online", wake);
  window.addEventListener("storage", (event) => event.key === slot && (tell("changed"), wake()));
  document.addEventListener("live:state", (event) => event.detail.state === "connected" && wake());
  document.addEventListener("visibilitychange", () => document.hidden || wake());
  wake();

  return {
    add,
    waiting: stored,
    /** The acts of an assignment in the order of their taps, done ones (`done`) before waiting ones. */
    of: (assignment) => [...settled, ...stored()].filter((one) => one.assignment === assignment),
    /** "" while acts go out, else "network" or "server". */
    trouble: () => cause || (navigator.onLine ? "" : "network"),
  };
}

/** A page older than its session gets a new token; the acts wait in storage. Not twice in a minute. */
function reloadOnce() {
  const last = Number(sessionStorage.getItem("oneroom.reloaded") ?? 0);
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem("oneroom.reloaded", String(Date.now()));
  location.reload();
}
