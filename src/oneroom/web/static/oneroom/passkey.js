// Passkeys: ask the browser for one, or let it make one, and put what it gave into the form.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const unpacked = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

/**
 * Make the forms with `data-passkey` (get or create) work; a browser that cannot leaves them hidden. `send(form)` is
 * called when the form holds the credential.
 */
export function passkeyForms(root, send) {
  if (!window.PublicKeyCredential) return;
  for (const note of root.querySelectorAll("[data-without]")) note.hidden = true;
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const failed = form.querySelector("[data-failed]");
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      button.disabled = true;
      try {
        form.elements.credential.value = packed(await shown(form));
        await send(form);
      } catch {
        failed.hidden = false; // taken back, too slow, or no passkey here
        button.focus();
      } finally {
        button.disabled = false;
      }
    });
  }
}

async function wanted(form) {
  const inPage = document.getElementById("passkey-options");
  if (inPage) return JSON.parse(inPage.textContent).publicKey;
  const answer = await fetch(form.dataset.from, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return (await answer.json()).publicKey;
}

async function shown(form) {
  const asked = await wanted(form);
  asked.challenge = bytes(asked.challenge);
  if (form.dataset.passkey === "create") {
    asked.user.id = bytes(asked.user.id);
    asked.excludeCredentials = unpacked(asked.excludeCredentials);
    return navigator.credentials.create({ publicKey: asked });
  }
  asked.allowCredentials = unpacked(asked.allowCredentials);
  return navigator.credentials.get({ publicKey: asked });
}

function packed(credential) {
  const { id, rawId, type, response } = credential;
  const parts = PARTS.map((name) => (response[name] ? { [name]: text(response[name]) } : {}));
  const said = { id, rawId: text(rawId), type, response: Object.assign({}, ...parts) };
  return JSON.stringify({ ...said, clientExtensionResults: credential.getClientExtensionResults() });
}
