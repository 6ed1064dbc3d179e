// Words, callers and addresses as they were opened with a purpose: text only, and below it that the look is recorded.

import { csrf } from "./act.js";
import { word } from "./room-say.js";
import { hms } from "./room-time.js";

const SOURCES = { to_caller: "toCaller", radio: "onRadio", crew: "fromScene" }; // whose words they are, where not a caller's

export function showPersonal(island, said, told) {
  const parts = [];
  for (const report of said.reports) {
    if (report.of) parts.push(line("p", "sub", word("ofMatter", { reference: report.of })));
    parts.push(line("p", "say", report.words ?? word("nothingSaid")));
    const facts = document.createElement("dl");
    const fact = (name, value) => {
      if (!value) return;
      const pair = document.createElement("div");
      pair.append(line("dt", "", name), line("dd", "num", value));
      facts.append(pair);
    };
    fact(word("callerName"), report.caller?.name);
    fact(word("callerPhone"), report.caller?.phone);
    fact(word("address"), report.address);
    fact(word("safe"), word("safeWords")[report.safe_contact] ?? report.safe_contact);
    if (report.contact?.phone && report.contact.phone !== "ok") fact("▲", word("callNot")[report.contact.phone]);
    parts.push(facts);
  }
  for (const call of said.recordings ?? []) {
    parts.push(line("p", "sub", `${hms(Date.parse(call.at))} ${from(word("recording"), call)}: ${call.recording}`));
  }
  for (const more of [...said.added.map((a) => [word(SOURCES[a.source] ?? "added"), a]), ...said.notes.map((n) => [word("fromScene"), n])]) {
    const [kind, entry] = more;
    parts.push(line("p", "say", `${hms(Date.parse(entry.at))} ${from(kind, entry)}: ${entry.words ?? word("erased")}`));
  }
  if (said.photos?.length) parts.push(thumbs(said.photos));
  parts.push(line("p", "sub", told));
  island.replaceChildren(...parts);
}

/** What a line is, and which matter it came with where that was merged into this one. */
const from = (kind, entry) => (entry.of ? `${kind} · ${word("ofMatter", { reference: entry.of })}` : kind);

/** Small pictures; a click fetches the whole one, for the same purpose and with the same look. */
function thumbs(photos) {
  const row = line("p", "thumbs", "");
  for (const photo of photos) {
    if (!photo.thumb) continue;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "thumb" });
    button.dataset.photo = photo.id;
    const told = `${from(word("photo"), photo)} ${hms(Date.parse(photo.at))}`;
    button.append(Object.assign(new Image(), { src: photo.thumb, alt: told }));
    button.title = told;
    button.addEventListener("click", () => whole(button, photo));
    row.append(button);
    if (photo.of) row.append(line("span", "sub", word("ofMatter", { reference: photo.of })));
  }
  return row;
}

async function whole(button, photo) {
  const answer = await fetch(`/api/photos/${photo.id}/open`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify({ purpose: "dispatch" }),
  }).catch(() => null);
  if (!answer?.ok) return;
  const url = URL.createObjectURL(await answer.blob());
  button.firstChild.src = url;
  button.classList.add("is-whole");
}

function line(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}
