// Calls for help in the head line: somebody has it, crews go, it is over for a reason. Nothing closes one by itself.

import { perform } from "./room-acts.js";

export function start(head) {
  const say = (element, body, says) => perform(element, `/api/sos/${element.closest("[data-sos]").dataset.sos}/answer`, body, says);
  head.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-sos-verb]");
    if (!button) return;
    const { sosVerb: verb, crew } = button.dataset;
    say(button, crew ? { verb, crews: [Number(crew)] } : { verb }, button.textContent.trim());
  });
  head.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-sos-end]") || !target.value) return;
    say(target, { verb: "end", reason: target.value }, target.selectedOptions[0].textContent);
    target.value = "";
  });
}
