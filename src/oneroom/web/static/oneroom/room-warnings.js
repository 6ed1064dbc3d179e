// What is known of the place of the open matter: asked once per opening and place, because each showing is recorded.

import { act } from "./act.js";
import { perform } from "./room-acts.js";
import { trouble, word } from "./room-say.js";

let asked = null; // the island that was filled, with the place it was filled for

/** Fill the island of a matter that was just shown, unless it is filled for this place already. */
export function follow(matter, island) {
  if (!island) return;
  const place = `${matter.dataset.lon},${matter.dataset.lat}`;
  if (asked?.island === island && asked.place === place) return;
  asked = { island, place };
  fill(island);
}

export function start() {
  document.addEventListener("live:change", ({ detail }) => {
    if (detail.kind.startsWith("warning.") && asked?.island.isConnected) fill(asked.island);
  });
}

async function fill(island) {
  try {
    const { warnings } = await act(`/api/incidents/${island.dataset.warned}/warnings/open`, { purpose: "dispatch" });
    if (island.isConnected) show(island, warnings);
  } catch (error) {
    asked = null; // the next showing asks again
    island.hidden = false;
    island.replaceChildren(part("p", "sub", trouble(error)));
  }
}

function show(island, warnings) {
  island.hidden = warnings.length === 0;
  island.replaceChildren(...warnings.map((warning) => {
    const row = part("div", "banner warn-row");
    const text = part("p", "");
    text.append(part("b", "", `▲ ${warning.reason_word}`), ` ${warning.words}`);
    const until = word("warnedBy", { who: warning.author, until: warning.expires.slice(0, 10) });
    row.append(text, part("p", "sub", until));
    if (warning.may_change) {
      row.append(button(word("warnRenew"), `/api/warnings/${warning.id}/renew`, { days: 30 }));
      row.append(button(word("warnEnd"), `/api/warnings/${warning.id}/end`, {}));
    }
    return row;
  }));
}

function button(text, url, body) {
  const made = part("button", "quiet", text);
  made.type = "button";
  made.addEventListener("click", () => perform(made, url, body, text));
  return made;
}

function part(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}
