// Words, callers and addresses as they were opened with a purpose: text only, and below it that the look is recorded.

import { word } from "./room-say.js";
import { hms } from "./room-time.js";

export function showPersonal(island, said, told) {
  const parts = [];
  for (const report of said.reports) {
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
    parts.push(facts);
  }
  for (const more of [...said.added.map((a) => [word("added"), a]), ...said.notes.map((n) => [word("fromScene"), n])]) {
    const [kind, entry] = more;
    parts.push(line("p", "say", `${hms(Date.parse(entry.at))} ${kind}: ${entry.words ?? word("erased")}`));
  }
  parts.push(line("p", "sub", told));
  island.replaceChildren(...parts);
}

function line(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}
