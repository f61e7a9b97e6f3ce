// What passes between the loader and the wasm: numbers, and bytes in the module's memory, which the module asks for. wasm-bindgen
// writes such glue too, for every kind of value and every browser; ours is a fraction of that. What it relies on (bytes are a
// place and a length) is of the pinned version, and every story of the browser would fail without.

import { HIDE, clear, fill, keep, loader, random, send, wake } from "./page.js";

/** Starts the wasm. Returns the function that asks it for something: a method, and what goes with it. */
export async function start(wasm) {
  const bytes = (place, length) => new Uint8Array(exports[names.memory].buffer, place, length);
  // wasm-opt gave all modules the name `a`, and their functions the names that bundle.mjs writes here.
  const functions = {
    [names.clear]: clear,
    [names.fill]: (...place) => fill(bytes(...place)),
    [names.keep]: (...places) => keep(bytes(...places), bytes(...places.slice(2))),
    [names.random]: random,
    [names.send]: (place, length, flight) => send(bytes(place, length), flight),
    [names.wake]: wake,
  };
  const { exports } = (await WebAssembly.instantiate(wasm, { a: functions })).instance;
  return (method, first = 0, second = 0, third = 0) => {
    if (method < HIDE) second = (loader.given = new TextEncoder().encode(second)).length;
    return exports[names.run](method, Date.now(), first, second, third);
  };
}
