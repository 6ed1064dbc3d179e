/**
 * The map: streets, areas, crews by state, incidents by grade, routes with their times. One for all pages.
 *
 *   const map = createMap(element, {language: "zh", words, interactive: true});
 *   map.setCrews([{id, lon, lat, state, label, age_s}]); map.onSelect(({kind, id}) => …);
 *
 * It returns at once and every method may be called at once: what is set before the streets are here is drawn when
 * they are. A device that draws no map (no WebGL 2) shows a sentence instead, and all methods stay harmless: the
 * lists beside the map carry the same facts. `element.dataset.map` says how it stands: waiting, ready or none.
 *
 * Keys, with the focus on the map: arrows, + and - (MapLibre's own), Home (the open incident, else the city), Enter
 * (pick the centre, where something may be picked).
 */

import { basemap } from "./map-ground.js";
import { addFrame } from "./map-frame.js";
import { PIXEL_RATIO, glyphs, shapeOf } from "./map-glyphs.js";
import { FIELDS, SELECTABLE, style } from "./map-style.js";

// A megabyte that draws: it comes after the page's own scripts, so that queue and command line never wait for it.
let library = null;

const STALE_S = 90; // an older fix is shown faint, with its age
const MOVE_MS = 1000;
const REACH_PX = 9; // how near to a sign a click must be
const RETRY_MS = [2000, 5000, 15_000];

export function createMap(element, { language = "zh", words = {}, interactive = true, legend = true, apart = "" } = {}) {
  const wanted = Object.fromEntries(FIELDS.map((name) => [name, []])); // features by source, kept until drawn
  const dirty = new Set();
  const selecting = [];
  const picking = [];
  let sketching = null; // while something is drawn every click is a point of it
  let canvas = null;
  let drawn = false;
  let bounds = null;
  let crews = new Map();
  let moving = null; // crews move once a second, however many fixes come: 500 of them are one source
  let putAt = -MOVE_MS;
  let open = null; // lon, lat of the open incident
  let view = null; // what to look at once drawn
  let frame = 0;
  let gone = false;
  let settle;
  const ready = new Promise((resolve) => (settle = resolve));

  element.classList.add("map");
  element.dataset.map = "waiting";
  addFrame(element, {
    words, interactive, legend, apart,
    zoomIn: () => canvas?.zoomIn({ duration: 160 }), zoomOut: () => canvas?.zoomOut({ duration: 160 }), home,
  });
  if (drawsMaps()) load(0);
  else none(words.no_map);

  function load(attempt) {
    drawing()
      .then(({ addProtocol }) => basemap(addProtocol))
      .then((city) => (city.refused === undefined ? draw(city) : none(city.refused || words.no_roads)))
      .catch(() => {
        tell(words.no_roads);
        if (!gone) setTimeout(load, RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)], attempt + 1);
      });
  }

  function draw(city) {
    if (gone) return;
    tell("");
    const token = reader(element);
    const [west, south, east, north] = city.bbox;
    bounds = [[west, south], [east, north]];
    try {
      canvas = new library.Map({
        container: element.querySelector(".map-canvas"),
        style: style(city.source, language, token),
        bounds, fitBoundsOptions: { padding: 12 },
        attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0,
        minZoom: 8, maxZoom: 18.5, interactive, fadeDuration: 0,
        locale: { "Map.Title": words.map ?? "" },
      });
    } catch {
      none(words.no_map);
      return;
    }
    canvas.touchZoomRotate.disableRotation();
    canvas.keyboard.disableRotation();
    for (const [name, picture] of Object.entries(glyphs(token))) canvas.addImage(name, picture, { pixelRatio: PIXEL_RATIO });
    addBox(canvas, "late-box", token("--clock-late-fill"));
    addBox(canvas, "post-box", token("--bg-4"));
    if (interactive) listen();
    canvas.once("load", () => {
      drawn = true;
      FIELDS.forEach((name) => dirty.add(name));
      flush();
      if (view) look(view.points, view.zoom, false);
      element.dataset.map = "ready";
      settle(true);
    });
  }

  // ---- what is on it ----

  function put(name, features) {
    wanted[name] = features;
    dirty.add(name);
    if (drawn && !frame) frame = requestAnimationFrame(flush); // many calls, one drawing
  }

  function flush() {
    frame = 0;
    if (gone) return;
    for (const name of dirty) canvas.getSource(name).setData(collection(wanted[name]));
    dirty.clear();
  }

  function putCrews() {
    clearTimeout(moving);
    moving = null;
    putAt = performance.now();
    put("crews", [...crews.values()].filter(placed).map((crew) => point(crew, crewFacts(crew))));
  }

  function look(points, zoom, smooth = true) {
    const seen = points.filter((at) => Array.isArray(at) && at.every(Number.isFinite));
    if (!seen.length) return;
    if (!drawn) {
      view = { points: seen, zoom };
      return;
    }
    const calm = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    const options = { duration: calm ? 0 : 280, padding: 0 };
    if (seen.length === 1) {
      canvas.easeTo({ center: seen[0], zoom: zoom ?? Math.max(canvas.getZoom(), 14.5), ...options });
      return;
    }
    const lons = seen.map((at) => at[0]);
    const lats = seen.map((at) => at[1]);
    const corners = [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
    canvas.fitBounds(corners, { ...options, padding: 64, maxZoom: zoom ?? 15.5 });
  }

  function home() {
    if (open) look([open], 14.5);
    else if (bounds) look(bounds, 18);
  }

  // ---- acting on it ----

  function listen() {
    canvas.on("click", (event) => {
      if (sketching) return sketching(plain(event.lngLat));
      const found = hit(event.point);
      if (found && selecting.length) selecting.forEach((fn) => fn(found));
      else picking.forEach((fn) => fn(plain(event.lngLat)));
      return undefined;
    });
    for (const layer of SELECTABLE) {
      canvas.on("mouseenter", layer, () => selecting.length && canvas.getCanvas().classList.add("is-over"));
      canvas.on("mouseleave", layer, () => canvas.getCanvas().classList.remove("is-over"));
    }
    canvas.getCanvas().addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Home") home();
      else if (event.key === "Enter" && sketching) sketching(plain(canvas.getCenter()));
      else if (event.key === "Enter" && picking.length) picking.forEach((fn) => fn(plain(canvas.getCenter())));
      else return;
      event.preventDefault();
      event.stopPropagation(); // the page's own Enter is something else
    });
  }

  function hit({ x, y }) {
    const box = [[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]];
    for (const layer of SELECTABLE) {
      const [feature] = canvas.queryRenderedFeatures(box, { layers: [layer] });
      if (feature) return { kind: layer, id: feature.properties.id };
    }
    return null;
  }

  // ---- the sentence where there is no map ----

  function tell(text) {
    const sentence = element.querySelector(".map-says");
    sentence.textContent = text ?? "";
    sentence.hidden = !text;
  }

  function none(text) {
    element.dataset.map = "none";
    element.querySelector(".map-controls")?.remove();
    tell(text);
    settle(false);
  }

  return {
    ready,
    setCrews(list) {
      crews = new Map(list.map((crew) => [crew.id, { ...crew }]));
      putCrews();
    },
    moveCrews(list) {
      for (const { id, ...facts } of list) if (crews.has(id)) Object.assign(crews.get(id), facts);
      moving ??= setTimeout(putCrews, Math.max(0, putAt + MOVE_MS - performance.now()));
    },
    setIncidents(list) {
      const shown = list.filter(placed);
      const opened = shown.find((incident) => incident.open);
      open = opened ? [opened.lon, opened.lat] : null;
      put("incidents", shown.map((incident) => point(incident, incidentFacts(incident))));
      put("late", shown.filter((i) => typeof i.late === "string" && i.late).map((i) => point(i, { late: i.late })));
    },
    setRoutes(list) {
      const shown = list.filter((route) => route.line?.length > 1);
      put("routes", shown.map(({ line, n = 1 }) => feature({ type: "LineString", coordinates: line }, { later: n > 2 })).reverse());
      put("keys", shown.map(({ line, n = 1, label = "", name = "" }) => feature({ type: "Point", coordinates: line[0] }, { n, label, name })));
    },
    /** Cells {half: [lon, lat], gap: [[lon, lat], …]} that nobody would reach in time if the chosen crews went. */
    setGap({ half, gap }) {
      put("gaps", gap.map((middle) => feature({ type: "Polygon", coordinates: [square(middle, half)] }, {})));
      element.classList.toggle("has-gap", gap.length > 0);
    },
    /** Squares {half, "60": [[lon, lat], …], "180", "300", open} by the circle of a free crew that each lies in. */
    setCover({ half, ...circles }) {
      const shown = Object.entries(circles).filter(([, middles]) => middles.length);
      put("cover", shown.flatMap(([circle, middles]) =>
        middles.map((middle) => feature({ type: "Polygon", coordinates: [square(middle, half)] }, { circle }))));
      element.classList.toggle("has-cover", shown.length > 0);
    },
    /** Places where crews should wait: [{lon, lat, label}]. */
    setPosts(list) {
      put("posts", list.filter(placed).map((post) => point(post, { label: post.label ?? "" })));
    },
    setStations(list) {
      put("stations", list.filter(placed).map((station) => point(station, { label: station.label ?? "" })));
    },
    setAreas(geojson) {
      put("areas", geojson?.features ?? []);
    },
    /** Areas of a comparison: {sign, shade, name, said} each. */
    setChange(geojson) {
      put("change", geojson?.features ?? []);
    },
    setPick(at) {
      put("pick", at ? [feature({ type: "Point", coordinates: at }, {})] : []);
    },
    onPick(fn) {
      picking.push(fn);
      element.classList.add("is-picking");
    },
    /** Every click, and Enter for the middle, is a point of a drawing, until `draw(null)`. */
    draw(fn) {
      sketching = fn;
      element.classList.toggle("is-picking", Boolean(fn) || picking.length > 0);
    },
    /** Closed streets [{lines, label, draft}], a draft among them in another colour. */
    setClosures(list) {
      const drawn = list.filter(({ lines }) => lines.length);
      put("closures", drawn.flatMap(({ lines, draft = false }) => lines.map((line) => feature({ type: "LineString", coordinates: line }, { draft }))));
      put("closed", drawn.filter((one) => !one.draft).map(({ lines, label = "" }) => {
        const line = lines[Math.floor(lines.length / 2)];
        return feature({ type: "Point", coordinates: between(line) }, { label });
      }));
    },
    onSelect: (fn) => selecting.push(fn),
    focus: (at, { zoom } = {}) => look([at], zoom),
    fit: (points, { zoom } = {}) => look(points, zoom),
    home,
    /** Where it looks at; null where nothing is drawn. */
    centre: () => (drawn ? plain(canvas.getCenter()) : null),
    /** The place of a position on the element, in pixels; null where nothing is drawn. */
    project: (at) => (drawn ? plainPoint(canvas.project(at)) : null),
    /** The ids of the signs that can be seen now: shown("crew"), shown("incident"). */
    shown: (kind) => (drawn ? canvas.queryRenderedFeatures({ layers: [kind] }).map((f) => f.properties.id) : []),
    /** The cells that are hatched, as the drawn map holds them (a promise). */
    posts: async () => (drawn ? (await canvas.getSource("posts").getData()).features.map((f) => f.properties.label) : []),
    covers: async () => (drawn ? (await canvas.getSource("cover").getData()).features.map((f) => f.properties.circle) : []),
    gaps: async () => (drawn ? (await canvas.getSource("gaps").getData()).features.map((f) => f.geometry.coordinates[0][0]) : []),
    /** The ways on it, each a line from a crew to the incident, as the drawn map holds them (a promise). */
    routes: async () => (drawn ? (await canvas.getSource("routes").getData()).features.map((f) => f.geometry.coordinates) : []),
    /** The closed streets on it, as the drawn map holds them (a promise). */
    closures: async () => (drawn ? (await canvas.getSource("closures").getData()).features.map((f) => ({ ...f.properties, line: f.geometry.coordinates })) : []),
    resize: () => canvas?.resize(),
    remove() {
      gone = true;
      clearTimeout(moving);
      cancelAnimationFrame(frame);
      canvas?.remove();
      element.replaceChildren();
    },
  };
}

function crewFacts({ id, state, label = "", age_s = 0, heading }) {
  const faint = age_s > STALE_S;
  const age = faint ? minutes(age_s) : "";
  const turned = state === "en_route" && Number.isFinite(heading) ? { heading } : {};
  return { id, state: shapeOf(state), faint, age, name: age ? `${label} ${age}` : label, ...turned };
}

function incidentFacts({ id, grade, late, open }) {
  const known = grade >= 1 && grade <= 4;
  return { id, late: Boolean(late), open: Boolean(open), image: known ? `grade-${grade}` : "grade-none", weight: known ? grade : 5 };
}

/** Reads the page's tokens as the element sees them. */
function reader(element) {
  const seen = getComputedStyle(element);
  return (name) => seen.getPropertyValue(name).trim();
}

/** A red box that stretches with its text. */
function addBox(canvas, name, colour) {
  const sheet = new OffscreenCanvas(16, 16);
  const pen = sheet.getContext("2d");
  pen.fillStyle = colour;
  pen.beginPath();
  pen.roundRect(0, 0, 16, 16, 6);
  pen.fill();
  const stretch = [[7, 9]];
  canvas.addImage(name, pen.getImageData(0, 0, 16, 16), {
    pixelRatio: PIXEL_RATIO, stretchX: stretch, stretchY: stretch, content: [2, 2, 14, 14],
  });
}

async function drawing() {
  if (!library) {
    library = await import("../vendor/maplibre-gl-6.17.0/maplibre-gl.mjs");
    library.setWorkerUrl(new URL("../vendor/maplibre-gl-6.17.0/maplibre-gl-worker.mjs", import.meta.url).href);
  }
  return library;
}

function drawsMaps() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

/** The middle of a line's middle stretch. */
function between(line) {
  const at = Math.floor((line.length - 1) / 2);
  const [a, b] = [line[at], line[Math.min(at + 1, line.length - 1)]];
  return line.length === 2 || line.length % 2 === 0 ? [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] : a;
}

const square = ([x, y], [w, h]) => [[x - w, y - h], [x + w, y - h], [x + w, y + h], [x - w, y + h], [x - w, y - h]];
const placed = ({ lon, lat }) => Number.isFinite(lon) && Number.isFinite(lat);
const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });
const point = ({ lon, lat }, properties) => feature({ type: "Point", coordinates: [lon, lat] }, properties);
const collection = (features) => ({ type: "FeatureCollection", features });
const plain = ({ lng, lat }) => [lng, lat];
const plainPoint = ({ x, y }) => ({ x, y });
const minutes = (s) => (s < 3600 ? `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}` : `${Math.floor(s / 3600)} h`);
