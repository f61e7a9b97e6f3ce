// A call as the wasm is given it, as values again: the way back of steps.js.

import { FIELD } from "./steps.js";

/** In the loader's order. */
const VERBS = "page track identify alias group visit consent reset return elsewhere".split(" ");

/** A call: where it was made, which, of what, and the object that it was given. */
export function unfolded(text) {
  const [url, , , verb, name, other, ...steps] = text.split(FIELD);
  return { url, verb: VERBS[verb], name, other, fields: fieldsOf(steps) };
}

function fieldsOf(steps) {
  const around = [];
  let inner = {};
  let name;
  const put = (value) => (Array.isArray(inner) ? inner.push(value) : (inner[name] = value));
  const enter = (value) => (put(value), around.push([inner, name]), (inner = value));
  const acts = {
    ":": (rest) => (name = rest), "'": put, "#": (rest) => put(Number(rest)), "~": () => put(null), "-": () => put(false), "+": () => put(true),
    "[": () => enter([]), "{": () => enter({}), "}": () => ([inner, name] = around.pop()),
  };
  for (const step of steps) if (step) acts[step[0]](step.slice(1));
  return inner;
}
