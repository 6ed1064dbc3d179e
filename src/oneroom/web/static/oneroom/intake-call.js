/**
 * The telephone exchange's pop-up: what rings is shown at once, F2 takes it, the form gets number and network place.
 *
 * The list carries no number; taking the call opens it, and leaves a Look. A call that is over leaves the strip.
 */

import { act, ask } from "./act.js";
import { connect } from "./live.js";

const POLL_MS = 15_000;

export function callStrip({ box, words, rate, onTaken }) {
  let calls = [];
  let taken = null;
  let asked = 0;
  let behind = 0; // project time the server told, less what this page has counted since

  connect();
  document.addEventListener("live:change", (event) => event.detail.kind.startsWith("call.") && refresh());
  document.addEventListener("live:reset", refresh);
  setInterval(refresh, POLL_MS);
  setInterval(show, 1000);
  box.addEventListener("click", (event) => event.target.closest("[data-take]") && take());
  refresh();

  async function refresh() {
    const mine = (asked += 1);
    try {
      const said = await ask("/api/calls");
      if (mine !== asked) return;
      calls = said.calls;
      behind = Date.parse(said.now) - performance.now() * rate;
    } catch {
      return; // the next poll, or the stream when it is back
    }
    if (taken) taken.answered_at ??= calls.find((call) => call.id === taken.id)?.answered_at ?? null;
    show();
  }

  const waiting = () => calls.find((call) => call.id !== taken?.id);
  const since = (at) => Math.max(0, Math.round((behind + performance.now() * rate - Date.parse(at)) / 1000));

  function show() {
    const next = waiting();
    const parts = [];
    if (taken) parts.push(...line(taken));
    if (next) {
      const button = part("button", "btn ringing", `${words.rings.replace("{s}", since(next.ringing_at))}${next.desk ? ` · ${words.rings_at.replace("{desk}", next.desk)}` : ""} · ${words.take_it} `);
      button.type = "button";
      button.dataset.take = "";
      button.append(part("kbd", "key", "F2"));
      parts.push(button);
    }
    if (!parts.length) parts.push(part("span", "faint", words.no_call));
    if (next && box.querySelector("[data-take]") && !taken) box.querySelector("[data-take]").firstChild.data = parts[0].firstChild.data;
    else box.replaceChildren(...parts);
  }

  function line(call) {
    const from = Date.parse(call.answered_at ?? call.ringing_at);
    const parts = [part("span", "on", `● ${words.on_line}`), part("b", "num tt", clock(since(from ? new Date(from) : call.ringing_at)))];
    if (call.phone) parts.push(part("span", "num", masked(call.phone)));
    if (call.answered_at) parts.push(part("span", "", words.answered_in.replace("{s}", Math.round((Date.parse(call.answered_at) - Date.parse(call.ringing_at)) / 1000))));
    if (call.calls_30_days !== null) parts.push(part("span", "", words.calls_before.replace("{n}", call.calls_30_days)));
    if (call.radius_m) parts.push(part("span", "dim", words.network_place.replace("{m}", Math.round(call.radius_m))));
    return parts;
  }

  async function take() {
    const next = waiting();
    if (!next) return false;
    try {
      taken = await act(`/api/calls/${next.id}/open`, { purpose: "call" });
    } catch (error) {
      if (!error.status) return false;
      await refresh(); // another desk was quicker, or the caller hung up
      return false;
    }
    onTaken(taken);
    await refresh();
    return true;
  }

  return { take, id: () => taken?.id ?? null, waits: () => Boolean(waiting()), restore: (call) => { taken = call ?? null; show(); }, taken: () => taken };
}

const masked = (number) => number.replace(/^(.{3}).*(.{4})$/, "$1 **** $2");
const clock = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;

function part(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
