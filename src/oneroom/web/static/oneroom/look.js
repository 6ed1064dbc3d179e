// Words and callers that a person opens by a button, once, with the purpose that stands beside it. Looking is an act.

import { act } from "./act.js";
import { showPersonal } from "./personal.js";
import { toast, trouble, word } from "./room-say.js";

export function start(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-look]");
    if (!button) return;
    button.disabled = true;
    try {
      const said = await act(button.dataset.look, { purpose: button.dataset.purpose });
      showPersonal(button.closest(".personal"), said, word("looked"));
    } catch (error) {
      button.disabled = false;
      toast(trouble(error), { bad: true });
    }
  });
}
