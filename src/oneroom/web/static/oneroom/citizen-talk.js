// Writing with the room: a phrase is one tap, a line goes without a new page, answers come by asking every few seconds.
// The code travels in the body only. Without this script the same forms work, with a page for each line.

import { act, newKey, wasAnswered } from "./act.js";

const EVERY_MS = 4000;
const HIDDEN_MS = 20_000;
const words = document.getElementById("words");

for (const box of document.querySelectorAll("[data-phrases]")) {
  box.hidden = false;
  box.addEventListener("click", ({ target }) => {
    const phrase = target.closest("button")?.textContent;
    if (!phrase) return;
    words.value = words.value.trim() ? `${words.value.trim()} ${phrase}` : phrase;
    words.dispatchEvent(new Event("input", { bubbles: true }));
    words.focus();
  });
}

const talk = document.querySelector("[data-talk]");
if (talk) {
  const { code } = talk.dataset;
  const list = talk.querySelector("[data-lines]");
  const form = talk.querySelector("[data-talk-form]");
  const problem = talk.querySelector("[data-talk-error]");
  const titles = { mine: talk.dataset.you, ours: talk.dataset.we };
  let key = newKey();
  let sending = false;
  let timer = null;

  const last = () => Number(list?.lastElementChild?.dataset.line ?? 0);

  async function look() {
    clearTimeout(timer);
    try {
      const { lines, why } = await act("/api/follow/talk", { code, after: last() });
      if (why !== "ok") {
        list.replaceChildren(); // it stopped being safe: what is on the screen goes at once
        return;
      }
      for (const line of lines) if (line.id > last()) list.append(shown(line));
      if (lines.length) {
        talk.querySelector("[data-talk-empty]").hidden = true;
        list.lastElementChild.scrollIntoView({ block: "nearest" });
      }
    } catch {
      // no network or too many looks: the next one tries again
    }
    timer = setTimeout(look, document.hidden ? HIDDEN_MS : EVERY_MS);
  }

  function shown({ id, at, mine, words: said }) {
    const item = document.createElement("li");
    item.className = mine ? "mine" : "ours";
    item.dataset.line = id;
    const head = document.createElement("b");
    const time = document.createElement("time");
    time.className = "num";
    time.textContent = new Date(at).toLocaleTimeString("en-GB", { timeZone: talk.dataset.zone, hour: "2-digit", minute: "2-digit" });
    head.append(`${mine ? titles.mine : titles.ours} `, time);
    const text = document.createElement("p");
    text.textContent = said ?? "";
    item.append(head, text);
    return item;
  }

  form?.addEventListener("submit", async (event) => {
    if (!list || !words.value.trim()) return; // the page says what is missing, or that it was taken
    event.preventDefault();
    if (sending) return;
    sending = true;
    const said = words.value;
    try {
      await act("/api/follow/words", { code, words: said }, { key });
      key = newKey();
      if (words.value === said) words.value = "";
      problem.hidden = true;
      look();
    } catch (error) {
      if (wasAnswered(error)) key = newKey(); // it was answered: a new try is a new act
      problem.textContent = error.message && error.status ? error.message : talk.dataset.lost;
      problem.hidden = false;
    } finally {
      sending = false;
    }
  });

  if (list) {
    document.addEventListener("visibilitychange", () => document.hidden || look());
    timer = setTimeout(look, EVERY_MS);
  }
}
