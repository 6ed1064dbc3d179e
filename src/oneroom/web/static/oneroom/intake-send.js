/**
 * Sending that may be repeated: the same content goes out under the same key until the server has answered.
 *
 * No answer (no network, a gateway in between, a database without room) is tried again by itself; a refusal is thrown to be shown.
 */

import { ActError, act } from "./act.js";

const WAITS_MS = [1000, 2000, 4000, 8000, 15_000];
const PATIENCE_MS = 12_000;
// A gateway, a database that is away, or one whose disk is full: a moment later the act may go on from the journal.
const AGAIN = new Set([502, 503, 504]);
const again = (error) => AGAIN.has(error.status) || error.code === "database_full";

export async function insist(url, body, key, { onTry = () => {} } = {}) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act(url, body, { key, signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch (error) {
      if (error instanceof ActError && !again(error)) throw error;
      onTry(tries + 1);
      await aWhile(WAITS_MS[Math.min(tries, WAITS_MS.length) - 1]);
    }
  }
}

/** The wait before the next try; a network that comes back ends it at once. */
function aWhile(ms) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    window.addEventListener("online", end);
  });
}
