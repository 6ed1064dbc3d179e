/**
 * What rings on this phone. A rung of a ladder begins to ring once per device, and rings until the ladder stops
 * (signed for, withdrawn) or it is silenced here. A louder rung of the same ladder begins anew.
 *
 *   phone:ring   detail {ladder, rung, loud, subject}: this rung began to ring
 *   phone:rings  detail {rings}: what rings now, silent or not
 */

import { act, ask } from "./act.js";

const POLL_MS = 20_000; // the stream brings rings at once; this is for the day it does not
const CYCLE_MS = 2200;
const NIGHT_MS = 5000; // in the dark it vibrates first
const RETRY_MS = 3000;

export function ringer({ account, night, silenced }) {
  const slot = `oneroom.rang.${account}`;
  const heard = new Set(remembered(slot));
  const sounding = new Map(); // ladder -> {rung, loud, subject, since}
  const told = new Set();
  let audio = null;
  let beat = null;
  let asking = false;
  let again = false;
  let latest = [];

  async function check() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      ({ rings: latest } = await ask("/api/rings"));
      take();
    } catch {
      setTimeout(check, RETRY_MS + Math.random() * RETRY_MS); // and the next event or poll asks too
    } finally {
      asking = false;
    }
    if (again) {
      again = false;
      check();
    }
  }

  function take() {
    for (const ladder of sounding.keys()) {
      const still = latest.find((ring) => ring.ladder === ladder);
      if (!still || silenced(still.subject)) sounding.delete(ladder);
    }
    for (const ring of latest) {
      const id = `${ring.ladder}:${ring.rung}`;
      if (!heard.has(id) && !silenced(ring.subject)) {
        heard.add(id);
        remember(slot, heard);
        sounding.set(ring.ladder, { ...ring, began: performance.now() });
        document.dispatchEvent(new CustomEvent("phone:ring", { detail: ring }));
      }
      receipt(ring, "delivered");
    }
    document.dispatchEvent(new CustomEvent("phone:rings", { detail: { rings: latest } }));
    keepBeating();
  }

  function keepBeating() {
    if (sounding.size && beat === null) {
      beat = setInterval(cycle, CYCLE_MS);
      cycle();
    } else if (!sounding.size && beat !== null) {
      clearInterval(beat);
      beat = null;
      navigator.vibrate?.(0);
    }
  }

  function cycle() {
    // The question whether all is well is asked without a sound: it could give a hidden crew away.
    for (const ring of sounding.values()) {
      if (quiet(ring) && !ring.touched) navigator.vibrate?.(80);
      ring.touched = true;
    }
    const all = [...sounding.values()].filter((ring) => !quiet(ring));
    if (!all.length) return;
    const loud = all.some((ring) => ring.loud);
    navigator.vibrate?.(loud ? [600, 150, 600, 150, 600] : [400, 200, 400]);
    const due = all.filter((ring) => !night() || performance.now() - ring.began >= NIGHT_MS);
    if (due.length) tone(loud);
  }

  function tone(loud) {
    audio ??= makeAudio();
    if (audio?.state !== "running") return;
    const notes = loud ? [880, 1175, 880, 1175, 880, 1175] : [660, 880];
    notes.forEach((pitch, n) => {
      const from = audio.currentTime + n * 0.24;
      const voice = audio.createOscillator();
      const volume = audio.createGain();
      voice.type = loud ? "square" : "triangle";
      voice.frequency.value = pitch;
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(loud ? 0.9 : 0.35, from + 0.02);
      volume.gain.linearRampToValueAtTime(0, from + 0.22);
      voice.connect(volume).connect(audio.destination);
      voice.start(from);
      voice.stop(from + 0.23);
    });
  }

  /** Tell the ladder what this phone knows; a receipt that does not go through is tried with the next look. */
  function receipt(ring, what) {
    const id = `${ring.delivery}:${what}`;
    if (told.has(id)) return;
    told.add(id);
    act(`/api/deliveries/${ring.delivery}/receipt`, { what }).catch((error) => error.status || told.delete(id));
  }

  function silence(match) {
    for (const [ladder, ring] of sounding) if (match(ring)) sounding.delete(ladder);
    keepBeating();
  }

  document.addEventListener("live:change", ({ detail: { kind } }) => /^(ladder|assignment|standby)\./.test(kind) && check());
  document.addEventListener("live:reset", check);
  document.addEventListener("live:state", (event) => event.detail.state === "connected" && check());
  document.addEventListener("visibilitychange", () => document.hidden || check());
  setInterval(check, POLL_MS);
  check();

  return {
    check,
    /** What makes noise now, the loudest first. */
    sounding: () => [...sounding.values()].sort((a, b) => b.loud - a.loud || a.grade - b.grade),
    /** After a tap that the server may not know yet: an order that was signed for here is silent here. */
    recheck: take,
    silence,
    /** Something loud once, whatever rings. */
    blast() {
      navigator.vibrate?.([600, 150, 600, 150, 600]);
      tone(true);
    },
    read: (match) => latest.filter(match).forEach((ring) => receipt(ring, "read")),
    /** Browsers let a page sound only after a touch: true once it may. */
    async unlock() {
      audio ??= makeAudio();
      await audio?.resume().catch(() => {});
      return audio === null || audio.state === "running";
    },
    muted: () => (audio ??= makeAudio()) !== null && audio.state !== "running",
  };
}

const quiet = (ring) => ring.stage === "welfare" && ring.rung_code === "crew";

function makeAudio() {
  try {
    return new AudioContext();
  } catch {
    return null; // no sound on this device: it vibrates and shows
  }
}

function remembered(slot) {
  try {
    return JSON.parse(sessionStorage.getItem(slot) ?? "[]");
  } catch {
    return [];
  }
}

function remember(slot, heard) {
  try {
    sessionStorage.setItem(slot, JSON.stringify([...heard].slice(-200)));
  } catch {
    // then a reload rings once more
  }
}
