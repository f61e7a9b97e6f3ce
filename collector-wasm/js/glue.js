// What passes between the loader and the wasm: numbers, and texts as UTF-8 in the module's memory. wasm-bindgen writes such
// glue too, for every kind of value and every browser; ours have wasm and TextEncoder anyway, and so it is a fifth of that.
// What it relies on (a text is a pointer and a length, what the module is given it frees) is of the pinned version, and every
// story of the browser would fail without.

import { clear, keep, random, send, wake } from "./page.js";

/** Starts the wasm. Returns its functions, which take texts for texts. */
export async function start(wasm) {
  const bytes = (place, length) => new Uint8Array(exports[names.memory].buffer, place, length);
  const put = (text) => {
    const encoded = new TextEncoder().encode(text);
    const place = exports[names.__wbindgen_malloc](encoded.length, 1);
    bytes(place, encoded.length).set(encoded);
    return [place, encoded.length];
  };
  // wasm-opt gave all modules the name `a`, and their functions the names that bundle.mjs writes here.
  const functions = {
    [names.clear]: clear,
    [names.keep]: (...places) => keep(bytes(...places), bytes(...places.slice(2))),
    [names.random]: random,
    [names.send]: (place, length, flight) => send(bytes(place, length), flight),
    [names.wake]: wake,
  };
  const { exports } = (await WebAssembly.instantiate(wasm, { a: functions })).instance;
  return {
    open: (settings, stored) => exports[names.open](...put(settings), ...put(stored)),
    call: (now, at, stamped) => exports[names.call](now, at, ...put(stamped)),
    count: exports[names.count],
    hide: exports[names.hide],
    settled: exports[names.settled],
    tick: exports[names.tick],
  };
}
