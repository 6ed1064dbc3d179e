/** "I see something": a crew's own matter. What is typed is kept for this tab until it is sent. */

import { complain } from "./terminal-forms.js";

const SLOT = "oneroom.draft.see";

export function seeForm({ box, queue, words }) {
  const form = box?.querySelector("form");
  if (!form) return;
  const needed = [["category", words.pick_kind], ["grade", words.pick_grade], ["words", words.write_word]];

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = Object.fromEntries(new FormData(form));
    const missing = needed.find(([name]) => !said[name]?.trim());
    if (missing) return complain(form, ...missing);
    const body = { source: "self", category: said.category, grade: Number(said.grade), words: said.words };
    queue.add("/api/incidents", body, { what: form.querySelector("h1").firstChild.textContent.trim(), verb: "see" });
    form.reset();
    keep(null);
    location.hash = "";
  });
  form.addEventListener("input", ({ target }) => {
    complain(form, target.name, "");
    keep(Object.fromEntries(new FormData(form)));
  });
  document.addEventListener("acts:refused", ({ detail: { act, error } }) => {
    if (act.verb !== "see" || error.status !== 422) return;
    keep(act.body);
    restore(form);
  });
  restore(form);
}

function keep(said) {
  try {
    if (said) sessionStorage.setItem(SLOT, JSON.stringify(said));
    else sessionStorage.removeItem(SLOT);
  } catch {
    // then only the open page keeps it
  }
}

function restore(form) {
  let said = {};
  try {
    said = JSON.parse(sessionStorage.getItem(SLOT) ?? "{}");
  } catch {
    // nothing was kept
  }
  for (const name of ["category", "grade", "words"]) if (said[name] && !form.elements[name].value) form.elements[name].value = said[name];
}
