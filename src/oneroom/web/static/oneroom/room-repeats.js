// How often there were matters at the place of the open one: asked on purpose, because asking is recorded.

import { act } from "./act.js";
import { toast, trouble, word } from "./room-say.js";

export function start(inc) {
  inc.addEventListener("click", (event) => {
    const button = event.target.closest("[data-repeats]");
    if (button) tell(button);
  });
}

export const ask = (inc) => tell(inc.querySelector("[data-repeats]"));

async function tell(button) {
  if (!button) return toast(word("effectNotNow"), { bad: true });
  button.disabled = true;
  try {
    const { repeats } = await act(`/api/incidents/${button.dataset.repeats}/repeats`, { purpose: "dispatch" });
    const text = word(repeats.count ? "repeats" : "repeatsNone", { n: repeats.count, same: repeats.same_kind, m: repeats.within_m, days: repeats.days });
    const said = document.createElement("span");
    said.textContent = `${text} ${word("looked")}`;
    button.replaceWith(said);
    toast(text);
  } catch (error) {
    button.disabled = false;
    toast(trouble(error), { bad: true });
  }
  return undefined;
}
