/**
 * The draft: what was typed, kept in this tab at once and on the server a moment later, until it is saved.
 *
 * In the tab it lies in sessionStorage: gone with the tab, never on the disk for the next shift; a draft of another
 * account is removed. On the server it is sealed and erased when the call is saved; there the room sees grade, kind
 * and place, and a killed browser finds it again. The follow-up code is never in it.
 */

import { act, ask, newKey } from "./act.js";

const PREFIX = "oneroom.intake.";
const PACE_MS = 500;
const RETRY_MS = 3000;
const ASK_MS = 150;

export function openDraft(account, matter, { shown, onServer }) {
  const name = `${PREFIX}${account}.${matter ?? "new"}`;
  const putBy = `${PREFIX}${account}.put-by`; // keys of calls that this tab has laid aside
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
  let keptAt = null;
  let works = true;
  let onServerAt = null;
  let over = false;
  let id = null;
  let state = null; // {key, n, content}
  let timer = null;
  let sending = false;
  let aside = 0;

  try {
    for (const other of Object.keys(sessionStorage)) {
      if (other.startsWith(PREFIX) && !other.startsWith(`${PREFIX}${account}.`)) sessionStorage.removeItem(other);
    }
  } catch {
    works = false;
  }
  channel?.addEventListener("message", ({ data }) => data.who === state?.key && channel.postMessage({ mine: data.who }));

  function write() {
    try {
      sessionStorage.setItem(name, JSON.stringify(state));
      works = true;
    } catch {
      works = false; // storage switched off or full: the server still has it, or the page asks before it is left
    }
  }

  function laidAside() {
    try {
      return JSON.parse(sessionStorage.getItem(putBy)) ?? [];
    } catch {
      return [];
    }
  }

  function soon(wait = PACE_MS) {
    if (matter || over) return;
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  async function send() {
    if (sending || over) return;
    sending = true;
    const { n } = state;
    try {
      const said = await act("/api/drafts", { key: state.key, n, content: state.content, ...shown() }, { signal: AbortSignal.timeout(10_000) });
      onServerAt = performance.now();
      id = said.id ?? null;
      if (!over) onServer(said);
    } catch (error) {
      onServerAt = null;
      if (!error.status || error.status >= 500) soon(RETRY_MS); // no connection, or the server is being started again
    } finally {
      sending = false;
      if (!over && state && state.n !== n) soon();
    }
  }

  /** Whether another tab of this person has this draft open. */
  function heldElsewhere(key) {
    if (!channel) return Promise.resolve(false);
    return new Promise((resolve) => {
      const heard = ({ data }) => data.mine === key && resolve(true);
      channel.addEventListener("message", heard);
      setTimeout(() => {
        channel.removeEventListener("message", heard);
        resolve(false);
      }, ASK_MS);
      channel.postMessage({ who: key });
    });
  }

  return {
    /** What this tab had, else what the server has of this person and no other tab has open; null for nothing. */
    async read() {
      try {
        state = JSON.parse(sessionStorage.getItem(name));
      } catch {
        state = null;
      }
      if (state?.key) return state.content;
      state = null;
      if (matter) return null;
      try {
        const { drafts } = await ask("/api/drafts/mine");
        const later = laidAside();
        for (const found of drafts) {
          if (later.includes(found.key)) aside += 1;
          else if (state || (await heldElsewhere(found.key))) continue;
          else state = { key: found.key, n: found.n, content: found.content };
        }
      } catch {
        return null; // the server cannot be asked now: an empty form is better than none
      }
      return state?.content ?? null;
    },
    keep(content) {
      if (over) return;
      state = { key: state?.key ?? newKey(), n: (state?.n ?? 0) + 1, content };
      keptAt = performance.now();
      write();
      soon();
    },
    drop() {
      over = true;
      clearTimeout(timer);
      keptAt = null;
      try {
        sessionStorage.removeItem(name);
      } catch {
        works = false;
      }
    },
    /** Lay this call aside, so that the next page opens without it; false where the server has not all of it yet. */
    async putBy(others = laidAside()) {
      clearTimeout(timer);
      while (sending) await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      await send();
      if (onServerAt === null) return false;
      sessionStorage.setItem(putBy, JSON.stringify([...others, state.key]));
      this.drop();
      return true;
    },
    /** How many calls this tab has laid aside. */
    aside: () => aside,
    /** The next page opens on one of them; what was begun meanwhile changes places with it. */
    takeUp() {
      if (state) return this.putBy([]);
      sessionStorage.removeItem(putBy);
      return true;
    },
    key: () => state?.key ?? "",
    /** How the record names it, once the server has it. */
    subject: () => (id === null ? "" : `draft:${id}`),
    /** Seconds since it was kept; null when there is none. */
    age: () => (keptAt === null ? null : (performance.now() - keptAt) / 1000),
    /** The server has it too. */
    safe: () => onServerAt !== null,
    works: () => works,
  };
}
