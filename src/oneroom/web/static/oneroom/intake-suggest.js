/**
 * Up to three kinds that a caller's words hint at. Done here, from the words the protocols carry.
 *
 * Chinese entries match anywhere, others from the beginning of a word; the longest word found decides, then how
 * many; of two that are alike the graver comes first.
 */

const GRAVER = 15; // a step of the usual grade weighs as much as a letter and a half
const HAN = /\p{Script=Han}/u;

export function suggest(text, kinds, most = 3) {
  const said = text.toLowerCase();
  const scored = Object.entries(kinds).map(([kind, { words, usual }]) => {
    const found = words.filter((entry) => (HAN.test(entry) ? said.includes(entry) : beginsAWord(said, entry)));
    const weights = found.map((entry) => (HAN.test(entry) ? entry.length * 3 : entry.length));
    return { kind, score: found.length ? Math.max(...weights) * 10 + found.length + (4 - usual) * GRAVER : 0 };
  });
  return scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score).slice(0, most).map(({ kind }) => kind);
}

function beginsAWord(said, entry) {
  for (let at = said.indexOf(entry); at >= 0; at = said.indexOf(entry, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(said[at - 1])) return true;
  }
  return false;
}
