// The streets that are closed, on a map and in a list beside it: the same facts, in two forms.

import { ask } from "./act.js";
import { word } from "./room-say.js";
import { day, hms, now } from "./room-time.js";

const own = (name) => (document.documentElement.lang.startsWith("zh") ? name.zh || name.en : name.en || name.zh);

/** The names of streets in one breath; a piece without a name is a street all the same. */
export function named(streets) {
  if (!streets.length) return word("streetUnnamed");
  const first = streets.slice(0, 3).map(own).join(word("join"));
  return streets.length > 3 ? word("streetsMore", { first, n: streets.length - 3 }) : first;
}

export const long = (metres) => (metres < 1000 ? `${metres} m` : `${(metres / 1000).toFixed(1)} km`);

// The hour, and before it the day where that is not today.
export function hour(stamp) {
  const at = Date.parse(stamp);
  const clock = hms(at).slice(0, 5);
  return day(at) === day(now()) ? clock : `${day(at)} ${clock}`;
}

/**
 * Keep a map and a list up with what is closed; `end` is called with one that somebody wants open again. Gives
 * {draft(lines), all()}: what is being drawn is shown besides.
 */
export function follow(map, list, { end = null, told = () => {} } = {}) {
  let held = [];
  let lines = [];
  const show = () => map.setClosures([...held.map((one) => ({ lines: one.lines, label: word("closedUntil", { t: hour(one.until) }) })), { lines, draft: true }]);
  async function fetchAll() {
    const said = await ask("/api/closures").catch(() => null);
    if (!said) return;
    held = said.closures;
    show();
    list.replaceChildren(...(held.length ? held.map((one) => row(one, end)) : [empty()]));
    told(held);
  }
  document.addEventListener("live:change", ({ detail }) => detail.kind.startsWith("roads.") && fetchAll());
  document.addEventListener("live:reset", fetchAll);
  fetchAll();
  return {
    again: fetchAll,
    draft(drawn) {
      lines = drawn;
      show();
    },
  };
}

function row(one, end) {
  const item = document.createElement("li");
  item.dataset.closure = one.id;
  const what = document.createElement("b");
  what.textContent = named(one.streets);
  const direction = one.one_way ? word("closedOneWay") : word("closedBothWays");
  const more = document.createElement("span");
  more.className = "sub";
  more.textContent = word("closedLine", { reason: one.reason_word, direction, length: long(one.length_m), until: hour(one.until), who: one.author });
  item.append(what, " ", more);
  if (end && one.may_change) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn--quiet";
    button.textContent = word("closedEnd");
    button.setAttribute("aria-label", `${word("closedEnd")}: ${named(one.streets)}`);
    button.addEventListener("click", () => end(one, button));
    item.append(button);
  }
  return item;
}

function empty() {
  const item = document.createElement("li");
  item.className = "sub";
  item.textContent = word("closedNone");
  return item;
}
