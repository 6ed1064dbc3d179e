/**
 * Intake: from words, place and answers to a matter, without leaving the keyboard: words, Enter, place, Enter, F9.
 *
 * This file wires the parts; intake-save.js saves, intake-keys.js has the keys. The page tells others what is typed by
 * `intake:changed` on document, detail {words, caller_phone, category, subcategory, location}.
 */

import { asideBar } from "./intake-aside.js";
import { callStrip } from "./intake-call.js";
import { openDraft } from "./intake-draft.js";
import { readFields, showFields, writeFields } from "./intake-fields.js";
import { createGrade } from "./intake-grade.js";
import { bindKeys } from "./intake-keys.js";
import { kindBox } from "./intake-kind.js";
import { placeBox } from "./intake-place.js";
import { questionList } from "./intake-questions.js";
import { openReport, runClock } from "./intake-report.js";
import { saver } from "./intake-save.js";
import { createMap } from "./map.js";

const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);
// A busy machine draws late, and only drawing obeys `autofocus`: the first letters would be lost on the page itself.
if (!facts.incident && document.activeElement === document.body) $("words").focus();
const { words, protocols } = facts;
const form = $("form");
const fields = showFields(form, $("trouble"), { signIn: words.sign_in });
const rate = Number($("now").dataset.rate);
const AREAS_URL = "/map/areas.json";

let began = ""; // the time of the clock when the first of this was typed
let sentOn = null; // the matter the dispatcher made of this call already: {incident, reference}

// ---- parts ----

const map = createMap($("map"), { language: facts.language, words: JSON.parse($("map-words").textContent), legend: false });
const place = placeBox({
  input: $("where"), list: $("places"), note: $("where-note"), taken: $("taken"),
  datum: $("datum"), datumField: $("datum-field"), language: facts.language, words, near,
  onChange(chosen) {
    fields.clear("location");
    showOnMap(chosen);
    if (chosen) map.focus([chosen.lon, chosen.lat]);
    if (chosen?.number && !$("address").value) $("address").value = chosen.number; // a house number is the caller's address
    changed();
  },
  onTaken: () => keys.onward("where"),
  onRefused: (error) => fields.refuse({ message: error.message, field: "location" }, { focus: false }),
});
const kind = kindBox({
  select: $("kind"), chips: $("kinds"), kinds: protocols.kinds,
  onChange() {
    fields.clear("category");
    questions.ask(kind.kind());
    const safe = Boolean(kind.kind()?.safe);
    if ($("ask-safe")) $("ask-safe").hidden = !safe;
    $("safe")?.classList.toggle("is-asked", safe);
    grade.propose();
    changed();
  },
});
const questions = questionList({
  list: $("questions"), title: $("questions-name"), words, data: protocols,
  onChange({ free = false }) {
    if (!free) grade.propose();
    changed();
  },
  onMove: () => hint(),
  onDone: () => say(words.all_asked),
});
const grade = createGrade({
  sign: $("grade-sign"), word: $("grade-word"), why: $("grade-why"), plan: $("grade-plan"), say: $("tell"), words,
  url: facts.grade_url, mayLower: facts.may_lower, kind: kind.value, answers: questions.answers,
  onChange() {
    const found = grade.found();
    questions.tell(found?.effects);
    for (const agency of found?.agencies ?? []) propose(agency);
    showOnMap(place.place());
    changed();
  },
});
const draft = openDraft(facts.account, facts.incident, { shown, onServer });
const call = facts.incident ? null : callStrip({ box: $("call"), words, rate, onTaken: takeCall });
const save = saver({ facts, fields, form, draft, place, kind, questions, grade, call, changed, say, sentOn: () => sentOn });

map.onPick((at) => save.busy() || place.pick(at));
fetch(AREAS_URL).then((answer) => answer.json()).then(({ areas, stations }) => {
  map.setAreas(areas);
  map.setStations(stations.map((s) => ({ ...s, label: facts.language === "zh" ? s.zh : s.en })));
}).catch(() => {}); // the map lacks its areas; nothing here depends on them

function showOnMap(chosen) {
  map.setIncidents(chosen ? [{ id: 0, lon: chosen.lon, lat: chosen.lat, grade: grade.value(), open: true }] : []);
}

/** Where a name that there is twice is looked for: about the telephone, or where the operator looks. */
function near() {
  const fix = call?.taken();
  return Number.isFinite(fix?.lon) ? [fix.lon, fix.lat] : map.centre();
}

/** An answer asks for another service: ticked once, and left alone when the operator takes it off. */
const proposedAlong = new Set();
function propose(agency) {
  const box = document.querySelector(`[name=along][value="${agency}"]`);
  if (!box || proposedAlong.has(agency)) return;
  proposedAlong.add(agency);
  box.checked = true;
}

function takeCall(taken) {
  if (taken.phone && !$("caller_phone").value) $("caller_phone").value = taken.phone;
  if (taken.lon !== null && !place.place()) {
    place.set({ lon: taken.lon, lat: taken.lat, zh: "", en: "", accuracy_m: taken.radius_m });
  }
  $("words").focus();
  changed();
}

// ---- the draft ----

function changed() {
  if (save.done() || save.busy() || restoring) return;
  const values = readFields(form);
  document.dispatchEvent(new CustomEvent("intake:changed", {
    detail: { words: values.words, caller_phone: values.caller_phone, ...kind.value(), location: place.value() },
  }));
  if (!values.words.trim() && !place.place() && !kind.code() && !call?.id() && !draft.key()) return;
  began ||= $("now").textContent.slice(0, 5);
  draft.keep({
    fields: values, kind: kind.code(), place: place.place(), raised: grade.raised(), asked: questions.kept(), began,
    call: call?.taken() ?? null, along: [...proposedAlong], pending: save.pending(),
  });
  tellDraft();
}

/** What the room may see of it: what is chosen, or what the words hint at most. */
function shown() {
  const [category = "", subcategory = ""] = kind.best().split(".");
  return { category, subcategory, grade: grade.value(), reasons: grade.found()?.reasons ?? [], location: place.value(), safe_contact: readFields(form).safe_contact };
}

function onServer(said) {
  if (said.incident && !sentOn) {
    sentOn = { incident: said.incident, reference: said.reference };
    fields.trouble("");
    say(words.sent_on.replace("{reference}", said.reference));
  }
  tellDraft();
}

// The dispatcher sends it on while nobody types: the desk asks what has become of it.
document.addEventListener("live:change", ({ detail }) => detail.kind === "draft.shown" && detail.subject === draft.subject() && !sentOn && changed());

function tellDraft() {
  const age = draft.age();
  const text = (s) => (s < 60 ? words.seconds.replace("{n}", Math.round(s)) : words.minutes.replace("{n}", Math.round(s / 60)));
  const said = age === null ? words.draft_new : (draft.safe() || age < 3 ? words.kept_server : words.draft_kept).replace("{age}", text(age));
  const lost = !draft.works() && !draft.safe();
  $("draft").textContent = lost ? words.draft_lost : said;
  $("draft").classList.toggle("is-broken", lost);
}

const aside = $("aside") && asideBar({ bar: $("aside"), draft, words, say, busy: () => save.busy() || save.done() });
let restoring = true;
async function restore() {
  const kept = await draft.read();
  if (kept?.fields) {
    const typed = readFields(form).words;
    writeFields(form, kept.fields);
    if (typed && typed !== kept.fields.words) $("words").value = `${kept.fields.words}\n${typed}`; // typed while we asked
    for (const agency of kept.along ?? []) proposedAlong.add(agency);
    questions.restore(kept.asked);
    grade.restore(kept.raised);
    call?.restore(kept.call);
    began = kept.began ?? "";
    kind.restore(kept.kind);
    if (kept.place) place.set(kept.place);
    else if ($("where").value) place.again();
    say(words.draft_back);
    aside?.restored(kept.began);
  } else aside?.empty();
  restoring = false;
  readWords();
  if (kept?.pending) save.resume(kept.pending);
  else if (kept || readFields(form).words) changed();
}

window.addEventListener("beforeunload", (event) => {
  if (!save.done() && !draft.works() && !draft.safe() && readFields(form).words) event.preventDefault();
});

// ---- words ----

function readWords() {
  kind.read(facts.incident ? $("words").dataset.text ?? "" : $("words").value);
}

form.addEventListener("input", (event) => {
  if (event.target.id === "words") readWords();
  const field = event.target.closest("[data-field]")?.dataset.field;
  if (field && field !== "location") fields.clear(field);
  if (event.target.id !== "where") changed();
});
form.addEventListener("change", changed);
document.querySelector(".along").addEventListener("change", changed);

function say(text) {
  $("say").textContent = text || words.hint;
}

function hint() {
  const open = questions.open();
  say(open ? words.next_question.replace("{n}", open) : questions.some() ? words.all_asked : "");
}

const keys = bindKeys({ facts, form, save, kind, questions, grade, call, aside, hint, focusQuestions: () => questions.focus() });

if (facts.incident) openReport(facts.incident, $("words"), words).then(readWords);
if (facts.place) place.set(facts.place);
grade.propose();
restore();
if (!$("say").textContent) say("");
tellDraft();
runClock($("now"), tellDraft);
