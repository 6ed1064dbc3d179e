// For a page of the staff that shows nothing live: that the house works degraded is said on it as on every other (R6).

import { connect } from "./live.js";

connect();
