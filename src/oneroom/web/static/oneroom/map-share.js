/**
 * The room and the map apart, two windows of one browser, tell each other what is open and what was picked.
 *
 * Ids and positions only, and only between windows of this origin: what a window shows it fetches itself, with its rights.
 */

const NAME = "oneroom-map";

/** `heard` gets {kind, ...}: "open" {id, lon, lat, place}, "routes" {routes}, "gap" {cells}, "closures", "pick" {what}, "hello". */
export function share(heard) {
  const line = new BroadcastChannel(NAME);
  line.addEventListener("message", (event) => heard(event.data));
  return (kind, facts = {}) => line.postMessage({ kind, ...facts });
}
