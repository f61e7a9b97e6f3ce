// The loader: what a site embeds. It stamps every call with its own time and address, starts the wasm that is inlined
// here, and owns all that calls back: listeners, timers, the answers to requests. It decides nothing about events; where
// wasm is forbidden, fallback.js keeps the consent gate and counts pages.
//
// Nothing in here may throw into the page: every entry point goes through `attempt`.

import wasm from "collector-wasm-bytes";
import { observe } from "./automatic.js";
import { listenToBanners } from "./banners.js";
import { fallback } from "./fallback.js";
import { start as startWasm } from "./glue.js";
import { CALL, COUNT, HIDE, OPEN, TICK, attempt, kept, loader, on } from "./page.js";
import { FIELD, line, steps } from "./steps.js";

const tag = document.currentScript;
const early = window.firsthand;
/** What the page may ask for, and then what only the loader does. The wasm is told the place here. */
const VERBS = "page track identify alias group visit consent reset return elsewhere".split(" ");
const COUNTERS = "delivered measured refused junkIds malformed repeated overflowed rejected unsendable".split(" ");

// Twice on a page is once: the first one goes on.
if (!early?.track) attempt(embed);

function embed() {
  const set = tag?.dataset || {};
  const to = new URL(set.endpoint || new URL(tag?.src || location.href).origin, location.href).href.replace(/\/$/, "") + (set.path || "/v1/batch");
  const objects = navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";
  const insteadOfWasm = () => fallback(set.writeKey, set.pages === "manual", objects, to);

  /** Calls nobody has taken yet: `[at, fields]`. */
  const calls = [];
  let core;
  let busy = false;

  function stamp([verb, ...given], at, url) {
    const named = () => {
      if (given[0] && typeof given[0] === "object") return "";
      const first = given.shift();
      return /string|number/.test(typeof first) ? line(first) : "";
    };
    const name = named();
    const other = verb === "alias" ? named() : "";
    // What is given is copied now: the page may change it before the wasm is ready.
    // The first object is meant; what other libraries take behind it (options, callbacks) is no property.
    const object = given.find((value) => value && typeof value === "object");
    calls.push([at || Date.now(), url || location.href, [VERBS.indexOf(verb), name, other, ...steps({ ...object })]]);
  }

  // One at a time and in order, also when a broken page calls back from inside a browser function that we use.
  function run(method, ...given) {
    if (!core || busy) return;
    busy = true;
    try {
      while (calls.length) {
        const [at, url, call] = calls.shift();
        core(CALL, at, [line(url), line(document.referrer), line(document.title), ...call].join(FIELD));
      }
      if (method) core(method, ...given);
    } catch {
      // A trap leaves the module's memory as it was in the middle of something: it is never called again.
      core = insteadOfWasm();
    }
    busy = false;
  }

  function push(args, at, url) {
    attempt(stamp, args, at, url);
    attempt(run);
  }

  const auto = (set.auto ?? "links downloads forms engagement").split(" ");
  const left = attempt(observe, auto, push) || (() => {});

  function visit() {
    attempt(left);
    // The route's title is there once the page has drawn it: the call is stamped now and taken a moment later.
    attempt(stamp, ["visit"]);
    setTimeout(() => attempt(run), 0);
  }

  function hide(leaving) {
    attempt(left);
    run(HIDE, 0, leaving);
  }

  function elsewhere(key) {
    if (key === null || key === "firsthand.visitor") {
      calls.push([Date.now(), location.href, [VERBS.indexOf("elsewhere"), "", "", kept()]]);
      run();
    }
  }

  function listen() {
    on(window, "pagehide", () => hide(true));
    on(document, "visibilitychange", () => document.visibilityState === "hidden" && hide(false));
    on(window, "pageshow", (event) => event.persisted && (push(["return"]), visit()));
    on(window, "online", () => run(TICK));
    on(window, "storage", (event) => elsewhere(event.key));
    if (window.navigation) return on(navigation, "currententrychange", visit);
    on(window, "popstate", visit);
    on(window, "hashchange", visit);
    for (const name of ["pushState", "replaceState"]) {
      const original = history[name];
      // Where a page has taken it away, it stays away.
      if (!original) continue;
      history[name] = function () {
        const returned = original.apply(this, arguments);
        attempt(visit);
        return returned;
      };
    }
  }

  // What the page calls. `push(["track", …])` is what the stub in the page knows before this file is here.
  const counters = () => Object.fromEntries(COUNTERS.map((name, place) => [name, core(COUNT, 0, place)]));
  const api = { push: (args) => push(args), counters: () => attempt(counters) };
  for (const verb of ["page", "track", "identify", "group", "alias", "reset", "consent"]) {
    api[verb] = (...given) => push([verb, ...given]);
  }
  window.firsthand = api;

  function begin() {
    // The stub kept time and address of each call; the page it was made on was seen, even if another route is shown now.
    for (const [at, url, args] of early?.q || []) {
      push(["visit"], at, url);
      push(args, at, url);
    }
    push(["visit"]);
    // A plain array kept neither: its calls count from now.
    if (Array.isArray(early)) for (const args of early) push(args);
    attempt(listenToBanners, set.banner, (answers) => push(["consent", answers]));
    listen();
  }

  // A page that is drawn in advance is no visit until it is looked at.
  const shown = new Promise((resolve) => {
    if (!document.prerendering) return resolve(attempt(begin));
    document.addEventListener("prerenderingchange", () => resolve(attempt(begin)), { once: true });
  });
  const start = (made) => {
    // The debug mode, where its own file is there (debug.js).
    core = window.firsthandDebug ? firsthandDebug(made) : made;
    run();
  };
  Object.assign(loader, { to, run: (...given) => attempt(run, ...given) });
  shown
    .then(() => startWasm(Uint8Array.from(wasm, (c) => c.charCodeAt(0))))
    .then((made) => {
      const settings = [set.writeKey, (set.query || "").replace(/\s/g, ""), navigator.language, set.audience, set.pages, objects];
      made(OPEN, 0, settings.map(line).join(FIELD) + "\x1e" + kept());
      start(made);
    })
    .catch(() => attempt(start, insteadOfWasm()));
}
