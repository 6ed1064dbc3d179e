// Acts: one POST each, with a key that makes a repeat harmless, and an error that can be shown as it is.

export class ActError extends Error {
  constructor(status, said) {
    super(said.message ?? "");
    Object.assign(this, { status, code: said.code, field: said.field, id: said.id });
  }
}

// Whether the server said what became of it. No line, or a house that could not tell (5xx), is no answer: the next try
// is the same act, with the same key.
export const wasAnswered = (error) => error.status >= 400 && error.status < 500;

export const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

export const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

// Rejects with ActError when the server answers no, with TypeError (as fetch does) when there is no network.
export async function act(url, body = {}, { key = newKey(), signal } = {}) {
  const answer = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    signal,
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": csrf(),
      "Idempotency-Key": key,
      "Accept-Language": document.documentElement.lang,
    },
    body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({ code: "fault", message: "" }));
  if (!answer.ok) throw new ActError(answer.status, said);
  return said;
}

export async function ask(url) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  const said = await answer.json().catch(() => ({ code: "fault", message: "" }));
  if (!answer.ok) throw new ActError(answer.status, said);
  return said;
}
