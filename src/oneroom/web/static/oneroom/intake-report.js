/** A report from outside on the desk, and the desk's clock. */

import { act } from "./act.js";

/** Open the words of a report for dispatch: the record keeps who looked, so it is done once, when the form opens. */
export async function openReport(matter, box, words) {
  try {
    const { reports, added } = await act(`/api/incidents/${matter}/open`, { purpose: "dispatch" });
    const said = reports.flatMap((report) => [
      [null, report.words ?? words.erased],
      [words.address, report.address],
      [words.caller, report.caller && [report.caller.name, report.caller.phone].filter(Boolean).join(words.comma)],
      [words.safe, words.safe_contact[report.safe_contact]],
    ]);
    const lines = [...said, ...added.map((more) => [null, more.words])].filter(([, text]) => text);
    box.dataset.text = reports.map((report) => report.words ?? "").join("\n");
    box.replaceChildren(...lines.map(([label, text]) => {
      const line = document.createElement(label ? "small" : "p");
      line.textContent = label ? `${label}: ${text}` : text;
      return line;
    }));
  } catch (error) {
    box.textContent = error.message || words.broken;
  }
}

/** Let the time the server wrote run on at the project's rate. */
export function runClock(clock, each) {
  const [h, m, s] = clock.textContent.split(":").map(Number);
  const start = h * 3600 + m * 60 + s;
  const rate = Number(clock.dataset.rate);
  const from = performance.now();
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  setInterval(() => {
    const seconds = Math.floor(start + ((performance.now() - from) / 1000) * rate) % 86_400;
    clock.textContent = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(two).join(":");
    each();
  }, 1000);
}
