/**
 * The small signs of the map, drawn once into images: a shape for each crew state, a diamond for each grade.
 *
 * The same shapes stand in the lists (templates/_symbols.html), so that colour never speaks alone. Colours come
 * from the page's tokens, so the map follows its theme.
 */

const RATIO = 2; // drawn at twice the size, for sharp edges on dense screens

// Paths in a box from -6 to 6; `fill` or `stroke` says how they are drawn.
export const STATES = {
  available: [{ d: "M4 0A4 4 0 1 1 -4 0A4 4 0 1 1 4 0Z", stroke: 2.4 }],
  assigned: [
    { d: "M4 0A4 4 0 1 1 -4 0A4 4 0 1 1 4 0Z", stroke: 2 },
    { d: "M0 -4A4 4 0 0 1 0 4Z", fill: true },
  ],
  en_route: [{ d: "M0 -5.5 5 5 0 2.6 -5 5Z", fill: true }],
  on_scene: [{ d: "M-4.4 -4.4H4.4V4.4H-4.4Z", fill: true }],
  busy: [{ d: "M-5 -1.5H5V1.5H-5Z", fill: true }],
  meal: [
    { d: "M-5 -3.5H5V-1.3H-5Z", fill: true },
    { d: "M-5 1.3H5V3.5H-5Z", fill: true },
  ],
  off: [{ d: "M-4 -4 4 4M4 -4 -4 4", stroke: 2 }],
};
// A state without a shape of its own takes that of the one it is like.
const LIKE = { at_centre: "busy", out_of_service: "off", off_duty: "off" };
const COLOUR = {
  available: "--crew-available",
  assigned: "--crew-assigned",
  en_route: "--crew-enroute",
  on_scene: "--crew-scene",
  busy: "--crew-busy",
  meal: "--crew-busy",
  off: "--crew-off",
};
// fill, line and digit of each grade's diamond
const GRADES = {
  1: ["--g1-bg", "--g1-bg", "--g1-ink"],
  2: ["--g2-bg", "--g2-bg", "--g2-ink"],
  3: ["--map-bg", "--g3-line", "--g3-ink"],
  4: ["--map-bg", "--line-3", "--g4-ink"],
};

/** The shape that stands for a crew state. */
export const shapeOf = (state) => (STATES[state] ? state : LIKE[state] ?? "off");

/** Every image of the map: {name: ImageData}; all at twice their size. */
export function glyphs(token) {
  const images = {};
  for (const state of Object.keys(STATES)) images[`crew-${state}`] = crew(state, token);
  for (const grade of [1, 2, 3, 4]) images[`grade-${grade}`] = diamond(11.5, GRADES[grade], token, { digit: grade });
  images["grade-none"] = diamond(11.5, ["--map-bg", "--accent", "--ink-1"], token, { digit: "?" });
  images["ring-open"] = diamond(20, [null, "--accent"], token, { width: 2.5 });
  images["ring-late"] = diamond(17, [null, "--clock-late"], token, { width: 3 });
  for (let n = 1; n <= 9; n += 1) images[`key-${n}`] = key(n, token);
  images.pick = pick(token);
  images.station = dot(token);
  images.hatch = hatch(token("--hole"));
  images["hatch-slower"] = hatch(token("--warn"));
  images.closed = closed(token);
  return images;
}

/** A crew state's sign for HTML: an <svg> in the current colour. */
export function svg(state) {
  const space = "http://www.w3.org/2000/svg";
  const root = document.createElementNS(space, "svg");
  root.setAttribute("viewBox", "-6 -6 12 12");
  root.setAttribute("aria-hidden", "true");
  for (const part of STATES[state]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", part.d);
    path.setAttribute("class", part.fill ? "sign-fill" : "sign-line");
    if (part.stroke) path.setAttribute("stroke-width", part.stroke);
    root.append(path);
  }
  return root;
}

function canvas(size) {
  const sheet = new OffscreenCanvas(size * RATIO, size * RATIO);
  const pen = sheet.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.translate(size / 2, size / 2);
  pen.lineJoin = pen.lineCap = "round";
  return pen;
}

const image = (pen) => pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);

function crew(state, token) {
  const pen = canvas(22);
  pen.scale(1.3, 1.3);
  const parts = STATES[state].map((part) => ({ ...part, path: new Path2D(part.d) }));
  pen.strokeStyle = token("--map-bg"); // a rim of ground keeps the sign apart from a road of its colour
  for (const part of parts) {
    pen.lineWidth = (part.stroke ?? 0) + 2.6;
    pen.stroke(part.path);
  }
  pen.strokeStyle = pen.fillStyle = token(COLOUR[state]);
  for (const part of parts) {
    pen.lineWidth = part.stroke ?? 0;
    if (part.fill) pen.fill(part.path);
    else pen.stroke(part.path);
  }
  return image(pen);
}

function diamond(half, [fill, line, ink], token, { width = 1.5, digit } = {}) {
  const pen = canvas(2 * half + 8);
  const path = new Path2D(`M0 ${-half} ${half} 0 0 ${half} ${-half} 0Z`);
  if (fill) {
    pen.strokeStyle = token("--map-bg");
    pen.lineWidth = width + 2.5;
    pen.stroke(path);
    pen.fillStyle = token(fill);
    pen.fill(path);
  }
  pen.strokeStyle = token(line);
  pen.lineWidth = width;
  pen.stroke(path);
  if (digit) write(pen, digit, token(ink), token);
  return image(pen);
}

function key(n, token) {
  const pen = canvas(28);
  circle(pen, 11);
  pen.fillStyle = token("--map-bg");
  pen.fill();
  pen.strokeStyle = token("--crew-available");
  pen.lineWidth = 2;
  pen.stroke();
  write(pen, n, token("--ink-1"), token);
  return image(pen);
}

/** Slanted lines that go on without a seam: what nobody would reach in time. */
function hatch(colour) {
  const side = 8;
  const pen = canvas(side);
  pen.translate(-side / 2, -side / 2);
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.6;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const from of [-side, 0, side]) {
    pen.moveTo(from, side);
    pen.lineTo(from + side, 0);
  }
  pen.stroke();
  return image(pen);
}

function pick(token) {
  const pen = canvas(44);
  for (const [colour, width] of [["--map-bg", 4.5], ["--accent", 2]]) {
    pen.strokeStyle = token(colour);
    pen.lineWidth = width;
    circle(pen, 13);
    pen.stroke();
    pen.stroke(new Path2D("M0 -20V-8M0 20V8M-20 0H-8M20 0H8"));
  }
  circle(pen, 3);
  pen.fillStyle = token("--accent");
  pen.fill();
  return image(pen);
}

/** The sign of no entry: a disc with a bar. */
function closed(token) {
  const pen = canvas(24);
  circle(pen, 9);
  pen.fillStyle = token("--clock-late-fill");
  pen.strokeStyle = token("--map-bg");
  pen.lineWidth = 2;
  pen.fill();
  pen.stroke();
  pen.fillStyle = "#fff";
  pen.fillRect(-5.5, -1.6, 11, 3.2);
  return image(pen);
}

function dot(token) {
  const pen = canvas(8);
  pen.fillStyle = token("--map-ink");
  pen.fillRect(-2, -2, 4, 4);
  return image(pen);
}

function circle(pen, radius) {
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
}

function write(pen, text, colour, token) {
  pen.font = `700 12px ${token("--font")}`;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  pen.fillStyle = colour;
  pen.fillText(String(text), 0, 4.3);
}

export const PIXEL_RATIO = RATIO;
