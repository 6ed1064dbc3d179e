/**
 * Saving: what is lacking is said at its field; what is sent is locked until the server has answered.
 *
 * The same content keeps its key, so that a try that arrived after all does nothing twice. A reload goes on sending.
 */

import { ActError, act, newKey } from "./act.js";
import { sameAs } from "./intake-alike.js";
import { readFields } from "./intake-fields.js";
import { insist } from "./intake-send.js";

const $ = (id) => document.getElementById(id);
const TRANSFER = { agency: "12345" };

export function saver({ facts, fields, form, draft, place, kind, questions, grade, call, changed, say, sentOn }) {
  const { words } = facts;
  let pending = null; // what was sent and is not answered: {url, body, key, handKey, handing, along}
  let busy = false;
  let done = false;

  function missing(handing) {
    const values = readFields(form);
    if (!facts.incident && !values.words.trim()) return { field: "words", message: words.need_words };
    if (handing) return null;
    if (!kind.settle()) return { field: "category", message: words.need_category };
    if (!place.value() && !facts.place) return { field: "location", message: words.need_where };
    return null;
  }

  function request(handing) {
    const values = readFields(form);
    const complete = Boolean(kind.code() && grade.value() && (place.value() || facts.place));
    const said = {
      ...(complete ? kind.value() : {}), grade: complete ? grade.value() : null,
      reasons: complete ? grade.found()?.reasons ?? [] : [], location: place.value(),
      answers: complete ? questions.answers() : {}, texts: complete ? questions.texts() : {},
    };
    if (facts.incident) {
      const url = `/api/incidents/${facts.incident}`;
      return handing ? { url: `${url}/hand-over`, body: TRANSFER } : { url: `${url}/classify`, body: said };
    }
    const { words: text, caller_name, caller_phone, address, safe_contact } = values;
    const body = { source: "phone", words: text, caller_name, caller_phone, address, safe_contact, draft: draft.key(), ...said };
    if (call?.id()) body.call = call.id();
    return { url: "/api/incidents", body };
  }

  async function save(handing) {
    if (busy || done) return;
    fields.clearAll();
    const lack = missing(handing);
    if (lack) {
      fields.refuse(lack);
      return;
    }
    lock(true); // nothing is typed between the last proposal and the sending
    await grade.settled();
    lock(false);
    if (!handing && !grade.value()) {
      fields.refuse({ field: "grade", message: words.need_grade });
      return;
    }
    changed(); // the draft has a key from now on
    const next = request(handing);
    const same = pending && pending.url === next.url && JSON.stringify(pending.body) === JSON.stringify(next.body);
    pending = {
      ...next, key: same ? pending.key : newKey(), handKey: same ? pending.handKey : newKey(), handing,
      along: handing ? [] : readFields(form).along, into: handing ? null : sameAs(),
    };
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
          await insist(`/api/incidents/${answer.id}/hand-over`, TRANSFER, pending.handKey, { onTry });
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

  /** Fire and ambulance: each is a note of its own; the call is saved whatever becomes of it. */
  async function bringAlong(id, agencies) {
    const said = [];
    for (const agency of agencies) {
      try {
        await act(`/api/incidents/${id}/hand-over`, { agency, joint: true });
        said.push(words.brought.replace("{agency}", agency));
      } catch (error) {
        said.push(words.not_brought.replace("{agency}", agency).replace("{why}", error.message ?? ""));
      }
      $("done-along").textContent = said.join(" · ");
      $("done-along").hidden = false;
    }
  }

  /** The call is about a matter that there is already: its report counts to that; the call is saved whatever happens. */
  async function mergeInto(id, into) {
    try {
      await act(`/api/incidents/${id}/merge`, { into: into.id });
      return words.merged.replace("{matter}", into.reference);
    } catch (error) {
      return words.not_merged.replace("{why}", error.message ?? "");
    }
  }

  async function finish(answer) {
    const { handing, along, into } = pending;
    const same = into ? await mergeInto(answer.id, into) : "";
    done = true;
    pending = null;
    draft.drop();
    fields.clearAll();
    const room = new URL(facts.room_url, location.href);
    if (!handing) room.searchParams.set("open", into?.id ?? facts.incident ?? answer.id);
    if (facts.incident) {
      await bringAlong(facts.incident, along);
      location.assign(room);
      return;
    }
    say("");
    $("done-title").textContent = handing ? words.handed : words.saved;
    $("done-same").textContent = same;
    $("done-same").hidden = !same;
    $("done-reference").textContent = answer.reference;
    $("done-code").textContent = answer.code.replace(/(...)(?=.)/g, "$1 ");
    $("to-room").href = room;
    $("done").showModal();
    $("to-room").focus();
    bringAlong(answer.id, along);
  }

  function lock(locked) {
    busy = locked;
    document.body.classList.toggle("is-sending", locked);
    const focused = document.activeElement;
    form.inert = locked;
    if (!locked && focused && form.contains(focused)) focused.focus();
    $("save").disabled = $("hand").disabled = locked;
    for (const radio of document.querySelectorAll(".raise input")) radio.closest("fieldset").inert = locked;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(false);
  });
  $("hand").addEventListener("click", () => save(true));
  $("next").addEventListener("click", () => location.assign(location.pathname));
  $("done").addEventListener("cancel", (event) => event.preventDefault()); // the code is shown only here

  return {
    save,
    busy: () => busy,
    done: () => done,
    pending: () => pending,
    sentOn,
    resume(kept) {
      pending = kept;
      send();
    },
  };
}
