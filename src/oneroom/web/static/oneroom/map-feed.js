// What the room's lists and stream tell a map, beside the lists or apart from them: crews as they move, matters by
// grade, stations and their areas.

import { now } from "./room-time.js";

// `crews` and `matters` give the rows of the lists, `open` the matter that is open, as a map takes it, or null.
export function feed(map, { crews, matters, open, language }) {
  const latest = new Map(); // crew → newest fix, from the page or the stream, whichever is younger

  function younger(id, fix) {
    const before = latest.get(id);
    if (!before || before.at < fix.at) latest.set(id, fix);
  }

  function showCrews() {
    const here = [...crews()];
    const ids = new Set(here.map((e) => Number(e.dataset.crew)));
    for (const id of latest.keys()) if (!ids.has(id)) latest.delete(id);
    const shown = here.map((e) => {
      const id = Number(e.dataset.crew);
      if (e.dataset.lon) younger(id, { lon: Number(e.dataset.lon), lat: Number(e.dataset.lat), at: Date.parse(e.dataset.fix) });
      const fix = latest.get(id);
      return fix && { id, lon: fix.lon, lat: fix.lat, heading: fix.heading, age_s: age(fix), state: e.dataset.s, label: e.dataset.name };
    });
    map.setCrews(shown.filter(Boolean));
  }

  function moved({ positions, gone = [] }) {
    for (const id of gone) latest.delete(id);
    const shown = [];
    for (const p of positions) {
      const id = Number(p.crew ?? p.crew_id);
      younger(id, { lon: p.lon, lat: p.lat, at: typeof p.at === "number" ? p.at * 1000 : Date.parse(p.at), heading: p.heading });
      const fix = latest.get(id);
      shown.push({ id, lon: fix.lon, lat: fix.lat, heading: fix.heading ?? undefined, age_s: age(fix) });
    }
    map.moveCrews(shown);
    if (gone.length) showCrews();
  }

  function showMatters() {
    const matter = open();
    const shown = [...matters()].map((r) => {
      const { incident, lon, lat, grade, place } = r.dataset;
      const late = r.querySelector(".row .clock.is-late")?.textContent ?? false;
      return { id: Number(incident), lon: Number(lon), lat: Number(lat), grade: Number(grade), late, open: Number(incident) === matter?.id, label: place };
    });
    if (matter && Number.isFinite(matter.lon) && !shown.some((s) => s.open)) {
      shown.push({ ...matter, late: false, open: true, label: matter.place });
    }
    map.setIncidents(shown);
  }

  async function showStations() {
    const answer = await fetch("/map/areas.json").catch(() => null);
    if (!answer?.ok) return;
    const said = await answer.json();
    if (said.areas) map.setAreas(said.areas);
    map.setStations((said.stations ?? []).map((s) => ({ id: s.id, lon: s.lon, lat: s.lat, label: language === "en" ? s.en : s.zh })));
  }

  return { latest, showCrews, moved, showMatters, showStations };
}

export const age = (fix) => Math.max(0, Math.round((now() - fix.at) / 1000));
