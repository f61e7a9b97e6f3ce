// What passes between the loader and the wasm: numbers, and texts as UTF-8 in the module's memory. wasm-bindgen writes such
// glue too, for every kind of value and every browser; ours have wasm and TextEncoder anyway, and so it is a fifth of that.
// What it relies on (a text is a pointer and a length, what the module is given it frees) is of the pinned version, and every
// story of the browser would fail without.

import { clear, keep, random, send, wake } from "./page.js";

/** Starts the wasm. Returns its functions, which take texts for texts. */
export async function start(wasm) {
  const bytes = (place, length) => new Uint8Array(exports.memory.buffer, place, length);
  const text = (place, length) => new TextDecoder().decode(bytes(place, length));
  const put = (text) => {
    const encoded = new TextEncoder().encode(text);
    const place = exports.__wbindgen_malloc(encoded.length, 1);
    bytes(place, encoded.length).set(encoded);
    return [place, encoded.length];
  };
  const functions = {
    clear,
    keep: (...places) => keep(text(...places), text(...places.slice(2))),
    random,
    send: (place, length, flight) => send(bytes(place, length), flight),
    wake,
  };
  // The module asks for a function by its name with a hash around it, and for the making of a table of objects, which it never has.
  const named = { get: (_, name) => functions[name.split("_").find((word) => functions[word])] || clear };
  const { exports } = (await WebAssembly.instantiate(wasm, new Proxy({}, { get: () => new Proxy({}, named) }))).instance;
  return {
    ...exports,
    open: (settings, stored) => exports.open(...put(settings), ...put(stored)),
    call: (now, at, stamped) => exports.call(now, at, ...put(stamped)),
  };
}
