/**
 * The questions of the kind, one of them current: Y, N, U (or 1–9 for a choice) answer it and go on, ↑ ↓ move.
 *
 * Keys act while the list has the focus and no text field; a free answer is typed in its own field, Enter goes on.
 * What was answered stays when another kind asks the same question.
 */

const LETTERS = { y: "yes", n: "no", u: "unknown" };

export function questionList({ list, title, words, data, onChange, onMove, onDone }) {
  let asked = [];
  let current = 0;
  let answers = {};
  let texts = {};
  let effects = {};

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-answer]");
    const row = event.target.closest("[data-question]");
    if (!row) return;
    current = asked.indexOf(row.dataset.question);
    if (button) answer(button.dataset.answer);
    else show();
  });
  list.addEventListener("input", (event) => {
    texts[event.target.closest("[data-question]").dataset.question] = event.target.value;
    onChange({ free: true });
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-question]");
    if (row && asked.indexOf(row.dataset.question) !== current) {
      current = asked.indexOf(row.dataset.question);
      mark();
    }
  });
  list.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") go(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && (typing || event.target === list)) forward();
    else if (event.key === "Escape" && typing) list.focus();
    else if (!typing && byKey(event.key)) answer(byKey(event.key));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const question = (code = asked[current]) => data.questions[code];

  function byKey(key) {
    const now = question();
    if (!now || now.kind === "text") return null;
    if (now.kind === "yes_no") return LETTERS[key.toLowerCase()];
    if (key.toLowerCase() === "u") return "unknown";
    return Object.keys(now.answers).filter((code) => code !== "unknown")[Number(key) - 1];
  }

  function answer(code) {
    const name = asked[current];
    if (answers[name] === code) delete answers[name]; // the same again takes it back
    else answers[name] = code;
    onChange({});
    forward();
  }

  function forward() {
    const next = asked.findIndex((code, at) => at > current && answers[code] === undefined && !texts[code]);
    if (next < 0) {
      show();
      list.focus();
      onDone();
      return;
    }
    current = next;
    show();
    focus();
    onMove();
  }

  function go(step) {
    current = Math.min(Math.max(current + step, 0), Math.max(asked.length - 1, 0));
    mark();
    focus();
    onMove();
  }

  function focus() {
    const field = list.querySelector(".is-cur input");
    (field ?? list).focus();
  }

  function mark() {
    for (const row of list.children) row.classList.toggle("is-cur", row.dataset.question === asked[current]);
    list.setAttribute("aria-activedescendant", asked.length ? `q-${asked[current]}` : "");
  }

  function show() {
    list.replaceChildren(...asked.map((code, at) => {
      const row = part("li", "q");
      row.id = `q-${code}`;
      row.dataset.question = code;
      row.setAttribute("role", "group");
      row.setAttribute("aria-labelledby", `qt-${code}`);
      const text = part("span", "t", question(code).text);
      text.id = `qt-${code}`;
      row.append(part("span", "faint num", String(at + 1)), text, controls(code), part("span", "w", effect(code)));
      return row;
    }));
    mark();
  }

  function controls(code) {
    const holder = part("span", "os");
    const { kind, answers: given } = question(code);
    if (kind === "text") {
      const field = part("input", "input");
      Object.assign(field, { value: texts[code] ?? "", placeholder: words.type_it, maxLength: 500 });
      field.setAttribute("aria-labelledby", `qt-${code}`);
      holder.append(field);
      return holder;
    }
    Object.entries(given).forEach(([name, label], index) => {
      const button = part("button", "o");
      button.type = "button";
      button.tabIndex = -1; // the list is one stop: Y, N, U answer
      button.dataset.answer = name;
      button.setAttribute("aria-pressed", String(answers[code] === name));
      const key = kind === "choice" && name !== "unknown" ? String(index + 1) : name[0].toUpperCase();
      button.append(part("kbd", "key", key), label || words[name]);
      holder.append(button);
    });
    return holder;
  }

  function effect(code) {
    const found = answers[code] === undefined ? null : effects[code];
    if (!found) return "";
    if (found.grade) return words.to_grade.replace("{grade}", found.grade);
    if (found.card) return words.to_plan.replace("{card}", found.card);
    if (found.agency) return words.to_agency.replace("{agency}", found.agency);
    if (found.crews) return words.to_crews.replace("{n}", found.crews);
    return found.reason ? `→ ${found.reason}` : "";
  }

  return {
    /** Ask for this kind; answers to questions that it has too stay. */
    ask(kind) {
      asked = kind?.ask ?? [];
      title.textContent = kind ? words.questions.replace("{name}", kind.short).replace("{version}", kind.version) : words.no_questions;
      const open = asked.findIndex((code) => answers[code] === undefined && !texts[code]);
      current = Math.max(open, 0);
      show();
    },
    /** What the server made of the answers, to be said beside each. */
    tell(found) {
      effects = found ?? {};
      for (const row of list.children) row.querySelector(".w").textContent = effect(row.dataset.question);
    },
    answers: () => Object.fromEntries(asked.filter((code) => answers[code] !== undefined).map((code) => [code, answers[code]])),
    texts: () => Object.fromEntries(asked.filter((code) => texts[code]?.trim()).map((code) => [code, texts[code]])),
    kept: () => ({ answers, texts }),
    restore(kept) {
      answers = kept?.answers ?? {};
      texts = kept?.texts ?? {};
    },
    /** The number of the current question, from 1; 0 where none is open. */
    open: () => (asked[current] !== undefined && answers[asked[current]] === undefined && !texts[asked[current]] ? current + 1 : 0),
    focus,
    some: () => asked.length > 0,
  };
}

function part(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}
