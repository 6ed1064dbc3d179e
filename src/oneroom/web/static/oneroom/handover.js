// The handover: two forms, one key each, and a page that shows itself again when somebody signed elsewhere.

import { act, newKey, wasAnswered } from "./act.js";
import { start as startKeys } from "./keys.js";
import { connect } from "./live.js";

const main = document.getElementById("handover");
const begin = document.getElementById("begin");
const room = document.querySelector(".top .brand").href;
const keys = new Map();
let sending = false;

for (const form of document.querySelectorAll(".sign")) {
  form.querySelector(".btn--go").disabled = false; // nothing is signed, and no password leaves, before this script can send it
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = Object.fromEntries(new FormData(form));
    // The time goes as it was typed: the hour is the force's, whatever zone this machine believes to be in.
    if (form === begin) body.incoming = Number(body.incoming);
    send(form, form.dataset.url, body).then((done) => done && (form === begin ? location.reload() : location.assign(room)));
  });
}
document.getElementById("drop")?.addEventListener("click", (event) => send(null, event.target.dataset.url, {}).then((done) => done && location.reload()));
document.querySelector("[data-print]").addEventListener("click", () => print());

async function send(form, url, body) {
  if (sending) return false;
  const asked = JSON.stringify([url, body]);
  if (!keys.has(asked)) keys.set(asked, newKey()); // a repeat after a broken line is done once
  sending = true;
  try {
    await act(url, body, { key: keys.get(asked) });
    return true; // and it stays so until the page is left
  } catch (error) {
    sending = false;
    if (wasAnswered(error)) keys.delete(asked);
    const place = form?.querySelector(".err");
    if (place) {
      place.textContent = error.message;
      place.hidden = false;
      form.elements[error.field]?.focus();
    }
    return false;
  }
}

const leave = () => location.assign(room);
startKeys({ p: () => print(), Escape: leave });
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "F9" && begin) begin.requestSubmit();
  else if (event.key === "Escape" && event.target.matches("input, textarea, select")) event.target.blur();
  else return;
  event.preventDefault();
});

// What is typed between the two is nowhere but here until it is signed: the browser asks before it is thrown away.
const typed = () => begin?.elements.note.value.trim();
addEventListener("beforeunload", (event) => !sending && typed() && event.preventDefault());

// Signed on another screen: what stands here is over. What is being typed, or sent from here, is not thrown away for it.
document.addEventListener("live:change", ({ detail }) => {
  if (detail.kind.startsWith("handover.") && !sending && (main.dataset.waiting || !typed())) location.reload();
});
connect();
