// The loader: what a site embeds. It stamps every call with its own time and address, starts the wasm that is inlined
// here, and owns all that calls back: listeners, timers, the answers to requests. It decides nothing about events; where
// wasm is forbidden, fallback.js keeps the consent gate and counts pages.
//
// Nothing in here may throw into the page: every entry point goes through `safely`.

import { initSync, Collector } from "collector-glue";
import wasm from "collector-wasm-bytes";
import { fallback } from "./fallback.js";

const tag = document.currentScript;
const early = window.firsthand;

// Twice on a page is once: the first one goes on.
if (!(early && early.track)) safely(embed);

function safely(run, ...given) {
  try {
    return run(...given);
  } catch {
    // The page comes first; what failed is missing from the counters' total.
  }
}

/** Texts in one, each on a line of its own, whatever they are. */
function lines(...texts) {
  return texts.map((text) => String(text ?? "").replace(/\n/g, " ")).join("\n");
}

function embed() {
  const set = (tag && tag.dataset) || {};
  const base = new URL((tag && tag.src) || location.href, location.href);
  const endpoint = new URL(set.endpoint || base.origin, location.href).href.replace(/\/$/, "") + "/v1/batch";
  const on = {
    audience: set.audience === "on",
    manual: set.pages === "manual",
    objects: navigator.globalPrivacyControl === true || navigator.doNotTrack === "1",
  };
  const words = Object.keys(on).filter((word) => on[word]);
  const settings = lines(set.writeKey, set.query, navigator.language, words.join(" "));

  /** Calls nobody has taken yet: `[at, url, call]`, where the call is its lines. */
  const calls = [];
  let collector;
  let busy = false;
  let timer;

  function stamp([verb, ...given], at, url) {
    const named = () => {
      if (given[0] && typeof given[0] === "object") return "";
      const first = given.shift();
      return /string|number/.test(typeof first) ? first : "";
    };
    const name = named();
    const other = verb === "alias" ? named() : "";
    // What is given is copied now: the page may change it before the wasm is ready.
    calls.push([at || Date.now(), url || location.href, lines(verb, name, other, given[0] && JSON.stringify(given[0]))]);
  }

  // One at a time and in order, also when a broken page calls back from inside a browser function that we use.
  function drain() {
    if (!collector || busy) return;
    busy = true;
    try {
      while (calls.length) {
        const [at, url, call] = calls.shift();
        collector.call(at, lines(url, document.referrer, document.title) + "\n" + call);
      }
    } catch {
      trapped();
    }
    busy = false;
  }

  function run(method, ...given) {
    drain();
    if (!collector || busy) return;
    busy = true;
    try {
      collector[method](...given);
    } catch {
      trapped();
    }
    busy = false;
  }

  // A trap leaves the module's memory as it was in the middle of something: it is never called again.
  function trapped() {
    collector = fallback(set.writeKey, on, endpoint);
  }

  function push(args, at, url) {
    safely(stamp, args, at, url);
    safely(drain);
  }

  function post(body, flight) {
    const settled = (status) => safely(run, "settled", flight, status);
    const options = { method: "POST", body, keepalive: true, credentials: "omit", headers: { "content-type": "text/plain" } };
    try {
      // An answer that is no JSON is not from our edge: a hotel's sign-in page acknowledges nothing.
      const verdict = (answer) => (answer.ok && !/json/.test(answer.headers.get("content-type")) ? 0 : answer.status);
      fetch(endpoint, options).then((answer) => settled(verdict(answer)), () => settled(0)).catch(() => settled(0));
    } catch {
      setTimeout(settled, 0, 0);
    }
  }

  function wake(delay) {
    clearTimeout(timer);
    timer = setTimeout(() => safely(run, "tick"), delay);
  }

  function visit() {
    // The route's title is there once the page has drawn it: the call is stamped now and taken a moment later.
    safely(stamp, ["visit"]);
    setTimeout(() => safely(drain), 0);
  }

  function listen() {
    const on = (target, name, then) => target.addEventListener(name, (event) => safely(then, event));
    on(window, "pagehide", () => run("hide", true));
    on(document, "visibilitychange", () => document.visibilityState === "hidden" && run("hide", false));
    on(window, "pageshow", (event) => event.persisted && (push(["return"]), visit()));
    on(window, "online", () => run("tick"));
    on(window, "storage", (event) => (event.key === null || event.key === "firsthand.visitor") && push(["elsewhere"]));
    if (window.navigation) return on(navigation, "currententrychange", visit);
    on(window, "popstate", visit);
    for (const name of ["pushState", "replaceState"]) {
      const original = history[name];
      history[name] = function () {
        const returned = original.apply(this, arguments);
        safely(visit);
        return returned;
      };
    }
  }

  // What the page calls. `push(["track", …])` is what the stub in the page knows before this file is here.
  const api = { push: (args) => push(args), counters: () => safely(() => JSON.parse(collector.counters())) };
  for (const verb of ["page", "track", "identify", "group", "alias", "reset", "consent"]) {
    api[verb] = (...given) => push([verb, ...given]);
  }
  window.firsthand = api;

  function begin() {
    // The stub kept time and address of each call; the page it was made on was seen, even if another route is shown now.
    for (const [at, url, args] of (early && early.q) || []) {
      push(["visit"], at, url);
      push(args, at, url);
    }
    push(["visit"]);
    // A plain array kept neither: its calls count from now.
    if (Array.isArray(early)) for (const args of early) push(args);
    listen();
  }

  // A page that is drawn in advance is no visit until it is looked at.
  const shown = new Promise((resolve) => {
    if (!document.prerendering) return resolve(safely(begin));
    document.addEventListener("prerenderingchange", () => resolve(safely(begin)), { once: true });
  });
  const start = (made) => {
    collector = made;
    drain();
  };
  shown
    .then(() => {
      const bytes = Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0));
      const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      return new Response(inflated).arrayBuffer();
    })
    .then((bytes) => WebAssembly.compile(bytes))
    .then((module) => {
      initSync({ module });
      start(new Collector(settings, endpoint, post, wake));
    })
    .catch(() => safely(start, fallback(set.writeKey, on, endpoint)));
}
