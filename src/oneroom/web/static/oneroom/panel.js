/**
 * A panel: a piece of the page that the server renders, fetched again when something changes.
 *
 *   const queue = panel(element, "/room/queue", {when: (event) => event.kind.startsWith("incident.")});
 *   queue.refresh(); queue.show("/room/queue?all=1"); queue.stop();
 *
 * At most one fetch in 0.8 s (`pace`), with up to 150 ms of jitter; `If-None-Match`, so that an
 * unchanged panel costs one index look-up. The new HTML is morphed into the old: focus,
 * selection, scroll, open <details>, what has been typed and what was said to be wrong with it
 * stay. What is inside an element with `data-keep` belongs to a script and is left alone as long
 * as the element itself is there.
 *
 * Rows of `<… id="…" data-rows>` keep their order while the pointer moves over the panel, so
 * that nobody clicks the row that jumped under his hand; three quiet seconds release them.
 * When fetching fails the panel gets the class `is-stale` and `data-stale` (its age in words),
 * because an old picture that looks new is worse than none.
 *
 * A fetch may bring another element's content along, in <template data-for="its id">.
 *
 * Events on the element: panel:shown (new content), panel:gone (404: no longer there, or not ours).
 */

import { Idiomorph } from "../vendor/idiomorph-0.8.0/idiomorph.esm.js";

const PACE_MS = 800;
const JITTER_MS = 150;
const SPREAD_MS = 1000; // when every page of the house fetches again at one moment
const QUIET_MS = 3000;
const PATIENCE_MS = 10_000;
const RETRY_MS = [2000, 4000, 8000, 15_000, 30_000];

export function panel(element, url, { when = () => true, pace = PACE_MS } = {}) {
  let etag = null;
  let timer = null;
  let fetching = false;
  let again = false;
  let startedAt = -pace;
  let failures = 0;
  let freshAt = performance.now();
  let staleTimer = null;
  let pointerAt = -QUIET_MS;
  let pointerIn = false;
  let held = null; // the newest HTML whose order is not shown yet
  let holdTimer = null;
  let house = document.documentElement.dataset.house ?? "well";
  const ending = new AbortController();

  const listen = (target, name, act) => target.addEventListener(name, act, { signal: ending.signal });
  listen(document, "live:change", (event) => when(event.detail) && soon());
  listen(document, "live:reset", () => soon());
  listen(document, "live:state", (event) => event.detail.state === "connected" && failures && soon());
  // Somebody else answers from now on. The last change may have been heard, and fetched, while the one before still did.
  listen(document, "live:degraded", ({ detail: { mode } }) => {
    if (mode !== house) soon(SPREAD_MS);
    house = mode;
  });
  for (const name of ["pointerenter", "pointermove", "pointerdown"]) {
    listen(element, name, () => {
      pointerIn = true;
      pointerAt = performance.now();
    });
  }
  listen(element, "pointerleave", () => {
    pointerIn = false;
    if (held !== null) apply(held);
  });

  function soon(spread = JITTER_MS) {
    if (ending.signal.aborted || timer !== null) return;
    if (fetching) {
      again = true;
      return;
    }
    const rest = Math.max(0, startedAt + pace - performance.now());
    timer = setTimeout(load, rest + Math.random() * spread);
  }

  async function load() {
    timer = null;
    fetching = true;
    again = false;
    startedAt = performance.now();
    const asked = url;
    try {
      const answer = await fetch(asked, {
        cache: "no-store",
        headers: { "X-Panel": "1", ...(etag && { "If-None-Match": etag }) },
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      if (answer.redirected) {
        location.reload(); // signed out: the page itself knows where to go
        return;
      }
      if (answer.status === 404) {
        element.dispatchEvent(new CustomEvent("panel:gone", { bubbles: true }));
      } else if (answer.status !== 304) {
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
        const html = await answer.text();
        if (asked !== url) return;
        etag = answer.headers.get("ETag");
        apply(html);
      }
      fresh();
    } catch {
      if (!ending.signal.aborted) stale();
    } finally {
      fetching = false;
      if (again) soon();
    }
  }

  function apply(html) {
    clearTimeout(holdTimer);
    const wanted = new DOMParser().parseFromString(html, "text/html").body;
    const quiet = performance.now() - pointerAt;
    held = null;
    for (const beside of wanted.querySelectorAll("template[data-for]")) {
      beside.remove();
      morphBeside(document.getElementById(beside.dataset.for), beside.content);
    }
    if (pointerIn && quiet < QUIET_MS && keepOrder(element, wanted)) {
      held = html;
      holdTimer = setTimeout(() => held !== null && apply(held), QUIET_MS - quiet);
    }
    element.classList.toggle("is-held", held !== null);
    Idiomorph.morph(element, wanted.childNodes, {
      morphStyle: "innerHTML",
      callbacks: { beforeAttributeUpdated: mayChange, beforeNodeMorphed: (old) => !("keep" in (old.dataset ?? {}) || isSaid(old)) },
    });
    element.dispatchEvent(new CustomEvent("panel:shown", { bubbles: true }));
  }

  // What the same fetch brought for another element of the page.
  function morphBeside(target, content) {
    if (!target) return;
    Idiomorph.morph(target, [...content.childNodes], { morphStyle: "innerHTML", callbacks: { beforeAttributeUpdated: mayChange } });
    target.dispatchEvent(new CustomEvent("panel:shown", { bubbles: true }));
  }

  function fresh() {
    failures = 0;
    freshAt = performance.now();
    clearInterval(staleTimer);
    staleTimer = null;
    element.classList.remove("is-stale");
    delete element.dataset.stale;
  }

  function stale() {
    const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
    setTimeout(() => failures && soon(), wait);
    element.classList.add("is-stale");
    staleTimer ??= setInterval(tellAge, 1000);
    tellAge();
  }

  function tellAge() {
    const seconds = Math.round((performance.now() - freshAt) / 1000);
    const age = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    element.dataset.stale = (words().stale ?? "{age}").replace("{age}", age);
  }

  return {
    refresh: () => soon(),
    show(next) {
      if (next !== url) {
        url = next;
        etag = held = null;
        for (const complaint of [...element.querySelectorAll(".err")].filter(isSaid)) complaint.hidden = true; // of what was there before
        clearTimeout(holdTimer);
      }
      clearTimeout(timer); // somebody asked: not a change that can wait
      timer = null;
      startedAt = -pace;
      soon();
    },
    stop() {
      ending.abort();
      [timer, holdTimer].forEach(clearTimeout);
      clearInterval(staleTimer);
    },
  };
}

/**
 * What people do to a control is theirs: open details, typed text, ticks, choices. And `style`
 * is only ever set by scripts here (the content security policy forbids it in HTML).
 */
function mayChange(name, element) {
  if (name === "style") return false;
  if (name === "open") return element.tagName !== "DETAILS";
  if (name === "value" && "defaultValue" in element) return element.value === element.defaultValue;
  if (name === "checked") return element.checked === element.defaultChecked;
  if (name === "selected") return element.selected === element.defaultSelected;
  return true;
}

/** What a script says beside a field: a new picture of the page, which knows nothing of it, does not take it away. */
const isSaid = (element) => Boolean(element.classList?.contains("err")) && !element.hidden;

/**
 * Put the rows of `wanted` in the order in which `shown` has them: known rows where they are,
 * vanished ones kept as `is-gone`, new ones at the end. True if that made any difference.
 */
function keepOrder(shown, wanted) {
  let changed = false;
  for (const list of wanted.querySelectorAll("[data-rows][id]")) {
    const old = shown.querySelector(`#${CSS.escape(list.id)}`);
    if (!old) continue;
    if ([...list.children].some((row) => !row.id)) continue; // rows without a name have no place of their own
    const rows = new Map([...list.children].map((row) => [row.id, row]));
    const before = [...rows.keys()].join("\n");
    const kept = [...old.children].filter((row) => row.id).map((row) => rows.get(row.id) ?? gone(row));
    for (const row of kept) rows.delete(row.id);
    list.replaceChildren(...kept, ...rows.values());
    changed ||= before !== [...list.children].map((row) => row.id).join("\n");
  }
  return changed;
}

function gone(row) {
  const copy = row.cloneNode(true);
  copy.classList.add("is-gone");
  copy.inert = true;
  return copy;
}

function words() {
  const embedded = document.getElementById("words");
  return embedded ? JSON.parse(embedded.textContent) : {};
}
