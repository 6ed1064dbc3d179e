/** The form's fields: read and written as one object, and refusals shown at the field they are about. */

const TEXTS = ["words", "where", "datum", "address", "caller_name", "caller_phone"];

export function readFields(form) {
  const values = {};
  for (const name of TEXTS) values[name] = form.elements[name]?.value ?? "";
  values.safe_contact = form.querySelector("[name=safe_contact]:checked")?.value ?? "unknown";
  values.along = [...document.querySelectorAll("[name=along]:checked")].map((box) => box.value);
  return values;
}

export function writeFields(form, values) {
  for (const name of TEXTS) if (form.elements[name] && values[name] !== undefined) form.elements[name].value = values[name];
  for (const box of document.querySelectorAll("[name=along]")) box.checked = values.along?.includes(box.value) ?? false;
  for (const radio of form.querySelectorAll("[name=safe_contact]")) radio.checked = radio.value === values.safe_contact;
}

export function showFields(form, banner, { signIn }) {
  const box = (field) => [...document.querySelectorAll(`[data-field="${field}"]`)].find((found) => !found.hidden);

  function clear(field) {
    const holder = box(field);
    if (!holder) return;
    holder.classList.remove("is-bad");
    holder.querySelector(".err")?.remove();
    for (const control of holder.querySelectorAll("[aria-invalid]")) {
      control.removeAttribute("aria-invalid");
      control.removeAttribute("aria-errormessage");
    }
  }

  function trouble(text, link) {
    banner.replaceChildren(text);
    if (link) banner.append(" ", link);
    banner.hidden = !text;
  }

  return {
    clear,
    trouble,
    clearAll() {
      for (const holder of document.querySelectorAll("[data-field].is-bad")) clear(holder.dataset.field);
      trouble("");
    },
    /** Say no where it belongs; what belongs nowhere goes to the banner beside the buttons. */
    refuse({ message, field, status }, { focus = true } = {}) {
      const name = (field ?? "").split(".")[0];
      const holder = box(name) ?? (name === "datum" ? box("location") : null);
      if (!holder) {
        const link = status === 401 ? document.createElement("a") : null;
        if (link) Object.assign(link, { href: `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`, textContent: signIn });
        trouble(message, link);
        return;
      }
      clear(holder.dataset.field);
      holder.classList.add("is-bad");
      const said = document.createElement("p");
      said.className = "err";
      said.id = `err-${holder.dataset.field}`;
      said.setAttribute("role", "alert");
      said.textContent = message;
      const control = holder.querySelector(".input, input:checked, input") ?? holder.querySelector("[tabindex]");
      (holder.querySelector(".loc, .chips, .input") ?? control).after(said);
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-errormessage", said.id);
      if (focus) control.focus();
    },
  };
}
