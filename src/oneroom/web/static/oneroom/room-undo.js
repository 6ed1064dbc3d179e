// Taking back what was just done: offered for ten seconds, where there is a way back; it is an act of its own.

import { toast, word } from "./room-say.js";

const FOR_MS = 10_000;
let last = null;

export function offer(what, back) {
  last = { back, until: performance.now() + FOR_MS };
  toast(what, { key: "Z", act: take, forMs: FOR_MS });
}

export function take() {
  const mine = last;
  last = null;
  if (!mine || performance.now() > mine.until) toast(word("undoNothing"));
  else mine.back();
}
