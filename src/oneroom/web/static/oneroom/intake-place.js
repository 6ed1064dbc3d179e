/**
 * The one box for a place: two streets, a road, a place, initials, or coordinates; or a click on the map.
 *
 * What is chosen is either a place of the list ({place_id}) or a point that the server has checked
 * ({lon, lat} in WGS-84, with what was typed kept as `given`). Typing after a choice takes the choice back: what is shown is what will be saved.
 */

import { act, ask } from "./act.js";

const PACE_MS = 130;
// What may become coordinates, so that their datum is asked at once; the server reads them in every spelling.
const NUMBERS = /^\s*(?:[NSEW]|[北南]纬|[东西]经)?\s*-?\d{1,3}(?:\.\d*|\s*[°度])[\d\s.,，;；/°度'′’分"″”秒NSEW北南东西纬经-]*$/i;

export function placeBox({ input, list, note, taken, datum, datumField, language, words, near = () => null, onChange, onTaken = () => {}, onRefused }) {
  let place = null;
  let offered = [];
  let active = -1;
  let timer = null;
  let asked = 0;

  const local = ({ zh, en }) => (language === "zh" ? zh || en : en || zh) || "";
  const other = ({ zh, en }) => (language === "zh" ? (zh ? en : "") : en ? zh : "") || "";

  input.addEventListener("input", (event) => {
    if (!event.isComposing) typed();
  });
  input.addEventListener("compositionend", typed);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") go(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && offered[active]) {
      choose(offered[active]);
      onTaken();
    }
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => setTimeout(close, 150)); // a click on the list comes first
  list.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[role=option]");
    if (!row) return;
    event.preventDefault();
    choose(offered[Number(row.dataset.index)]);
  });
  datum.addEventListener("change", typed);

  function typed() {
    const text = input.value.trim();
    set(null);
    clearTimeout(timer);
    asked += 1;
    const numbers = NUMBERS.test(text);
    datumField.hidden = !numbers;
    say("");
    if (!text) close();
    else timer = setTimeout(() => search(text, numbers), PACE_MS);
  }

  async function search(text, numbers = false) {
    const mine = (asked += 1);
    try {
      const [near_lon, near_lat] = near() ?? [];
      const beside = near_lon === undefined ? {} : { near_lon, near_lat };
      const { places, point } = await ask(`/api/places?${new URLSearchParams({ q: text, datum: numbers ? datum.value : "", ...beside })}`);
      if (mine !== asked) return;
      if (point) {
        close();
        datumField.hidden = false;
        if (point.given) take(point);
        else say(words.which_datum);
        return;
      }
      offered = places;
      if (places.length) open();
      else close();
      say(places.length ? "" : numbers ? words.bad_coordinates : words.none_found);
    } catch (error) {
      if (mine !== asked) return;
      close();
      if (numbers && error.status) return onRefused(error);
      say(error.message && error.status ? error.message : words.places_off);
    }
  }

  /** Ask what lies at a point, and take it if it is in the city and near a road. */
  async function locate(lon, lat, from = "WGS84") {
    const mine = (asked += 1);
    say(words.searching);
    try {
      const found = await act("/api/locate", { lon, lat, datum: from });
      if (mine !== asked) return;
      take(found);
    } catch (error) {
      if (mine !== asked) return;
      say("");
      if (error.status) onRefused(error);
      else say(words.places_off);
    }
  }

  function take(found) {
    say(found.off_m >= 10 ? words.on_road.replace("{off}", Math.round(found.off_m)) : "");
    set({ lon: found.lon, lat: found.lat, zh: found.zh, en: found.en, given: found.given });
  }

  function choose(row) {
    set({ place_id: row.id, lon: row.lon, lat: row.lat, zh: row.zh, en: row.en, number: row.number }); // what was typed stays
    datumField.hidden = true;
    say("");
    close();
  }

  function set(next) {
    place = next;
    taken.textContent = place ? `✓ ${local(place) || words.point}` : "";
    onChange(place);
  }

  function open() {
    active = 0;
    list.replaceChildren(...offered.map((row, index) => {
      const item = document.createElement("li");
      item.id = `place-${index}`;
      item.dataset.index = index;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === active));
      const name = part("span", "", `${local(row)} `);
      name.append(part("span", "faint", other(row)));
      item.append(name, part("span", "faint", words.kinds[row.kind] ?? ""), part("kbd", "key", index === 0 ? "↵" : "↓"));
      return item;
    }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-activedescendant", "place-0");
  }

  function close() {
    offered = [];
    active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function go(step) {
    list.children[active].setAttribute("aria-selected", "false");
    active = (active + step + offered.length) % offered.length;
    const row = list.children[active];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  }

  function say(text) {
    note.textContent = text ?? "";
  }

  return {
    /** What the API takes, or null. */
    value() {
      if (!place) return null;
      if (place.place_id) return { place_id: place.place_id };
      return { ...(place.given ?? { lon: place.lon, lat: place.lat, datum: "WGS84" }), ...(place.accuracy_m ? { accuracy_m: place.accuracy_m } : {}) };
    },
    place: () => place,
    set,
    pick([lon, lat]) {
      clearTimeout(timer);
      close();
      input.value = "";
      datumField.hidden = true;
      locate(lon, lat);
    },
    /** The coordinates typed, again: after a reload without a choice. */
    again: typed,
  };
}

function part(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
