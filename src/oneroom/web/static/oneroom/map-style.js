/**
 * What is drawn on the map and in which order: sources and layers, in the colours of the page's tokens.
 *
 * There is no glyph server: a style without `glyphs` makes MapLibre draw every script with the fonts of this
 * machine. Families are given as one list; a first family called "… semibold" is nobody's font, its name only
 * tells MapLibre the weight.
 */

const FAMILIES = [
  "Segoe UI", "SF Pro Text", "PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans",
];
const REGULAR = ["literal", FAMILIES];
const STRONG = ["literal", ["OneRoom semibold", ...FAMILIES]];

// The five weights of a road, and from which zoom on its name may stand.
const ROADS = [
  { classes: ["motorway", "trunk"], token: "--road-0", width: 3, named: 12 },
  { classes: ["primary", "motorway_link", "trunk_link"], token: "--road-1", width: 2.6, named: 12.6 },
  { classes: ["secondary", "primary_link"], token: "--road-2", width: 2, named: 13.2 },
  { classes: ["tertiary", "secondary_link"], token: "--road-3", width: 1.4, named: 14 },
  { classes: ["unclassified", "residential", "living_street", "service", "tertiary_link"], token: "--road-4", width: 1, named: 15 },
];
const BOTH_FROM = 15.5; // from this zoom a name has room for its twin in the other language
export const FIELDS = [
  "areas", "cover", "change", "posts", "gaps", "routes", "closures", "stations", "crews", "incidents", "late", "keys",
  "closed", "pick",
];
export const SELECTABLE = ["incident", "crew"]; // topmost first

const nothing = () => ({ type: "FeatureCollection", features: [] });

/** A MapLibre style over the city: `city` is the source of its streets (`class`, `zh`, `en`), tiles or plain GeoJSON. */
export function style(city, language, token) {
  const tiled = city.type === "vector";
  const sources = { city };
  for (const name of FIELDS) sources[name] = { type: "geojson", data: nothing(), tolerance: 0 };
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": token("--map-bg") } },
      {
        id: "area", type: "line", source: "areas",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--area-line"), "line-width": 1.2, "line-dasharray": [0.5, 4] },
      },
      ...(tiled ? ground(token) : []),
      {
        id: "cover", type: "fill", source: "cover", filter: ["!=", ["get", "circle"], "open"],
        paint: {
          "fill-color": token("--map-ink"), "fill-antialias": false,
          "fill-opacity": ["match", ["get", "circle"], "60", 0.62, "180", 0.42, 0.24],
        },
      },
      {
        id: "cover-open", type: "fill", source: "cover", filter: ["==", ["get", "circle"], "open"],
        paint: { "fill-pattern": "hatch", "fill-antialias": false, "fill-opacity": 0.55 },
      },
      ...ROADS.map((road, r) => street(road, r, token, tiled)).reverse(),
      ...change(token),
      {
        id: "gap", type: "fill", source: "gaps",
        paint: { "fill-pattern": "hatch", "fill-antialias": false },
      },
      {
        id: "route-case", type: "line", source: "routes", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--map-bg"), "line-width": 7 },
      },
      route("route-later", true, { "line-width": 2, "line-opacity": 0.75, "line-dasharray": [3.5, 2.5] }, token),
      route("route", false, { "line-width": 3, "line-opacity": 0.95 }, token),
      {
        id: "closure-case", type: "line", source: "closures", layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": token("--map-bg"), "line-width": 9 },
      },
      closure("closure", false, token("--bad")),
      closure("closure-draft", true, token("--accent")),
      ...ROADS.map((road, r) => streetNames(road, r, language, token, tiled)).reverse().flat(),
      ...(tiled ? [groundName(language, token)] : []),
      label("change-said", "change", {
        "text-field": [
          "format", ["get", "name"], {}, "\n", {}, ["get", "said"], { "text-font": STRONG, "text-color": token("--ink-1") },
        ],
        "text-font": REGULAR, "text-size": 12, "text-padding": 3,
        "symbol-sort-key": ["-", 0, ["get", "shade"]],
      }, { "text-color": token("--map-ink") }, token, ["all", ["==", ["get", "part"], "name"], ["!=", ["get", "said"], ""]]),
      label("station", "stations", {
        "icon-image": "station", "icon-allow-overlap": true, "text-field": ["get", "label"], "text-font": REGULAR,
        "text-size": 12, "text-variable-anchor": ["top", "bottom", "right", "left"], "text-radial-offset": 0.45,
        "text-optional": true,
      }, { "text-color": token("--map-ink") }, token),
      label("post", "posts", {
        "text-field": ["get", "label"], "text-font": STRONG, "text-size": 12, "text-allow-overlap": true,
        "icon-image": "post-box", "icon-text-fit": "both", "icon-text-fit-padding": [2, 5, 2, 5],
        "icon-allow-overlap": true,
      }, { "text-color": token("--ink-1") }, token),
      label("crew", "crews", {
        "icon-image": ["concat", "crew-", ["get", "state"]], "icon-rotate": ["coalesce", ["get", "heading"], 0],
        "icon-rotation-alignment": "map", "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], ["get", "age"], 13.6, ["get", "name"]], "text-font": REGULAR, "text-size": 12,
        "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.85, "text-optional": true,
      }, {
        "text-color": token("--ink-2"), "icon-opacity": ["case", ["get", "faint"], 0.45, 1],
        "text-opacity": ["case", ["get", "faint"], 0.75, 1],
      }, token),
      signs("ring-late", "incidents", ["==", ["get", "late"], true], "ring-late"),
      signs("ring-open", "incidents", ["==", ["get", "open"], true], "ring-open"),
      label("incident", "incidents", {
        "icon-image": ["get", "image"], "icon-allow-overlap": true, "symbol-sort-key": ["-", 9, ["get", "weight"]],
      }, {}, token),
      label("late-clock", "late", {
        "text-field": ["get", "late"], "text-font": STRONG, "text-size": 12, "text-anchor": "left",
        "text-offset": [1.9, 0], "icon-image": "late-box", "icon-text-fit": "both",
        "icon-text-fit-padding": [1, 5, 1, 5], "icon-allow-overlap": true, "text-allow-overlap": true,
      }, { "text-color": token("--ink-on"), "text-halo-width": 0 }, token),
      label("key", "keys", {
        "icon-image": ["concat", "key-", ["to-string", ["get", "n"]]], "icon-allow-overlap": true,
        "text-field": [
          "format", ["get", "label"], { "text-font": STRONG, "text-color": token("--ink-1") },
          ["case", ["==", ["get", "name"], ""], "", ["concat", "\n", ["get", "name"]]], {},
        ],
        "text-font": REGULAR, "text-size": 12, "text-justify": "auto", "text-line-height": 1.15,
        "text-variable-anchor": ["left", "right"], "text-radial-offset": 1.35, "text-allow-overlap": true,
      }, { "text-color": token("--map-ink") }, token),
      label("closed", "closed", {
        "icon-image": "closed", "icon-allow-overlap": true, "text-field": ["get", "label"], "text-font": STRONG,
        "text-size": 12, "text-variable-anchor": ["top", "bottom", "right", "left"], "text-radial-offset": 1.1,
        "text-optional": true,
      }, { "text-color": token("--bad") }, token),
      signs("pick", "pick", true, "pick"),
    ],
  };
}

/** Areas of which a plan changes something: fuller the more, slower ones hatched, too. */
function change(token) {
  const part = (id, type, filter, paint) => ({ id, type, source: "change", filter: ["all", ["==", ["get", "part"], "ground"], filter], paint });
  return [
    part("change", "fill", ["!=", ["get", "sign"], 0], {
      "fill-color": ["case", ["<", ["get", "sign"], 0], token("--crew-enroute"), token("--warn")],
      "fill-opacity": ["*", ["get", "shade"], ["case", ["<", ["get", "sign"], 0], 0.8, 0.5]], "fill-antialias": false,
    }),
    part("change-slower", "fill", [">", ["get", "sign"], 0], { "fill-pattern": "hatch-slower", "fill-antialias": false }),
    part("change-edge", "line", true, { "line-color": token("--bg-1"), "line-width": 1.5 }),
  ];
}

const roads = (tiled) => (tiled ? { source: "city", "source-layer": "roads" } : { source: "city" });

function ground(token) {
  return [["green", "--good-soft"], ["water", "--accent-soft"]].map(([kind, colour]) => ({
    id: kind, type: "fill", source: "city", "source-layer": "ground", filter: ["==", ["get", "class"], kind],
    paint: { "fill-color": token(colour), "fill-opacity": 0.55, "fill-antialias": false },
  }));
}

function groundName(language, token) {
  return {
    id: "ground-name", type: "symbol", source: "city", "source-layer": "ground", minzoom: 13,
    layout: { "text-field": ["concat", named(language), "\n", twin(language)], "text-font": REGULAR, "text-size": 12, "text-padding": 8 },
    paint: { "text-color": token("--map-ink"), "text-halo-color": token("--map-bg"), "text-halo-width": 1.6 },
  };
}

/** The name in the language of the page, or in the only one it has. */
function named(language) {
  const [first, second] = twins(language);
  return ["case", ["!=", ["get", first], ""], ["get", first], ["get", second]];
}

/** The name in the other language, where there are two. */
function twin(language) {
  const [first, second] = twins(language);
  return ["case", ["any", ["==", ["get", first], ""], ["==", ["get", first], ["get", second]]], "", ["get", second]];
}

const twins = (language) => (language === "en" ? ["en", "zh"] : ["zh", "en"]);

function street({ classes, token: colour, width }, r, token, tiled) {
  return {
    id: `road-${r}`, type: "line", ...roads(tiled),
    filter: ["in", ["get", "class"], ["literal", classes]],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": token(colour),
      "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 10, width * 0.55, 13, width, 17, width * 5],
    },
  };
}

// Under a name stands its twin in the other language, from where there is room. In a layer of its own: MapLibre sets
// Chinese upright along a steep street, and in one label with Latin its letters would stand upon each other.
function streetNames({ classes, named: from }, r, language, token, tiled) {
  const layer = (id, minzoom, text, offset) => ({
    id, type: "symbol", ...roads(tiled), minzoom,
    filter: ["in", ["get", "class"], ["literal", classes]],
    layout: {
      "symbol-placement": "line", "symbol-spacing": 320, "text-max-angle": 35, "text-padding": 4,
      "text-field": text, "text-font": REGULAR, "text-size": 12, "text-offset": [0, offset],
    },
    paint: { "text-color": token("--map-ink"), "text-halo-color": token("--map-bg"), "text-halo-width": 1.6 },
  });
  return [
    layer(`road-twin-${r}`, Math.max(from, BOTH_FROM), twin(language), 1.25),
    layer(`road-name-${r}`, from, named(language), 0),
  ];
}

function route(id, later, paint, token) {
  return {
    id, type: "line", source: "routes", filter: ["==", ["get", "later"], later],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": token("--crew-enroute"), ...paint },
  };
}

// Short strokes across the way, as a barrier is drawn; a line of its own colour and beat, so that it is no road or route.
function closure(id, draft, colour) {
  return {
    id, type: "line", source: "closures", filter: ["==", ["get", "draft"], draft],
    paint: { "line-color": colour, "line-width": 6, "line-dasharray": [0.5, 0.5] },
  };
}

function label(id, source, layout, paint, token, filter = true) {
  return { id, type: "symbol", source, filter, layout, paint: { "text-halo-color": token("--map-bg"), "text-halo-width": 1.6, ...paint } };
}

function signs(id, source, filter, name) {
  return {
    id, type: "symbol", source, filter,
    layout: { "icon-image": name, "icon-allow-overlap": true, "icon-ignore-placement": true },
  };
}
