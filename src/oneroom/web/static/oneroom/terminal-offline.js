// The page without network looks for it, and gives way to the terminal as soon as the server answers.

const EVERY_MS = 3000;

async function look() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(EVERY_MS) });
    if (answer.ok) location.reload();
  } catch {
    // still none
  }
}

setInterval(() => document.hidden || look(), EVERY_MS);
window.addEventListener("online", look);
