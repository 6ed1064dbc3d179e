// The handover: two forms, one key each, and a page that shows itself again when somebody signed elsewhere.

import { act, newKey } from "./act.js";
import { connect } from "./live.js";

const main = document.getElementById("handover");
const room = document.querySelector(".top .brand").href;
const keys = new Map();

for (const form of document.querySelectorAll(".sign")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = Object.fromEntries(new FormData(form));
    if (form.id === "begin") Object.assign(body, { incoming: Number(body.incoming), until: new Date(body.until).toISOString() });
    send(form, form.dataset.url, body).then((done) => done && (form.id === "sign" ? location.assign(room) : location.reload()));
  });
}
document.getElementById("drop")?.addEventListener("click", (event) => send(null, event.target.dataset.url, {}).then((done) => done && location.reload()));
document.querySelector("[data-print]").addEventListener("click", () => print());

async function send(form, url, body) {
  const asked = JSON.stringify([url, body]);
  if (!keys.has(asked)) keys.set(asked, newKey()); // a repeat after a broken line is done once
  try {
    await act(url, body, { key: keys.get(asked) });
    return true;
  } catch (error) {
    if (error.status) keys.delete(asked);
    const place = form?.querySelector(".err");
    if (place) {
      place.textContent = error.message;
      place.hidden = false;
      form.elements[error.field]?.focus();
    }
    return false;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "F9") document.getElementById("begin")?.requestSubmit();
  else if (event.target.matches("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  } else if (event.key === "Escape") location.assign(room);
  else if (event.key.toLowerCase() === "p") print();
  else return;
  event.preventDefault();
});

// Signed on another screen: what stands here is over. What is being typed is not thrown away for it.
document.addEventListener("live:change", ({ detail }) => {
  if (detail.kind.startsWith("handover.") && (main.dataset.waiting || !document.querySelector("#begin textarea")?.value)) location.reload();
});
connect();
