/** What stands around the map: controls, legend, credit, and the place of a sentence where nothing is drawn. */

import { svg } from "./map-glyphs.js";

const LEGEND = ["available", "assigned", "en_route", "on_scene", "busy"];
const CREDIT = "© OpenStreetMap contributors";

export function addFrame(element, { words, interactive, legend, apart, zoomIn, zoomOut, home }) {
  const ground = part("div", "map-canvas");
  const credit = part("a", "attrib", CREDIT);
  Object.assign(credit, { href: "https://www.openstreetmap.org/copyright", target: "_blank", rel: "noopener" });
  const sentence = part("p", "map-says");
  sentence.setAttribute("role", "status");
  sentence.hidden = true;
  element.append(ground, sentence, credit);
  if (interactive) {
    const controls = part("div", "mapctl map-controls");
    for (const [sign, name, act] of [["＋", words.zoom_in, zoomIn], ["－", words.zoom_out, zoomOut], ["◎", words.centre, home]]) {
      const button = part("button", "", sign);
      button.type = "button";
      button.title = name ?? "";
      button.setAttribute("aria-label", name ?? "");
      button.addEventListener("click", act);
      controls.append(button);
    }
    if (apart) {
      const link = part("a", "", "↗");
      Object.assign(link, { href: apart, target: "oneroom-map", title: words.apart ?? "" });
      link.setAttribute("aria-label", words.apart ?? "");
      controls.append(link);
    }
    element.append(controls, part("span", "map-cross"));
  }
  if (legend && words.states) {
    const list = part("div", "legend map-legend");
    for (const state of LEGEND) {
      const item = part("span", "st");
      item.dataset.s = state;
      item.append(svg(state), part("span", "st-word", words.states[state]));
      list.append(item);
    }
    list.append(part("span", "st legend-gap", words.gap ?? ""));
    for (const [circle, said] of Object.entries(words.circles ?? {})) {
      const item = part("span", "st legend-cover", said);
      item.dataset.circle = circle;
      list.append(item);
    }
    element.append(list);
  }
}

function part(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}
