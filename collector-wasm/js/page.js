// The browser, as far as the wasm reaches into it. Nothing here throws: what the browser refuses is false, or -1.

/** What the loader knows: where events go, and whom to tell. */
export const loader = {};

/** What the wasm can be asked for; `run` in `collector-wasm/src/browser.rs` says what goes with each. */
export const OPEN = 0;
export const CALL = 1;
export const HIDE = 2;
export const TICK = 3;
export const SETTLED = 4;
export const COUNT = 5;

const OURS = "firsthand.";

/** What comes of it, or undefined where the browser throws: the page comes first. */
export function attempt(act, ...given) {
  try {
    return act(...given);
  } catch {
    // What failed is missing from the counters' total.
  }
}

/** Listens, and throws nothing into the page. */
export const on = (target, name, then) =>
  target.addEventListener(name, (event) => attempt(then, event), { capture: true, passive: true });

/** The keys of what is kept on the device, in order. */
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(OURS)).sort();

/** All that is kept on the device: keys and values, one after the other. */
export const kept = () => attempt(() => keys().map((key) => key + "\x1e" + localStorage[key]).join("\x1e")) || "";

/** Gives the wasm what the loader has for it. */
export const fill = (bytes) => bytes.set(loader.given);

export const random = () => attempt(() => crypto.getRandomValues(new Uint32Array(1))[0]) ?? -1;

const text = (bytes) => new TextDecoder().decode(bytes);

/** Keeps bytes of UTF-8 as texts, or removes what is kept where there are none. */
export const keep = (key, value) =>
  !!attempt(() => (value.length ? localStorage.setItem(text(key), text(value)) : localStorage.removeItem(text(key)), true));

export const clear = () => attempt(() => keys().forEach((key) => localStorage.removeItem(key)));

export function wake(delay) {
  clearTimeout(loader.timer);
  loader.timer = setTimeout(() => loader.run(TICK), delay);
}

/** Sends bytes. The answer to a `flight` is told later; 0 is for a page that goes away. */
export function send(body, flight) {
  const request = { method: "POST", body, keepalive: true, credentials: "omit", priority: "low" };
  if (!flight)
    return !!(attempt(() => navigator.sendBeacon(loader.to, body)) || attempt(() => (fetchLater(loader.to, request), true)));
  const settle = (status, refused = 0) => loader.run(SETTLED, refused, flight, status);
  // An answer without verdicts is not from our edge: a hotel's sign-in page acknowledges nothing.
  const verdict = async (answer) => settle(answer.status, answer.ok ? (await answer.json()).rejected.length : 0);
  attempt(() => (fetch(loader.to, request).then(verdict).catch(() => settle(0)), true)) || setTimeout(settle, 0, 0);
  return true;
}
