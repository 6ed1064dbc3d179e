/**
 * Up to three categories that a caller's words hint at. Done here, so that unsaved words never leave the desk.
 *
 * Chinese entries match anywhere, others from the beginning of a word; the longest word found decides, then how many.
 */

const HAN = /\p{Script=Han}/u;

export function suggest(text, keywords, most = 3) {
  const said = text.toLowerCase();
  const scored = Object.entries(keywords).map(([category, entries]) => {
    const found = entries.filter((entry) => (HAN.test(entry) ? said.includes(entry) : beginsAWord(said, entry)));
    const longest = Math.max(0, ...found.map((entry) => entry.length));
    return { category, score: longest * 10 + found.length };
  });
  return scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score).slice(0, most).map(({ category }) => category);
}

function beginsAWord(said, entry) {
  for (let at = said.indexOf(entry); at >= 0; at = said.indexOf(entry, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(said[at - 1])) return true;
  }
  return false;
}
