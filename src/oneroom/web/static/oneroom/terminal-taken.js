/**
 * An order that was taken away is told loudly: withdrawn, or its crew sent to a graver call. What was live on this
 * phone when it last looked is remembered, so it is told after a reload or a dead spot, too, and once.
 */

export function takenAway({ account, words, say, blast }) {
  const slot = `oneroom.live.${account}`;

  return function look(list) {
    const live = [...list.querySelectorAll("#to-do [data-order]")].map((row) => row.dataset.order);
    const before = remembered(slot);
    for (const row of list.querySelectorAll("#done [data-order]")) {
      const { order, ended } = row.dataset;
      if (!before.includes(order) || !["withdrawn", "diverted", "returned", "lapsed"].includes(ended)) continue;
      say(words[`taken_${ended}`].replace("{what}", row.querySelector("b").textContent));
      blast();
    }
    try {
      sessionStorage.setItem(slot, JSON.stringify(live));
    } catch {
      // then only the open page knows
    }
  };
}

function remembered(slot) {
  try {
    return JSON.parse(sessionStorage.getItem(slot) ?? "[]");
  } catch {
    return [];
  }
}
