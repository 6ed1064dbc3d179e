// What stands beside the matters: calls being taken are sent on, abandoned calls called back, agencies' answers noted.

import { act, newKey } from "./act.js";
import { toast, trouble } from "./room-say.js";

export function start(...roots) {
  for (const root of roots) root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-desk]");
    if (!button || button.disabled) return;
    event.stopPropagation();
    button.disabled = true;
    perform(button).catch((error) => toast(trouble(error), { bad: true })).finally(() => { button.disabled = false; });
  });
}

async function perform(button) {
  const row = button.closest("[data-draft], [data-call], [data-late-act]");
  const what = button.dataset.desk;
  if (what === "number") {
    const { phone } = await act(`/api/calls/${row.dataset.call}/open`, { purpose: "return_call" });
    row.querySelector("[data-number]").textContent = phone || "–";
    return;
  }
  if (what === "late-words") {
    const said = await act(`/api/late/${row.dataset.lateAct}/open`, { purpose: "dispatch" });
    const line = row.querySelector("[data-words]");
    line.textContent = Object.values(said).join(" · ");
    line.hidden = false;
    return;
  }
  if (what === "words") {
    const { words } = await act(`/api/drafts/${row.dataset.draft}/open`, { purpose: "dispatch" });
    const line = row.querySelector("[data-words]");
    line.textContent = words;
    line.hidden = false;
    return;
  }
  const body = {};
  for (const name of ["result", "agency"]) if (button.dataset[name]) body[name] = button.dataset[name];
  if ("joint" in button.dataset) body.joint = true;
  const said = await act(what, body, { key: newKey() });
  if (said.id) location.assign(`?open=${said.id}`); // the matter that was made of the call, with its crews
}
