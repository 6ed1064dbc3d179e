/**
 * Where the crew is: this device's fixes, every 5 s while on duty, by a crew's own ticket. Kept while there is no
 * network, and never asked for off duty or in the demo, whose city is not where its visitor sits.
 */

import { ask } from "./act.js";
import { projectTime } from "./terminal-clock.js";

const EVERY_MS = 5000;
const AT_MOST = 480; // forty minutes without network; the feed takes 500 at once

export function placeSender({ words, say }) {
  let on = false;
  let looking = false;
  let ticket = null;
  let sending = false;
  let waiting = [];
  let timer = null;

  function start() {
    if (on) return;
    if (!navigator.geolocation) {
      say(words.place_denied);
      return;
    }
    on = true;
    say(words.place_asking);
    timer = setInterval(look, EVERY_MS);
    look();
  }

  function stop() {
    on = false;
    clearInterval(timer);
    ticket = null;
    waiting = []; // off duty the trail ends here, too
    say(words.place_off_duty);
  }

  // Asked anew each time, not watched: a device that stands still reports no change, and would look lost.
  function look() {
    if (looking) return;
    looking = true;
    navigator.geolocation.getCurrentPosition(take, lost, { enableHighAccuracy: true, maximumAge: EVERY_MS - 1000, timeout: 20_000 });
  }

  function take({ coords, timestamp }) {
    looking = false;
    if (!on) return;
    const fix = {
      lon: coords.longitude,
      lat: coords.latitude,
      at: new Date(Math.min(projectTime(timestamp), projectTime())).toISOString(),
      accuracy_m: Math.min(100_000, coords.accuracy),
      speed_kmh: coords.speed === null ? null : Math.min(500, Math.max(0, coords.speed * 3.6)),
      heading: Number.isFinite(coords.heading) ? coords.heading : null,
    };
    waiting = [...waiting, fix].slice(-AT_MOST);
    send();
  }

  function lost(error) {
    looking = false;
    say(error.code === error.PERMISSION_DENIED ? words.place_denied : words.place_missing);
  }

  async function send() {
    if (sending || !waiting.length) return;
    sending = true;
    const batch = waiting;
    try {
      if (!ticket || Date.now() > ticket.until) {
        const said = await ask("/api/ticket");
        ticket = { text: said.ticket, until: Date.now() + (said.expires_s - 60) * 1000 };
      }
      const answer = await fetch("/positions", {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${ticket.text}` },
        body: JSON.stringify({ fixes: batch }),
        signal: AbortSignal.timeout(10_000),
      });
      await answer.arrayBuffer(); // to the end, or the browser keeps the connection busy
      if (answer.status === 401) ticket = null;
      else if (answer.ok || answer.status === 422) waiting = waiting.filter((fix) => !batch.includes(fix));
      say(answer.ok ? words.place_on : words.place_unsent);
    } catch {
      say(words.place_unsent);
    } finally {
      sending = false;
    }
  }

  return { start, stop };
}
