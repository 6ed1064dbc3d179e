/**
 * Intake: from words, place and answers to a matter, without leaving the keyboard.
 *
 * F9 saves and goes to the crews, F8 hands to 12345, Alt 1–3 take a suggested category, Enter goes on to the next
 * field, Esc leaves a field, 1–4 go to a field when none has the focus. No key acts while an input method composes.
 * What is being sent is locked until the server has answered; a reload goes on sending it.
 */

import { ActError, newKey } from "./act.js";
import { openDraft } from "./intake-draft.js";
import { showFields, readFields, writeFields } from "./intake-fields.js";
import { createGrade } from "./intake-grade.js";
import { placeBox } from "./intake-place.js";
import { openReport, runClock } from "./intake-report.js";
import { insist } from "./intake-send.js";
import { suggest } from "./intake-suggest.js";
import { createMap } from "./map.js";

const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);
const { words } = facts;
const form = $("form");
const fields = showFields(form, $("trouble"), { signIn: words.sign_in });
const draft = openDraft(facts.account, facts.incident);
const AREAS_URL = "/map/areas.json";

let suggested = [];
let pending = null; // what was sent and is not answered: {kind, url, key, body, handKey}
let busy = false;
let done = false;

// ---- parts ----

const map = createMap($("map"), {
  language: facts.language,
  words: JSON.parse($("map-words").textContent),
  legend: false,
});
const place = placeBox({
  input: $("where"), list: $("places"), note: $("where-note"), taken: $("taken"),
  datum: $("datum"), datumField: $("datum-field"), language: facts.language, words,
  onChange(chosen) {
    fields.clear("location");
    showOnMap(chosen);
    if (chosen) map.focus([chosen.lon, chosen.lat]);
    if (chosen?.number && !$("address").value) $("address").value = chosen.number; // a house number is the caller's address
    changed();
  },
  onRefused: (error) => fields.refuse({ message: error.message, field: "location" }, { focus: false }),
});
const grade = createGrade({
  sign: $("grade-sign"), word: $("grade-word"), why: $("grade-why"), form, words,
  url: facts.grade_url, mayLower: facts.may_lower,
  onChange() {
    showOnMap(place.place());
    changed();
  },
});

map.onPick((at) => busy || place.pick(at));
fetch(AREAS_URL).then((answer) => answer.json()).then(({ areas, stations }) => {
  map.setAreas(areas);
  map.setStations(stations.map((s) => ({ ...s, label: facts.language === "zh" ? s.zh : s.en })));
}).catch(() => {}); // the map lacks its areas; nothing here depends on them

function showOnMap(chosen) {
  map.setIncidents(chosen ? [{ id: 0, lon: chosen.lon, lat: chosen.lat, grade: grade.value(), open: true }] : []);
}

// ---- the draft ----

function changed() {
  if (done || busy) return;
  draft.keep({ fields: readFields(form), place: place.place(), raised: grade.raised(), pending });
  tellDraft();
}

function tellDraft() {
  const age = draft.age();
  const text = (s) => (s < 60 ? words.seconds.replace("{n}", Math.round(s)) : words.minutes.replace("{n}", Math.round(s / 60)));
  const said = age === null ? words.draft_new : words.draft_kept.replace("{age}", text(age));
  $("draft").textContent = draft.works() ? said : words.draft_lost;
  $("draft").classList.toggle("is-broken", !draft.works());
}

function restore() {
  const kept = draft.read();
  if (!kept) return;
  writeFields(form, kept.fields);
  if (kept.place) place.set(kept.place);
  else if ($("where").value) place.again();
  grade.restore(kept.raised);
  say(words.draft_back);
  draft.keep(kept);
  if (kept.pending) {
    pending = kept.pending;
    send();
  }
}

window.addEventListener("beforeunload", (event) => {
  if (!done && !draft.works() && readFields(form).words) event.preventDefault();
});

// ---- words and categories ----

function readWords() {
  const text = facts.incident ? $("words").dataset.text ?? "" : $("words").value;
  suggested = suggest(text, facts.keywords);
  for (const key of form.querySelectorAll("[name=category] + .key")) {
    const rank = suggested.indexOf(key.previousElementSibling.value);
    key.hidden = rank < 0;
    key.textContent = rank < 0 ? "" : `Alt ${rank + 1}`;
  }
}

function take(index) {
  const radio = suggested[index] && form.querySelector(`[name=category][value="${suggested[index]}"]`);
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

form.addEventListener("input", (event) => {
  if (event.target.id === "words") readWords();
  const field = event.target.closest("[data-field]")?.dataset.field;
  if (field && field !== "location") fields.clear(field);
  if (event.target.id !== "where") changed();
});
form.addEventListener("change", (event) => {
  if (event.target.name === "category" || event.target.name === "reasons") grade.propose();
  changed();
});

// ---- saving ----

function missing({ handing }) {
  const values = readFields(form);
  if (!facts.incident && !values.words.trim()) return { field: "words", message: words.need_words };
  if (handing) return null;
  if (!values.category) return { field: "category", message: words.need_category };
  if (!place.value() && !facts.place) return { field: "location", message: words.need_where };
  if (!grade.value()) return { field: "grade", message: words.need_grade };
  return null;
}

function request(handing) {
  const values = readFields(form);
  const complete = Boolean(values.category && grade.value() && (place.value() || facts.place));
  const said = {
    category: complete ? values.category : "",
    grade: complete ? grade.value() : null,
    reasons: complete ? values.reasons : [],
    location: place.value(),
  };
  if (facts.incident) {
    const url = `/api/incidents/${facts.incident}`;
    return handing ? { url: `${url}/set-aside`, body: transfer } : { url: `${url}/classify`, body: said };
  }
  const { words: text, caller_name, caller_phone, address, safe_contact } = values;
  return { url: "/api/incidents", body: { source: "phone", words: text, caller_name, caller_phone, address, safe_contact, ...said } };
}

const transfer = { verb: "transfer", reason: "12345" };

function save(handing) {
  if (busy || done) return;
  fields.clearAll();
  const lack = missing({ handing });
  if (lack) {
    fields.refuse(lack);
    return;
  }
  const next = request(handing);
  // The same content keeps its key: if an earlier try arrived after all, this one does nothing twice.
  const same = pending && pending.url === next.url && JSON.stringify(pending.body) === JSON.stringify(next.body);
  pending = { ...next, key: same ? pending.key : newKey(), handKey: same ? pending.handKey : newKey(), handing };
  changed();
  send();
}

async function send() {
  lock(true);
  say(words.saving);
  const onTry = (n) => fields.trouble(words.no_network.replace("{n}", n));
  try {
    const answer = await insist(pending.url, pending.body, pending.key, { onTry });
    if (pending.handing && !facts.incident) {
      try {
        await insist(`/api/incidents/${answer.id}/set-aside`, transfer, pending.handKey, { onTry });
      } catch (error) {
        fields.trouble(words.not_handed.replace("{why}", error.message));
        lock(false);
        return;
      }
    }
    finish(answer);
  } catch (error) {
    lock(false);
    say("");
    fields.clearAll();
    if (error instanceof ActError) fields.refuse(error.message ? error : { ...error, message: words.broken });
    else throw error;
  }
}

function finish(answer) {
  const { handing } = pending;
  done = true;
  pending = null;
  draft.drop();
  fields.clearAll();
  const room = new URL(facts.room_url, location.href);
  if (!handing) room.searchParams.set("open", facts.incident ?? answer.id);
  if (facts.incident) {
    location.assign(room);
    return;
  }
  say("");
  $("done-title").textContent = handing ? words.handed : words.saved;
  $("done-reference").textContent = answer.reference;
  $("done-code").textContent = answer.code.replace(/(...)(?=.)/g, "$1 ");
  $("to-room").href = room;
  $("done").showModal();
  $("to-room").focus();
}

function lock(locked) {
  busy = locked;
  document.body.classList.toggle("is-sending", locked);
  form.inert = locked;
  $("save").disabled = $("hand").disabled = locked;
  for (const radio of document.querySelectorAll(".raise input")) radio.closest("fieldset").inert = locked;
}

function say(text) {
  $("say").textContent = text || words.hint;
}

// ---- keys ----

const ORDER = ["words", "where", "address", "caller_name", "caller_phone"];
const GO_TO = facts.incident ? [() => "words", () => "where", () => "reasons"] : [() => "words", () => "where", () => "caller_name", () => "reasons"];

function focusOn(id) {
  const target = id === "category" || id === "reasons" ? form.querySelector(`[name=${id}]:checked`) ?? form.querySelector(`[name=${id}]`) : $(id);
  target?.focus();
}

function onward(from) {
  if (from === "words" && !readFields(form).category) return focusOn("category");
  const next = ORDER.slice(ORDER.indexOf(from) + 1).find((id) => $(id));
  return focusOn(next ?? "reasons");
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const typing = event.target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");
  if (event.key === "F9" && plain) done ? $("to-room").click() : save(false);
  else if (event.key === "F8" && plain) save(true);
  else if (event.key === "F2" && plain && done) $("next").click();
  else if (event.altKey && !event.ctrlKey && digit && digit <= 3 && !busy) take(digit - 1);
  else if (event.key === "Enter" && plain && event.target.form === form && !event.shiftKey) {
    if (typing) onward(event.target.id);
    else if (event.target.name === "category") focusOn("where");
    else if (event.target.name === "safe_contact") focusOn("reasons");
    else if (event.target.name === "reasons") $("save").focus();
    else return;
  } else if (event.key === "Escape" && plain && typing) event.target.blur();
  else if (digit && plain && !typing && !done && GO_TO[digit - 1]) focusOn(GO_TO[digit - 1]());
  else return;
  event.preventDefault();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  save(false);
});
$("hand").addEventListener("click", () => save(true));
$("next").addEventListener("click", () => location.assign(location.pathname));
$("done").addEventListener("cancel", (event) => event.preventDefault()); // the code is shown only here

if (facts.incident) {
  openReport(facts.incident, $("words"), words).then(readWords);
}
if (facts.place) place.set(facts.place);
grade.propose();
restore();
readWords();
if (!$("say").textContent) say("");
tellDraft();
runClock($("now"), tellDraft);
