/** Asks for the session as soon as the page's code is there: the browser looks it up while React is evaluated. */
import { session } from "./session";

export const started = session.start();
