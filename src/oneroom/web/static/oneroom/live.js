/**
 * The page's one ear: a stream of what changed, told on as DOM events on `document`.
 *
 *   live:change     detail {seq, kind, subject, matter}: fetch what shows it again
 *   live:positions  detail {positions: [{crew, lon, lat, at, speed_kmh, heading}], gone: [crew],
 *                   whole: true if these are all there are}
 *   live:machinery  detail {parts: {part: "heard" | "unheard" | "failing" | "silent"}, database, count,
 *                   wrong: [{kind, subject, matter, since}]}, or {unknown: true}: for the room
 *   live:degraded   detail {mode: "away" | "full" | "booking" | "well", since}: the database is away, or its disk full, and acts go on from a journal
 *   live:reset      detail {seq}: something may have been missed, fetch everything again
 *   live:state      detail {state, since}: "connected", "lost", "deaf" (the server hears
 *                   nothing itself) or "crowded" (too many pages of this person are open)
 *
 * The browser's own EventSource reconnects and resumes (Last-Event-ID). Ours is what it
 * cannot do: fresh tickets, and noticing a connection that is dead without saying so.
 * The page may carry `data-seq` on <html>: the record's number when it was made.
 */

import "./degraded-banner.js";

const SILENCE_MS = 40_000; // the server gives a sign of life every 15 s
const DEAF_S = 3; // as the server counts it: then it beats each second, and once more when it hears again
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000];

let options = null;
let source = null;
let last = null;
let failures = 0;
let heardAt = 0;
let state = { state: "lost", since: new Date() };
let retryTimer = null;

/** Begin to listen; a second call changes nothing. */
export function connect({ ticketUrl = "/api/ticket", streamUrl = "/live", signInUrl = "/sign-in" } = {}) {
  if (options) return;
  options = { ticketUrl, streamUrl, signInUrl };
  last = document.documentElement.dataset.seq ?? null;
  setInterval(watch, 5000);
  window.addEventListener("online", () => open());
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && open());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && state.state === "crowded") open();
  });
  open();
}

/** How the connection is now: {state, since}. */
export function currentState() {
  return state;
}

async function open() {
  clearTimeout(retryTimer);
  retryTimer = null;
  source?.close();
  source = null;
  const ticket = await fetchTicket();
  if (ticket === null || source) return; // another open() was quicker
  const query = new URLSearchParams({ ticket });
  if (last !== null) query.set("last", last);
  heardAt = performance.now();
  const stream = new EventSource(`${options.streamUrl}?${query}`);
  source = stream;
  const on = (name, act) =>
    stream.addEventListener(name, (event) => {
      if (stream !== source) return;
      heardAt = performance.now();
      const known = last !== null;
      if (event.lastEventId) last = event.lastEventId;
      act(JSON.parse(event.data), known);
    });

  on("hello", (data, known) => {
    failures = 0;
    become("connected");
    // Whoever told this page that the database is away is gone, and who answers now has nothing to say of it.
    if (!data.standing && (document.documentElement.dataset.house ?? "well") !== "well") tell("live:degraded", { mode: "well", since: new Date().toISOString() });
    if (!known) tell("live:reset", data); // the page is older than the stream by an unknown bit
  });
  on("change", (data) => tell("live:change", data));
  on("positions", (data) => tell("live:positions", data));
  on("machinery", (data) => tell("live:machinery", data));
  on("degraded", (data) => tell("live:degraded", data));
  on("reset", (data) => tell("live:reset", data));
  on("beat", (data) => become(data.lag_s === null || data.lag_s > DEAF_S ? "deaf" : "connected"));
  on("renew", () => open());
  on("access", () => signIn());
  on("crowded", () => {
    stream.close();
    become("crowded");
  });
  stream.onerror = () => {
    if (stream !== source) return;
    if (state.state !== "crowded") become("lost");
    // CONNECTING: the browser tries again by itself. CLOSED: it was refused, mostly for an old ticket.
    if (stream.readyState === EventSource.CLOSED && state.state !== "crowded") openLater();
  };
}

async function fetchTicket() {
  try {
    const answer = await fetch(options.ticketUrl, {
      cache: "no-store",
      redirect: "manual",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      signIn();
      return null;
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return (await answer.json()).ticket;
  } catch {
    become("lost");
    openLater();
    return null;
  }
}

function openLater() {
  if (retryTimer !== null) return;
  const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
  retryTimer = setTimeout(open, wait * (0.75 + Math.random() / 2)); // not all pages at once
}

function watch() {
  if (source?.readyState === EventSource.OPEN && performance.now() - heardAt > SILENCE_MS) {
    become("lost");
    open();
  }
}

function become(name) {
  if (state.state === name) return;
  state = { state: name, since: new Date() };
  document.documentElement.dataset.live = name;
  tell("live:state", state);
}

function signIn() {
  source?.close();
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`${options.signInUrl}?next=${next}`);
}

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}
