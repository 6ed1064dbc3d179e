/**
 * Photos wait on the device until the server has them: kept in IndexedDB with their key and the time they were taken,
 * sent one by one, through reloads, dead spots and a server that starts anew. A definite no drops the photo and is told.
 *
 *   photos:changed  what waits changed
 *   photos:sent     detail {assignment}: the server has one more
 */

import { ActError, csrf, newKey } from "./act.js";

const STORE = "photos";
const LONGEST_PX = 2000;
const PATIENCE_MS = 60_000;
const WAIT_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const FAULTS = 6;

export function photoQueue({ account, words, say, projectTime }) {
  let memory = []; // of this person: {key, account, assignment, blob, taken}
  let kept = true; // false where this device keeps nothing: then the open page must do
  let busy = false;
  let failures = 0;
  let faults = 0;
  let timer = null;

  const ready = database()
    .then(async (db) => {
      memory = (await all(db)).filter((one) => one.account === account);
      return db;
    })
    .catch(() => {
      kept = false;
      return null;
    })
    .finally(() => {
      tell();
      soon(0);
    });

  async function add(assignment, file) {
    const one = { key: newKey(), account, assignment, blob: await smaller(file), taken: new Date(projectTime()).toISOString() };
    memory.push(one);
    const db = await ready;
    if (db) await put(db, one).catch(() => (kept = false));
    tell();
    soon(0);
  }

  function soon(wait) {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  }

  async function run() {
    if (busy) return;
    busy = true;
    let wait = null;
    try {
      wait = await (navigator.locks ? navigator.locks.request(`oneroom.photos.${account}`, drain) : drain());
    } finally {
      busy = false;
    }
    if (wait !== null) soon(wait);
  }

  async function drain() {
    while (memory.length) {
      const [first] = memory;
      try {
        await send(first);
        failures = faults = 0;
        await drop(first);
        say(words.photo_sent, { good: true });
        document.dispatchEvent(new CustomEvent("photos:sent", { detail: { assignment: first.assignment } }));
      } catch (error) {
        const status = error instanceof ActError ? error.status : 0;
        const again = status === 0 || status >= 500 || [401, 403, 408, 429].includes(status);
        if (again && !(status >= 500 && ![503, 507].includes(status) && ++faults >= FAULTS)) {
          if (status === 422 && error.field === "happened") first.taken = "";
          return WAIT_MS[Math.min(failures++, WAIT_MS.length - 1)];
        }
        if (status === 422 && error.field === "happened" && first.taken) {
          Object.assign(first, { taken: "", key: newKey() }); // the clocks differ: the time of arrival must do
          continue;
        }
        faults = 0;
        await drop(first);
        say(words.told_act.replace("{what}", words.photo).replace("{why}", error.message));
      }
    }
    return null;
  }

  async function send({ key, assignment, blob, taken }) {
    const form = new FormData();
    form.append("photo", blob, "photo.jpg");
    if (taken) form.append("happened", taken);
    const answer = await fetch(`/api/assignments/${assignment}/photo`, {
      method: "POST",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { "X-CSRFToken": csrf(), "Idempotency-Key": key, "Accept-Language": document.documentElement.lang },
      body: form,
    });
    const said = await answer.json().catch(() => ({ code: "fault", message: "" }));
    if (!answer.ok) throw new ActError(answer.status, said);
  }

  async function drop(one) {
    memory = memory.filter((other) => other !== one);
    const db = await ready;
    if (db) await remove(db, one.key).catch(() => {});
    tell();
  }

  const wake = () => memory.length && soon(0);
  window.addEventListener("online", wake);
  document.addEventListener("live:state", (event) => event.detail.state === "connected" && wake());
  document.addEventListener("visibilitychange", () => document.hidden || wake());

  return { add, waiting: (assignment) => memory.filter((one) => one.assignment === assignment).length, kept: () => kept };
}

/** The picture made smaller by the device, where it can: less to send. What it cannot read the server judges. */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85))) ?? file;
  } catch {
    return file;
  }
}

function tell() {
  document.dispatchEvent(new CustomEvent("photos:changed"));
}

// ---- IndexedDB, as promises ----

function database() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("oneroom", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

const settled = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
const store = (db, mode) => db.transaction(STORE, mode).objectStore(STORE);
const all = (db) => settled(store(db, "readonly").getAll());
const put = (db, one) => settled(store(db, "readwrite").put(one));
const remove = (db, key) => settled(store(db, "readwrite").delete(key));
