// Are the clock, the courier and the auditor alive, and does everything happen that is due? Told by the raw stream, so
// that it is seen without the database. What nobody says anything of is an alarm, never green.

import { join, word, words } from "./room-say.js";
import { hms, write } from "./room-time.js";

const FRESH_MS = 40_000; // the stream says it again every 15 s
const SHOWN = 3;

let stream = "connecting";
let clock = "alive";
let told = null; // {parts, database, wrong, count}, or {unknown: true}
let toldAt = 0;

export function start(seal, banner = null) {
  const show = () => (showSeal(seal), banner && showBanner(banner));
  document.addEventListener("live:state", (event) => ((stream = event.detail.state), show()));
  document.addEventListener("room:clock", (event) => ((clock = event.detail), show()));
  document.addEventListener("live:machinery", (event) => ((told = event.detail), (toldAt = performance.now()), show()));
  setInterval(show, 5000);
}

function known() {
  return told !== null && !told.unknown && performance.now() - toldAt < FRESH_MS ? told : null;
}

// Why the seal is broken, the gravest first; empty: everything is heard of and nothing is wrong.
function why() {
  if (stream !== "connected") return word(stream);
  const now = known();
  if (now === null) return word("noMachinery");
  if (!now.database) return word("noDatabase");
  const silent = Object.entries(now.parts).filter(([, how]) => how !== "heard");
  if (silent.length > 0) {
    const [, how] = silent[0];
    const names = silent.filter(([, other]) => other === how).map(([part]) => words("partNames")[part] ?? part);
    return word({ silent: "partSilent", failing: "partFailing" }[how] ?? "partUnheard", { part: join(names) });
  }
  if (now.count > 0) return word("alarmCount", { n: now.count });
  return clock === "alive" ? "" : word({ silent: "clockSilent", unknown: "timeUnknown" }[clock]);
}

function showSeal(seal) {
  const reason = why();
  seal.classList.toggle("is-broken", reason !== "");
  write(seal, reason || word("connected"));
}

function showBanner(banner) {
  const lines = told === null ? [] : alarms();
  const text = JSON.stringify(lines);
  if (banner.dataset.shown === text) return; // written only when it changed: a reader says it anew each time
  banner.dataset.shown = text;
  banner.hidden = lines.length === 0;
  const said = banner.querySelector("[data-said]");
  said.replaceChildren(...lines.map(line));
}

function alarms() {
  const now = known();
  if (now === null) return [{ text: word("noMachineryLong") }];
  const lines = now.database ? [] : [{ text: word("noDatabaseLong") }];
  const wrong = now.wrong.filter(({ kind }) => kind !== "database");
  for (const { kind, subject, matter, since } of wrong.slice(0, SHOWN)) {
    const [of, pk] = matter.split(":");
    const open = of === "incident" ? Number(pk) : 0;
    const what = open ? capital(words("alarmKinds")[kind] ?? kind) : sentence(kind, subject);
    const means = ["silent", "failing"].includes(kind) ? words("without")[subject] : "";
    lines.push({ text: word("alarmLine", { what, since: hms(Date.parse(since)).slice(0, 5) }), means, open });
  }
  const more = now.count - (now.wrong.length - wrong.length) - Math.min(wrong.length, SHOWN);
  if (more > 0) lines.push({ text: word("alarmMore", { n: more }) });
  return lines;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// As the office and the messages say it: the part and what is wrong with it.
function sentence(kind, subject) {
  const [about, node] = subject.split("@");
  const name = words("partNames")[about] ?? about;
  const what = words("alarmKinds")[kind] ?? kind;
  return word("alarmOf", { subject: node ? word("partOn", { part: name, node }) : name, what });
}

function line({ text, means, open }) {
  const p = document.createElement("p");
  p.textContent = means ? `${text} ${means}` : text;
  if (open) {
    const link = document.createElement("a");
    link.href = `?open=${open}`;
    link.dataset.open = String(open);
    link.textContent = word("alarmOpen");
    p.append(" ", link);
  }
  return p;
}
