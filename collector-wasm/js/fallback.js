// What is left where a page's policy forbids wasm (`script-src` without 'wasm-unsafe-eval') or the module trapped: the same
// consent gate, page views by beacon after consent, no id, nothing stored, nothing else sent. What an earlier page stored
// goes when the visitor refuses or the browser objects.

import { CALL, clear } from "./page.js";

/** The verbs that it knows, by their places among the loader's. */
const [PAGE, VISIT, CONSENT, RESET] = "0567";

/** A stand-in for the wasm: `manual` pages are not counted, and where the browser `objects` nothing is. */
export function fallback(writeKey, manual, objects, endpoint) {
  let answers = {};
  let held = [];
  let last;

  if (objects) clear();
  const granted = () => !objects && answers.analytics === true;

  // Stricter than the wasm, because it is simpler: no query at all, and no part of a path that could name a person.
  function clean(url) {
    const { origin, pathname } = new URL(url);
    const path = pathname
      .split("/")
      .map((part) => (/@|%40|%25|\d{8}|[\w-]{20}/.test(part) ? "[redacted]" : part))
      .join("/");
    return { url: origin + path, path, referrer: "", title: "" };
  }

  function send() {
    const batch = held.map(([at, page]) => ({
      type: "page",
      messageId: crypto.getRandomValues(new Uint32Array(4)).join("-"),
      timestamp: new Date(at).toISOString(),
      context: { page, consent: { categoryPreferences: answers } },
    }));
    held = [];
    const body = JSON.stringify({ writeKey, sentAt: new Date().toISOString(), batch });
    if (batch.length) navigator.sendBeacon(endpoint, body);
  }

  function call(at, fields) {
    const [url, , , verb, , , ...steps] = fields.split("\x1f");
    if (verb === CONSENT) {
      steps.forEach((step, place) => /^[+-]/.test(step) && (answers[steps[place - 1].slice(1)] = step[0] === "+"));
      if (answers.analytics === false) {
        held = [];
        clear();
      }
    } else if (verb === RESET) {
      answers = {};
      held = [];
      clear();
    } else if (verb === PAGE || (verb === VISIT && !manual)) {
      const page = clean(url);
      if (page.url !== last && answers.analytics !== false && held.length < 50) held.push([at, page]);
      last = page.url;
    }
    if (granted()) send();
  }

  return (method, at, fields) => {
    if (method === CALL) call(at, fields);
  };
}
