/**
 * The grade: proposed by the server from the kind and the answers (codes only), raised by the operator.
 *
 * Below the proposal only the shift commander goes. When the proposal cannot be fetched the operator chooses freely:
 * a broken line must not stop a call.
 */

const PATIENCE_MS = 5000;

export function createGrade({ sign, word, why, plan, say, words, url, mayLower, kind, answers, onChange }) {
  let found = null; // what the server made of it
  let raised = null;
  let lost = false;
  let asked = 0;
  let running = Promise.resolve();

  const radios = [...document.querySelectorAll('[name="grade"]')];
  for (const radio of radios) radio.addEventListener("change", () => raise(Number(radio.value)));

  const proposed = () => found?.grade ?? null;

  function raise(chosen) {
    raised = chosen === proposed() ? null : chosen;
    show();
    onChange();
  }

  function value() {
    if (raised === null || proposed() === null || mayLower) return raised ?? proposed();
    return Math.min(raised, proposed());
  }

  function propose() {
    running = fetchIt();
    return running;
  }

  async function fetchIt() {
    const mine = (asked += 1);
    const { category, subcategory } = kind();
    if (!category) {
      found = null;
      show();
      onChange();
      return;
    }
    const query = new URLSearchParams({ category, subcategory });
    for (const [question, answer] of Object.entries(answers())) query.append("answer", `${question}:${answer}`);
    try {
      const answer = await fetch(`${url}?${query}`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const said = await answer.json();
      if (mine !== asked) return;
      found = said;
      lost = false;
    } catch {
      if (mine !== asked) return;
      found = null;
      lost = true;
    }
    if (raised === proposed()) raised = null;
    show();
    onChange();
  }

  function show() {
    const grade = value();
    sign.dataset.g = grade ?? 0;
    sign.textContent = grade ?? "–";
    word.textContent = grade ? words.grades[grade] : words.ungraded;
    why.textContent = reason(grade);
    plan.textContent = found ? (found.crews === 1 ? words.plan_one : words.plan).replace("{card}", found.card).replace("{n}", found.crews) : "";
    say.hidden = !found?.say;
    say.querySelector("span").textContent = found?.say ? words.quoted.replace("{text}", found.say) : "";
    for (const radio of radios) {
      radio.checked = Number(radio.value) === grade;
      radio.disabled = proposed() !== null && !mayLower && Number(radio.value) > proposed();
      radio.closest("label").title = radio.disabled ? words.no_lowering : "";
    }
  }

  function reason(grade) {
    if (lost) return words.no_grade;
    if (!found) return words.choose_first;
    if (grade < found.grade) return words.raised.replace("{grade}", found.grade);
    if (grade > found.grade) return words.lowered.replace("{grade}", found.grade);
    return found.because.length ? words.because.replace("{reasons}", found.because.join(words.comma)) : words.usual;
  }

  return {
    value,
    propose,
    /** The last proposal has come, or will not. */
    settled: () => running,
    found: () => found,
    raised: () => raised,
    /** One step graver, by key. */
    up() {
      const now = value();
      if (now > 1) raise(now - 1);
    },
    restore(kept) {
      raised = kept ?? null;
    },
  };
}
