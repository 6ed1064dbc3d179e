/**
 * The keys of the desk. None acts while an input method composes: what it types belongs to it.
 *
 * F9 saves and goes to the crews, F8 hands to 12345, F2 takes the call that rings, F10 is a silent call; Alt 1–3 take a
 * suggested kind, Alt ↑ raises, Alt M says that it is a matter there is already, Alt N lays an earlier call aside for a new
 * one, Alt 9 and Alt 0 bring 119 and 120 along; Enter goes on, Esc leaves a field, 1–4 go to a
 * part when no field has the focus, where Esc goes back to the room: the draft stays.
 */

import { toggleFirst } from "./intake-alike.js";
import { start } from "./keys.js";

const $ = (id) => document.getElementById(id);
const SILENT = "help.cannot_speak";
const ALONG = { 9: "119", 0: "120" };

export function bindKeys({ facts, form, save, kind, questions, grade, call, aside, hint, focusQuestions }) {
  const GO_TO = [() => $("words"), () => $("where"), focusQuestions, () => $("caller_name")];

  function onward(from) {
    if (from === "words") (kind.settle() ? $("where") : $("kind")).focus();
    else if (from === "kind") $("where").focus();
    else if (from === "caller_name") $("caller_phone").focus();
    else if (from === "caller_phone") $("save").focus();
    else if (questions.some()) {
      focusQuestions();
      hint();
    } else ($("caller_name") ?? $("save")).focus();
  }

  function silent() {
    if (facts.incident || save.busy() || save.done()) return;
    if (!$("words").value.trim()) {
      $("words").value = facts.words.silent;
      $("words").dispatchEvent(new Event("input", { bubbles: true }));
    }
    kind.choose(SILENT);
    ($("where").value || $("taken").textContent ? focusQuestions : () => $("where").focus())();
    hint();
  }

  function go(part) {
    const target = GO_TO[part]?.();
    target?.focus?.();
  }

  function alongside(agency) {
    const box = document.querySelector(`[name=along][value="${agency}"]`);
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const elsewhere = (event) => save.done() || event.target.closest?.("dialog[open]");

  /** What this key does here, or undefined. */
  function meant(event) {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const typing = event.target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");
    if (event.altKey && !event.ctrlKey && !event.metaKey) {
      if (save.busy() || save.done()) return undefined;
      if (event.key === "ArrowUp") return grade.up;
      if (event.code === "KeyM") return toggleFirst;
      if (event.code === "KeyN") return aside?.press;
      if (digit in ALONG) return () => alongside(ALONG[digit]);
      return digit && digit <= 3 ? () => kind.take(digit - 1) : undefined;
    }
    if (!plain) return undefined;
    if (event.key === "F9") return () => (save.done() ? $("to-room").click() : save.save(false));
    if (event.key === "F8") return () => save.save(true);
    if (event.key === "F10") return silent;
    if (event.key === "F2") return () => (save.done() ? $("next").click() : call?.take());
    if (event.key === "Enter" && form.contains(event.target) && !event.shiftKey) {
      if (typing) return () => onward(event.target.id);
      return event.target.name === "safe_contact" ? () => $("save").focus() : undefined;
    }
    if (event.key === "Escape" && typing) return () => event.target.blur();
    if (event.key === "Escape" && !event.repeat) return save.busy() || elsewhere(event) ? undefined : () => location.assign(facts.room_url);
    const loose = !typing && !elsewhere(event);
    return digit && loose && GO_TO[digit - 1] ? () => go(digit - 1) : undefined;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || $("keys").open) return;
    const does = meant(event);
    if (!does) return;
    event.preventDefault();
    does();
  });
  $("silent")?.addEventListener("click", silent);
  start();
  return { onward };
}
