/**
 * The draft: what was typed, kept in this tab until it is saved, so that a reload or a lost line loses nothing.
 *
 * It holds what a caller said, so it stays in sessionStorage: gone with the tab, never on the disk for the next
 * shift. A draft of another account, left in this tab, is removed. The follow-up code is never in it.
 */

const PREFIX = "oneroom.intake.";

export function openDraft(account, matter) {
  const name = `${PREFIX}${account}.${matter ?? "new"}`;
  let keptAt = null;
  let works = true;
  try {
    for (const other of Object.keys(sessionStorage)) {
      if (other.startsWith(PREFIX) && !other.startsWith(`${PREFIX}${account}.`)) sessionStorage.removeItem(other);
    }
  } catch {
    works = false;
  }
  return {
    read() {
      try {
        return JSON.parse(sessionStorage.getItem(name));
      } catch {
        return null;
      }
    },
    keep(content) {
      try {
        sessionStorage.setItem(name, JSON.stringify(content));
        keptAt = performance.now();
        works = true;
      } catch {
        works = false; // storage switched off or full: the page says so and asks before it is left
      }
    },
    drop() {
      keptAt = null;
      try {
        sessionStorage.removeItem(name);
      } catch {
        works = false;
      }
    },
    /** Seconds since it was kept; null when there is none. */
    age: () => (keptAt === null ? null : (performance.now() - keptAt) / 1000),
    works: () => works,
  };
}
