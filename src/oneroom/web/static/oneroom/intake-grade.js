/**
 * The grade: proposed by the server from category and reasons (codes only), raised by the operator.
 *
 * Below the proposal only the shift commander goes. When the proposal cannot be fetched the operator chooses freely:
 * a broken line must not stop a call.
 */

export function createGrade({ sign, word, why, form, words, url, mayLower, onChange }) {
  let proposed = null;
  let because = [];
  let raised = null;
  let lost = false;
  let asked = 0;

  const radios = [...document.querySelectorAll('[name="grade"]')];
  const category = () => form.querySelector("[name=category]:checked")?.value ?? "";
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      const chosen = Number(radio.value);
      raised = chosen === proposed ? null : chosen;
      show();
      onChange();
    });
  }

  function value() {
    if (raised === null || proposed === null || mayLower) return raised ?? proposed;
    return Math.min(raised, proposed);
  }

  async function propose() {
    const mine = (asked += 1);
    const chosen = category();
    if (!chosen) {
      show();
      return;
    }
    const query = new URLSearchParams({ category: chosen });
    for (const box of form.querySelectorAll("[name=reasons]:checked")) query.append("reason", box.value);
    try {
      const answer = await fetch(`${url}?${query}`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const said = await answer.json();
      if (mine !== asked) return;
      ({ grade: proposed, because } = said);
      lost = false;
    } catch {
      if (mine !== asked) return;
      proposed = null;
      lost = true;
    }
    if (raised === proposed) raised = null;
    show();
    onChange();
  }

  function show() {
    const grade = value();
    sign.dataset.g = grade ?? 0;
    sign.textContent = grade ?? "–";
    word.textContent = grade ? words.grades[grade] : words.ungraded;
    why.textContent = reason(grade);
    for (const radio of radios) {
      radio.checked = Number(radio.value) === grade;
      radio.disabled = proposed !== null && !mayLower && Number(radio.value) > proposed;
      radio.closest("label").title = radio.disabled ? words.no_lowering : "";
    }
  }

  function reason(grade) {
    if (lost) return words.no_grade;
    if (proposed === null) return words.choose_first;
    if (grade < proposed) return words.raised.replace("{grade}", proposed);
    if (grade > proposed) return words.lowered.replace("{grade}", proposed);
    return because.length ? words.because.replace("{reasons}", because.join(words.comma)) : words.usual;
  }

  return {
    value,
    propose,
    raised: () => raised,
    restore(kept) {
      raised = kept ?? null;
      propose();
    },
  };
}
