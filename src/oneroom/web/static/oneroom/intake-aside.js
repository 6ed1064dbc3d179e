/**
 * The bar over the form when it opened on an earlier call that is not saved: whose words these are, and the way to an
 * empty form. The earlier call is put by: it stays on the server and at the desks of the room until somebody ends it.
 */

export function asideBar({ bar, draft, words, say, busy }) {
  const text = bar.querySelector("span");
  const button = bar.querySelector("button");
  let way = null; // what the button does: {label, does}

  function show(sentence, label, does) {
    text.textContent = sentence;
    button.firstChild.data = `${label} `;
    way = does;
    bar.hidden = false;
  }

  async function press() {
    const does = way ?? (draft.key() ? () => draft.putBy() : null); // the call that is being typed, too
    if (!does || busy()) return;
    if (await does()) location.assign(location.pathname);
    else say(words.not_put_by);
  }

  button.addEventListener("click", press);

  return {
    press,
    /** What was typed at this time is in the form again. */
    restored(began) {
      show(words.back_from.replace("{time}", began || "–"), words.new_call, () => draft.putBy());
    },
    /** The form is empty; calls that were put by in this tab can be taken up again. */
    empty() {
      const n = draft.aside();
      if (n) show(words.put_by.replace("{n}", n), words.take_up, () => draft.takeUp());
    },
  };
}
