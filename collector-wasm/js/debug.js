// Explains each decision of the collector while it is made: what was asked for and what became of it, what was kept, what
// left the browser, how large it was, and what was taken out of it. For a developer, in the console and for `firsthand:debug`
// listeners; it changes nothing, and no page that is not being debugged loads it.
//
//   <script src="…/collector/firsthand.debug.js"></script>      before the collector's own tag
//
// The collector hands its core to `firsthandDebug` when there is one; all else is seen from outside, as requests and storage.

import { explained } from "./explained.js";
import { CALL, COUNT, SETTLED } from "./page.js";
import { unfolded } from "./unfolded.js";
import { read } from "./wire.mjs";

const ENTRIES = 1_000;
/** What the core counts, by its place. */
const PLACES = { delivered: 0, measured: 1, refused: 2, junkIds: 3, malformed: 4, repeated: 5, overflowed: 6, rejected: 7, unsendable: 8, asking: 10, waiting: 11 };
const MARKS = /\[(email|card|phone|token)\]/;

/** Entries so far, the last ones. */
const log = [];
/** Addresses of pages as the page gave them. */
const addresses = new Set();

function attempt(act) {
  try {
    return act();
  } catch {
    // What cannot be explained goes on unexplained.
  }
}

/** Tells one thing: `kind` is call, sent, answer, kept or deleted. */
function tell(kind, detail) {
  const entry = { at: Date.now(), kind, ...detail };
  entry.text = explained(entry, document.documentElement.lang);
  log.push(entry);
  if (log.length > ENTRIES) log.shift();
  console.debug(`firsthand: ${entry.text}`, detail);
  dispatchEvent(new CustomEvent("firsthand:debug", { detail: entry }));
}

/** The paths of what was redacted. */
function redacted(value, path = "") {
  if (typeof value === "string") return MARKS.test(value) ? [path] : [];
  return Object.entries(value ?? {}).flatMap(([name, inner]) => redacted(inner, path ? `${path}.${name}` : name));
}

/** Query parameters that the page's address has and the event's has not: of the addresses that it may come from, the nearest. */
function cut(event) {
  const sent = new URL(event.context.page.url);
  const missing = ({ host, pathname, searchParams }) => {
    const has = (name) => searchParams.has(name);
    if (host !== sent.host || pathname !== sent.pathname || ![...sent.searchParams.keys()].every(has)) return [];
    return [[...searchParams.keys()].filter((name) => !sent.searchParams.has(name))];
  };
  return [...addresses].flatMap((address) => missing(new URL(address))).sort((a, b) => a.length - b.length)[0] ?? [];
}

function sent(how, body) {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body.buffer ?? body, body.byteOffset, body.byteLength);
  const { batch } = bytes[0] === 0x7b ? JSON.parse(new TextDecoder().decode(bytes)) : read(bytes.slice());
  tell("sent", { how, bytes: bytes.length, events: batch, redacted: batch.flatMap((event) => redacted(event)), cut: [...new Set(batch.flatMap((event) => attempt(() => cut(event)) ?? []))] });
}

/** Whether a request's body is a collector's. */
const ours = (body) => (typeof body === "string" ? body.startsWith('{"writeKey"') : (body?.[0] & 0xf0) === 0xf0);

/** Calls `after` with what a function of the browser is given, before it is called. */
function watch(owner, name, before) {
  const original = owner?.[name];
  if (!original) return;
  owner[name] = function (...given) {
    attempt(() => before.call(this, ...given));
    return original.apply(this, given);
  };
}

watch(Navigator.prototype, "sendBeacon", (_to, body) => ours(body) && sent("beacon", body));
for (const name of ["fetch", "fetchLater"]) watch(window, name, (_to, request) => ours(request?.body) && sent(name, request.body));
for (const [name, kind] of [["setItem", "kept"], ["removeItem", "deleted"]])
  watch(Storage.prototype, name, (key, value = "") => /^firsthand\./.test(key) && tell(kind, { key, value: value.replace(/[\0-\x1f]/g, " "), bytes: key.length + value.length }));

/** What an ask of the core is about, where it is about anything that a reader would know. */
const ABOUT = {
  [CALL](at, text) {
    const { url, verb, name, fields } = unfolded(text);
    addresses.add(url);
    return { kind: "call", at, verb, name, url, fields };
  },
  [SETTLED]: (refused, flight, status) => ({ kind: "answer", flight, status, refused }),
};

/** What the collector asks its core through: finds what became of events by what is counted otherwise than before. */
window.firsthandDebug = (core) => {
  const counts = () => Object.entries(PLACES).map(([name, place]) => [name, core(COUNT, 0, place)]);
  return (method, ...given) => {
    const before = attempt(counts);
    const about = attempt(() => ABOUT[method]?.(...given));
    const result = core(method, ...given);
    attempt(() => {
      const became = counts().map(([name, count], place) => [name, count - before[place][1]]).filter(([, change]) => change);
      if (about || became.length) tell(about?.kind ?? "turn", { ...about, became: Object.fromEntries(became) });
    });
    return result;
  };
};
window.firsthandDebug.log = log;
