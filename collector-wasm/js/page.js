// The browser, as far as the wasm reaches into it. Nothing here throws: what the browser refuses is false, or -1.

/** What the loader knows: where events go, and whom to tell. */
export const loader = {};

const OURS = "firsthand.";

function attempt(act) {
  try {
    return act();
  } catch {
    return false;
  }
}

/** The keys of what is kept on the device, in order. */
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(OURS)).sort();

/** All that is kept on the device: keys and values, one after the other. */
export const kept = () => attempt(() => keys().map((key) => key + "\x1e" + localStorage[key]).join("\x1e")) || "";

export const random = () => attempt(() => crypto.getRandomValues(new Uint32Array(1)))[0] ?? -1;

const text = (bytes) => new TextDecoder().decode(bytes);

/** Keeps bytes of UTF-8 as texts, or removes what is kept where there are none. */
export const keep = (key, value) =>
  attempt(() => (value.length ? localStorage.setItem(text(key), text(value)) : localStorage.removeItem(text(key)), true));

export const clear = () => attempt(() => keys().forEach((key) => localStorage.removeItem(key)));

export function wake(delay) {
  clearTimeout(loader.timer);
  loader.timer = setTimeout(() => loader.run("tick"), delay);
}

/** Sends bytes. The answer to a `flight` is told later; 0 is for a page that goes away. */
export function send(body, flight) {
  const request = { method: "POST", body, keepalive: true, credentials: "omit", priority: "low" };
  if (!flight)
    return attempt(() => navigator.sendBeacon(loader.to, body)) || attempt(() => (fetchLater(loader.to, request), true));
  const settle = (status, refused = 0) => loader.run("settled", flight, status, refused);
  // An answer without verdicts is not from our edge: a hotel's sign-in page acknowledges nothing.
  const verdict = async (answer) => settle(answer.status, answer.ok ? (await answer.json()).rejected.length : 0);
  attempt(() => (fetch(loader.to, request).then(verdict).catch(() => settle(0)), true)) || setTimeout(settle, 0, 0);
  return true;
}
