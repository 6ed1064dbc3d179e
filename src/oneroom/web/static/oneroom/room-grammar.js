// What was typed, as things that could be done: verb first, or crew first; English, Chinese or initials. Pure: the words,
// crews, orders and matters come in, options go out, and nothing is done here.

export const clean = (text) => text.toLowerCase().replace(/[，、,]/g, " ").replace(/\s+/g, " ").trim();
const hasHan = (text) => /[\u3400-\u9fff]/.test(text);
const parts = (text) => {
  const found = /^(.*?)(\d*)$/.exec(text.replace(/\s+/g, ""));
  return { stem: found[1], digits: found[2].replace(/^0+/, "") };
};

/** Crews that a piece could mean, the best first: "qf02", "千佛山02", "qianfoshan 2", "千". */
export function findCrews(piece, crews) {
  const asked = parts(piece.toLowerCase());
  if (!asked.stem && !asked.digits) return [];
  if (!asked.stem) return crews.filter((crew) => crew.keys.some((key) => parts(key).digits === asked.digits && !hasHan(key)));
  const scored = [];
  for (const crew of crews) {
    let best = 0;
    for (const key of crew.keys) {
      const known = parts(key);
      if (!asked.stem || !known.stem.startsWith(asked.stem)) continue;
      if (asked.digits && known.digits !== asked.digits) continue;
      best = Math.max(best, (known.stem === asked.stem ? 2 : 1) + (asked.digits ? 2 : 0));
    }
    if (best) scored.push([best, crew]);
  }
  return scored.sort((a, b) => b[0] - a[0]).map(([, crew]) => crew);
}

/** The verb at the beginning, longest word first: {verb, rest}; null when none is complete. */
export function leadingVerb(text, verbs) {
  let found = null;
  for (const verb of verbs) {
    for (const said of verb.words) {
      const rest = text.slice(said.length);
      if (!text.startsWith(said) || (rest && !rest.startsWith(" ") && !hasHan(said))) continue;
      if (!found || said.length > found.said.length) found = { verb, said, rest: rest.trim() };
    }
  }
  return found;
}

/** A crew at the beginning, in up to three words: [{crew, rest}]. */
export function leadingCrew(text, crews) {
  const words = text.split(" ");
  for (let n = Math.min(3, words.length); n >= 1; n -= 1) {
    const piece = words.slice(0, n).join("");
    const exact = findCrews(piece, crews).filter((c) => parts(piece).digits || c.keys.includes(piece));
    if (exact.length) return exact.map((crew) => ({ crew, rest: words.slice(n).join(" ") }));
  }
  const glued = /^([\u3400-\u9fff]+\d+)\s*([\u3400-\u9fff]*)$/.exec(text);
  return glued ? findCrews(glued[1], crews).map((crew) => ({ crew, rest: glued[2] })) : [];
}

/**
 * What this text could do. `world` has verbs, crews [{id, name, keys}], orders [{id, crew, state, incident}], matters
 * [{id, reference, place}] and open {id, reference, state} or null. Options: {do, verb, crews, order, matter, argument,
 * target, minutes, until, text, ready, why}. `typed` is given as it stands, since what somebody says keeps its capitals.
 */
export function options(typed, world) {
  const text = clean(typed);
  if (!text) return world.verbs.filter((verb) => verb.kind !== "filter").map((verb) => ({ do: "complete", verb, text: `${verb.words[0]} ` }));
  const led = leadingVerb(text, world.verbs);
  if (led) return withVerb(led.verb, led.rest, world, after(typed, led.said));
  const found = [];
  for (const { crew, rest } of leadingCrew(text, world.crews).slice(0, 4)) found.push(...withCrew(crew, rest, world));
  for (const verb of world.verbs) {
    const said = verb.words.find((w) => w.startsWith(text));
    if (said) found.push({ do: "complete", verb, text: `${said} ` });
  }
  for (const m of findMatters(text, world.matters).slice(0, 5)) found.push({ do: "open", matter: m, ready: true });
  return found;
}

// What stands after the first words, as it was typed.
export const after = (typed, said) => typed.trim().slice(said.length).trim();

function withVerb(verb, rest, world, said) {
  if (verb.verb === "close_street") return closeStreet(verb, rest);
  if (verb.verb === "close" && rest && !choices(verb, rest).length) {
    const street = world.verbs.find((v) => v.verb === "close_street"); // "close elm road": no way to close a matter
    if (street) return closeStreet(street, rest);
  }
  if (verb.verb === "send") return sendOptions(verb, rest, world);
  if (verb.verb === "crew") {
    const found = rest ? findCrews(rest.replace(/ /g, ""), world.crews) : world.crews;
    return found.slice(0, 8).map((crew) => ({ do: "crew", verb, crews: [crew], ready: true }));
  }
  if (verb.verb === "divert") return divertOptions(verb, rest, world);
  if (verb.kind === "order") return orderOptions(verb, rest, world);
  if (verb.kind === "matter") return matterOptions(verb, rest, world);
  if (verb.kind === "filter") return filterOptions(verb, rest, said);
  if (verb.verb === "raise" || verb.verb === "lower") return gradeOptions(verb, rest, world);
  if (verb.verb === "open" || verb.verb === "find") {
    return findMatters(rest, world.matters).slice(0, 8).map((matter) => ({ do: verb.verb, verb, matter, ready: true }));
  }
  if (["radio", "video", "add_words"].includes(verb.verb)) return sayOptions(verb, rest, world, said);
  if (verb.arguments) return choices(verb, rest).map((argument) => ({ do: verb.verb, verb, argument, ready: true }));
  const needsOpen = ["compare", "repeats", "warn", "dossier"].includes(verb.verb);
  return [{ do: verb.verb, verb, matter: world.open, ready: !needsOpen || Boolean(world.open), why: needsOpen && !world.open ? "effectSendNone" : "" }];
}

const choices = (verb, rest) =>
  Object.entries(verb.arguments).filter(([code, word]) => !rest || code.startsWith(rest) || word.toLowerCase().includes(rest)).map(([code]) => code);

// close street elm road until 14:30
function closeStreet(verb, rest) {
  const { until, rest: place } = readUntil(rest);
  return [{ do: "close_street", verb, said: place, until, ready: true }];
}

function gradeOptions(verb, rest, world) {
  const grades = verb.verb === "raise" ? ["1", "2", "3"] : ["2", "3", "4"];
  const grade = new RegExp(`^p?([${grades.join("")}])$`).exec(rest)?.[1];
  return (grade ? [grade] : grades).map((g) => ({
    do: "grade", verb, argument: Number(g), matter: world.open, ready: Boolean(world.open && grade), text: `${verb.words[0]} P${g}`,
  }));
}

// grade 1 · station huaihai · mine · place nanjing road
function filterOptions(verb, rest, said) {
  if (verb.arguments === null) return [{ do: "filter", verb, argument: said, ready: Boolean(said), text: `${verb.words[0]} ` }];
  if (!Object.keys(verb.arguments).length) return [{ do: "filter", verb, argument: "1", ready: true }];
  const wanted = rest.replace(/^p(?=\d$)/, "");
  return choices(verb, wanted).slice(0, 10).map((argument) => ({ do: "filter", verb, argument, ready: true }));
}

// radio 302 all quiet: with a crew it is that crew's word, else the room's log of the open matter.
function sayOptions(verb, rest, world, said) {
  const [head] = rest ? leadingCrew(rest, world.crews) : [];
  const with_crew = head && verb.verb !== "add_words";
  const words = with_crew ? said.split(/\s+/).slice(-head.rest.split(" ").length).join(" ") : said;
  const text = with_crew && !head.rest ? "" : words;
  const ready = Boolean(world.open && (text || verb.verb === "video"));
  return [{ do: "say", verb, crews: with_crew ? [head.crew] : [], said: text, matter: world.open, ready, why: world.open ? "" : "effectSendNone" }];
}

// divert 302: from what it is on to the open, graver matter.
function divertOptions(verb, rest, world) {
  const asked = rest ? new Set(findCrews(rest.replace(/ /g, ""), world.crews).map((c) => c.id)) : null;
  return world.orders
    .filter((o) => o.incident !== world.open?.id && (!asked || asked.has(o.crew)))
    .slice(0, 8)
    .map((order) => {
      const crew = world.crews.find((c) => c.id === order.crew) ?? { id: order.crew, name: order.name, keys: [] };
      const ready = Boolean(world.open && verb.from.includes(order.state));
      return { do: "divert", verb, crews: [crew], order, matter: world.open, ready, why: world.open ? "" : "effectSendNone" };
    });
}

// send qf02 jf01: all but the last piece must be known; the last may still be on its way.
function sendOptions(verb, rest, world) {
  if (!rest) return world.crews.slice(0, 8).map((crew) => ({ do: "complete", verb, crew, text: `${verb.words[0]} ${crew.name} ` }));
  const chosen = [];
  let left = rest;
  let last = [];
  while (left) {
    const heads = leadingCrew(left, world.crews);
    const sure = heads.length === 1 || (heads.length && parts(left.split(" ")[0]).digits);
    if (sure && heads[0].rest) {
      chosen.push(heads[0].crew);
      left = heads[0].rest;
      continue;
    }
    last = heads.length ? heads.map((h) => h.crew) : findCrews(left.replace(/ /g, ""), world.crews);
    left = "";
  }
  return last.slice(0, 8).map((crew) => {
    const crews = [...chosen, crew].filter((c, n, all) => all.findIndex((o) => o.id === c.id) === n);
    const order = world.orders.find((o) => crews.some((c) => c.id === o.crew));
    const why = !world.open ? "effectSendNone" : order ? "effectNot" : "";
    return { do: "send", verb, crews, order, matter: world.open, ready: !why, why };
  });
}

function orderOptions(verb, rest, world) {
  if (rest) return findCrews(rest.replace(/ /g, ""), world.crews).slice(0, 8).map((crew) => stepOption(verb, crew, world));
  return world.orders
    .filter((o) => verb.from.includes(o.state))
    .map((o) => stepOption(verb, world.crews.find((c) => c.id === o.crew) ?? { id: o.crew, name: o.name, keys: [] }, world));
}

function stepOption(verb, crew, world) {
  const order = world.orders.find((o) => o.crew === crew.id);
  const ready = Boolean(order && verb.from.includes(order.state) && (verb.verb !== "return" || order.returnAsked));
  return { do: "step", verb, crews: [crew], order, ready, why: ready ? "" : order ? "effectNot" : "effectNoOrder" };
}

// qf02 on scene · 302 on scene 4m ago
const AGO = /\s*(\d{1,3})\s*(?:m|min|minutes?|分|分钟)\s*(?:ago|前)?$/;

function withCrew(crew, typed, world) {
  const minutes = AGO.exec(typed)?.[1];
  const rest = typed.replace(AGO, "").trim();
  const steps = world.verbs.filter((v) => v.kind === "order" && v.verb !== "divert" && (!rest || v.words.some((w) => w.startsWith(rest))));
  const found = steps.map((verb) => ({ ...stepOption(verb, crew, world), minutes: minutes ? Number(minutes) : 0 }));
  const possible = rest ? found : found.filter((o) => o.ready);
  if (rest) return possible;
  const send = world.verbs.find((v) => v.verb === "send");
  const free = !world.orders.some((o) => o.crew === crew.id);
  if (send && free) {
    possible.push({ do: "send", verb: send, crews: [crew], matter: world.open, ready: Boolean(world.open), why: world.open ? "" : "effectSendNone" });
  }
  return possible;
}

// find 31.231, 121.473 gcj02: numbers do not show their datum, so each is offered until one is named
const DATUM = /\s*\b(wgs|gcj|bd)-?\s?(?:84|0?2|0?9)?\s*$/i;
export const DATUMS = { WGS84: "WGS-84", GCJ02: "GCJ-02", BD09: "BD-09" };

/** What stands before a datum at the end, and the datums that it could be. */
export function readDatum(text) {
  const named = /\d\.\d|[°度]/.test(text) ? DATUM.exec(text)?.[1].toUpperCase() : null;
  const codes = Object.keys(DATUMS);
  return named ? { text: text.replace(DATUM, ""), datums: codes.filter((code) => code.startsWith(named)) } : { text, datums: codes };
}

// hold 20m · hold 2 h caller · hold until 06:00
const IN = /(?:^|\s)(\d{1,3})\s*(m|min|分|分钟|h|小时)(?=\s|$)/;
const AT = /(?:^|\s)(?:until |到)?([01]?\d|2[0-3])[:：]([0-5]\d)(?=\s|$)/;

export function readUntil(text) {
  const span = IN.exec(text);
  if (span) return { until: { minutes: Number(span[1]) * (/h|小时/.test(span[2]) ? 60 : 1) }, rest: text.replace(IN, " ").trim() };
  const clock = AT.exec(text);
  if (clock) return { until: { hour: Number(clock[1]), minute: Number(clock[2]) }, rest: text.replace(AT, " ").trim() };
  return { until: null, rest: text };
}

function matterOptions(verb, rest, world) {
  const open = world.open;
  const allowed = Boolean(open && verb.from.includes(open.state));
  const why = open ? "effectNotNow" : "effectSendNone";
  const option = (more) => ({ do: verb.form ? "form" : "matter", verb, matter: open, argument: null, ready: allowed, why: allowed ? "" : why, ...more });
  if (verb.takes === "matter") {
    return findMatters(rest, world.matters.filter((m) => m.id !== open?.id)).slice(0, 8).map((target) => option({ argument: target.id, target }));
  }
  if (verb.takes === "until") {
    const { until, rest: reason } = readUntil(rest);
    return choices(verb, reason).map((argument) => option({ argument, until, ready: allowed && Boolean(until), why: allowed ? (until ? "" : "effectUntil") : why }));
  }
  if (!verb.arguments) return [option()];
  return choices(verb, rest).map((argument) => option({ argument }));
}

export function findMatters(text, matters) {
  const asked = clean(text);
  if (!asked) return matters.slice(0, 8);
  const digits = asked.replace(/\D/g, "");
  return matters.filter(
    (m) => m.place.toLowerCase().includes(asked) || (digits.length > 1 && m.reference.replace(/\D/g, "").endsWith(digits)) || m.reference.includes(asked),
  );
}
