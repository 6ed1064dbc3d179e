// "Perhaps the same": one line under the open matter, and a comparison side by side. A person decides; P1 least of all
// is merged by itself. Comparing opens the words of both, which is recorded.

import { act, ask, newKey } from "./act.js";
import { element, marked, reasons } from "./alike.js";
import { toast, trouble, word } from "./room-say.js";
import { span } from "./room-time.js";

const dialog = document.getElementById("compare");
const body = document.getElementById("compare-body");
const AGAIN_MS = 15_000;

let current = null; // {id, island, found, askedAt}
let compared = null; // {from, into, id, other}

export function follow(matter, island) {
  const id = Number(matter.dataset.pk);
  if (!island) current = null;
  else if (current?.id !== id || current.island !== island) {
    current = { id, island, found: [], askedAt: -AGAIN_MS };
    fetchAlike();
  } else if (performance.now() - current.askedAt > AGAIN_MS) fetchAlike();
}

async function fetchAlike() {
  const mine = current;
  mine.askedAt = performance.now();
  const answer = await ask(`/api/incidents/${mine.id}/duplicates`).catch(() => null);
  if (!answer || current !== mine) return;
  mine.found = answer.alike;
  const [first] = answer.alike;
  mine.island.hidden = !first;
  if (!first) return mine.island.replaceChildren();
  const more = answer.alike.length - 1;
  mine.island.replaceChildren(
    element("span", { class: "cut" }, `${word("alike")} `, element("b", { class: "code" }, first.reference.slice(4)), ` ${reasons(first, said()).slice(0, 2).join(", ")}`, more ? ` · +${more}` : ""),
    element("button", { type: "button", class: "btn", "data-compare": true }, `${word("compare")} `, element("kbd", { class: "key" }, "D")),
  );
}

const said = () => ({ words: { alikeWords: word("alikeWords"), alikeKind: word("alikeKind"), alikeOther: word("alikeOther"), alikePhone: word("alikePhone") }, span });

export function start(root) {
  root.addEventListener("click", (event) => event.target.closest("[data-compare]") && compare());
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-verdict]");
    if (button) decide(button.dataset.verdict);
    const other = event.target.closest("[data-alike-n]");
    if (other) compare(Number(other.dataset.alikeN));
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const verdict = { m: "merge", o: "distinct" }[event.key.toLowerCase()];
    if (verdict && !event.target.matches("input, textarea, select")) decide(verdict);
  });
}

export async function compare(n = 0) {
  const found = current?.found[n];
  if (!found) return toast(word("alikeNone"));
  const { id } = current;
  try {
    const seen = await act(`/api/incidents/${id}/compare`, { other: found.id });
    compared = { id, other: found.id, from: seen.merge_from, into: seen.merge_into };
    fill(seen, found, n);
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-verdict]:not([disabled])").focus();
  } catch (error) {
    toast(trouble(error), { bad: true });
  }
  return undefined;
}

function fill(seen, found, n) {
  const head = element("tr", {}, element("td"), ...[seen.mine, seen.other].map((side) => element("th", { scope: "col" }, element("span", { class: "grade", "data-g": side.grade }, String(side.grade)), " ", element("span", { class: "code" }, side.reference))));
  const row = (name, mine, other) => element("tr", {}, element("th", { scope: "row" }, name), ...[mine, other].map((cell) => element("td", {}, ...[cell].flat())));
  const texts = (side) => side.words.map((pieces) => element("p", {}, ...marked(pieces)));
  body.replaceChildren(
    element("table", { class: "table compare-t" }, element("thead", {}, head), element("tbody", {},
      row(word("alikePlace"), seen.mine.place, seen.other.place),
      row(word("alikeTime"), seen.mine.time, seen.other.time),
      row(word("alikeWhat"), seen.mine.category, seen.other.category),
      row(word("words"), texts(seen.mine), texts(seen.other)),
      row(word("alikeSent"), seen.mine.sent, seen.other.sent))),
    element("p", { class: "sub" }, reasons(found, said()).join(" · ")),
    element("p", { class: "sub" }, seen.how),
  );
  const others = element("p", { class: "sub" });
  current.found.forEach((f, k) => k !== n && others.append(element("button", { type: "button", class: "btn btn--quiet", "data-alike-n": String(k) }, f.reference.slice(4))));
  if (others.childNodes.length) body.append(others);
  dialog.querySelector('[data-verdict="merge"]').disabled = seen.merge_from === null;
}

async function decide(verdict) {
  if (!compared || (verdict === "merge" && compared.from === null)) return;
  const { id, other, from, into } = compared;
  compared = null;
  const [url, sent] = verdict === "merge" ? [`/api/incidents/${from}/merge`, { into }] : [`/api/incidents/${id}/distinct`, { other }];
  try {
    await act(url, sent, { key: newKey() });
    dialog.close();
    toast(word(verdict === "merge" ? "merged" : "toldApart"));
    if (verdict === "merge" && id === from) document.dispatchEvent(new CustomEvent("room:open", { detail: into }));
    else if (current?.id === id) fetchAlike();
  } catch (error) {
    toast(trouble(error), { bad: true });
    dialog.close();
  }
}
