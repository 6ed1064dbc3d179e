// The door's own pages: a passkey is shown, and its form is sent.

import { passkeyForms } from "./passkey.js";

passkeyForms(document, (form) => form.submit());
