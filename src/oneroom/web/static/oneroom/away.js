// The database does not answer. The page asks whether it does by now and loads itself only then, so that nobody who reads
// it, or is about to press, loses his place (WCAG 2.2.1). Without script there is the link.

const main = document.querySelector("main[data-again]");
const NOT_YET = new Set([429, 503, 507]);

async function ask() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!NOT_YET.has(answer.status)) return location.reload();
  } catch {
    // no line: later
  }
  return later();
}

// Not all at the same moment: everybody's page waits.
const later = () => setTimeout(ask, Number(main.dataset.again) * 1000 * (1 + Math.random() / 2));

if (main) later();
