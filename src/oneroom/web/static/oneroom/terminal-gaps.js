/** Reports that were sent back: what exactly is missing opens by a tap (it is recorded), and a line completes them. */

import { act } from "./act.js";

const slot = (id) => `oneroom.draft.gap.${id}`;

export function gapForms({ box, queue, words }) {
  box.addEventListener("click", async ({ target }) => {
    const id = target.dataset?.gapLook;
    if (!id) return;
    target.disabled = true;
    const place = target.form.querySelector("[data-gap-words]");
    try {
      const said = await act(`/api/incidents/${id}/open`, { purpose: "complete" });
      place.textContent = said.gaps.at(-1)?.words ?? words.no_words;
      target.remove();
    } catch (error) {
      place.textContent = error.message || words.words_wait;
      target.disabled = false;
    }
    place.hidden = false;
  });

  box.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-gap]");
    if (!form) return;
    event.preventDefault();
    const id = form.dataset.gap;
    const said = form.elements.words.value;
    const err = form.querySelector("[data-err]");
    err.hidden = Boolean(said.trim());
    if (!said.trim()) {
      err.textContent = words.write_word;
      form.elements.words.focus();
      return;
    }
    queue.add(`/api/incidents/${id}/complete`, { words: said }, { what: document.getElementById("gaps-h").firstChild.textContent.trim(), verb: "complete", incident: id });
    form.reset();
    keep(id, "");
  });

  box.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-gap]");
    if (form) keep(form.dataset.gap, target.value);
  });

  // What the server could not take comes back into its form; nothing typed is lost.
  document.addEventListener("acts:refused", ({ detail: { act: refused, error } }) => {
    if (refused.verb !== "complete" || error.status !== 422) return;
    keep(refused.incident, refused.body.words);
    restore(box);
  });
  box.addEventListener("panel:shown", () => restore(box));
  restore(box);
}

function keep(id, text) {
  try {
    if (text) sessionStorage.setItem(slot(id), text);
    else sessionStorage.removeItem(slot(id));
  } catch {
    // then only the open page keeps it
  }
}

function restore(box) {
  for (const form of box.querySelectorAll("form[data-gap]")) {
    const typed = form.elements.words;
    if (!typed.value) typed.value = sessionStorage.getItem(slot(form.dataset.gap)) ?? "";
  }
}
