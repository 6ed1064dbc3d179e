/**
 * Report, word, "not ours": three small forms of an order. What is typed is kept for this tab until it is sent, so
 * that a reload or a call in between costs nothing; a missing answer is said beside its field.
 */

const FORM_OF = { report: "report", word: "word", ask_return: "return" };

const slot = (form, id) => `oneroom.draft.${form}.${id}`;

export function formsOf({ orderBox, queue, words, projectTime, leave }) {
  const NEEDED = {
    report: ["outcome", words.pick_outcome],
    word: ["words", words.write_word],
    return: ["reason", words.pick_reason],
  };

  orderBox.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const name = form.dataset.form;
    const { id, incident } = form.closest("article").dataset;
    const said = Object.fromEntries(new FormData(form));
    const [needed, sentence] = NEEDED[name];
    const raised = said.raise && Number(said.raise); // a graver grade may come without a word
    delete said.raise;
    if (!said[needed]?.trim() && !(name === "word" && raised)) {
      complain(form, needed, sentence);
      return;
    }
    const what = form.querySelector("h1").firstChild.textContent.trim();
    const happened = new Date(projectTime()).toISOString();
    if (name === "report") queue.add(`/api/assignments/${id}/report`, { ...said, happened }, { what, verb: "report", assignment: id });
    if (raised) queue.add(`/api/incidents/${incident}/grade`, { grade: raised }, { what: `P${raised}`, verb: "raise", assignment: id });
    if (name === "word" && said.words.trim()) queue.add(`/api/assignments/${id}/word`, said, { what, verb: "word", assignment: id });
    if (name === "return") queue.add(`/api/assignments/${id}/ask-return`, said, { what, verb: "ask_return", assignment: id });
    form.reset();
    keep(slot(name, id), null);
    leave(id);
  });

  orderBox.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-form]");
    if (!form) return;
    complain(form, target.name, "");
    keep(slot(form.dataset.form, form.closest("article").dataset.id), Object.fromEntries(new FormData(form)));
  });

  // What the server could not take comes back into its form; nothing typed is lost.
  document.addEventListener("acts:refused", ({ detail: { act, error } }) => {
    const name = FORM_OF[act.verb];
    if (!name || error.status !== 422) return;
    keep(slot(name, act.assignment), act.body);
    const form = orderBox.querySelector(`#order-${act.assignment} [data-form="${name}"]`);
    if (form) restore(form, act.assignment);
  });

  return {
    /** Bring back what was typed before a reload. */
    restore(article) {
      for (const form of article.querySelectorAll("form[data-form]")) {
        if ("restored" in form.dataset) continue;
        form.dataset.restored = "";
        restore(form, article.dataset.id);
      }
    },
  };
}

function restore(form, id) {
  for (const [name, value] of Object.entries(kept(slot(form.dataset.form, id)))) {
    const field = form.elements[name];
    if (field && !field.value) field.value = value;
  }
}

// What is wrong with a field, beside it; an empty sentence takes it away.
export function complain(form, name, sentence) {
  const place = form.querySelector(`[data-err="${name}"]`);
  if (!place) return;
  place.textContent = sentence;
  place.hidden = !sentence;
  if (sentence) form.querySelector(`[name="${name}"]`)?.focus();
}

function keep(key, said) {
  try {
    if (said) sessionStorage.setItem(key, JSON.stringify(said));
    else sessionStorage.removeItem(key);
  } catch {
    // then only the open page keeps it
  }
}

function kept(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}
