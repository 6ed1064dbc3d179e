/**
 * The city under everything: its tiles (one PMTiles file, read in parts), or its plain streets while there are none.
 *
 * The library is a classic script: it is asked for only when there are tiles, and once per page.
 */

const LIBRARY = new URL("../vendor/pmtiles-4.5.0/pmtiles.js", import.meta.url).href;
let reading = null;

/** {bbox, source} for the style, or {refused: sentence}; rejects when the line is down. */
export async function basemap(addProtocol) {
  const city = await get("/map/basemap.json");
  if (city.refused !== undefined) return city;
  if (city.tiles && (await readsTiles(addProtocol))) {
    return { bbox: city.bbox, source: { type: "vector", url: `pmtiles://${new URL(city.tiles, location.href).href}` } };
  }
  const roads = await get(city.roads);
  if (roads.refused !== undefined) return roads;
  return { bbox: city.bbox, source: { type: "geojson", data: roads, tolerance: 0.3 } };
}

async function get(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang } });
  const said = await answer.json();
  return answer.ok ? said : { refused: said.message ?? "" };
}

function readsTiles(addProtocol) {
  reading ??= new Promise((settle) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.onload = () => {
      addProtocol("pmtiles", new globalThis.pmtiles.Protocol().tile);
      settle(true);
    };
    script.onerror = () => settle(false);
    document.head.append(script);
  });
  return reading;
}
