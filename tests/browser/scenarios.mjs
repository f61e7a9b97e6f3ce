// What the collector does in a real browser, one story each, against a site of its own (site.mjs).
//
//   node scenarios.mjs NAME
//
// Prints one JSON object: the bodies that arrived at the edge, what the device keeps, what the page threw.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { kept, sleep, withBrowser } from "./chromium.mjs";
import { policy, serve } from "./site.mjs";

const GRANT = '<script>firsthand.push(["consent", {"analytics": true}])</script>';
const ready = (page) => page.waitForFunction(() => window.firsthand.counters && window.firsthand.counters());

/** Calls the collector in the page, as a site does. */
const say = (page, ...calls) => page.evaluate((calls) => calls.forEach((call) => window.firsthand.push(call)), calls);

/** Waits until `enough()` or twelve seconds are over: a test that waits for nothing to come has to end too. */
async function until(enough) {
  for (const end = Date.now() + 12_000; Date.now() < end && !enough(); ) await sleep(25);
}

/** Breaks one thing that the collector uses, before any script of the page runs. */
const breakages = {
  storage: () => Object.defineProperty(window, "localStorage", { get: () => { throw new Error("blocked"); } }),
  "no storage": () => Object.defineProperty(window, "localStorage", { value: null }),
  "full storage": () => (Storage.prototype.setItem = () => { throw new Error("full"); }),
  "storage that keeps": () => (Storage.prototype.removeItem = () => { throw new Error("no"); }),
  randomness: () => (crypto.getRandomValues = () => { throw new Error("none"); }),
  "no randomness": () => delete window.crypto,
  beacons: () => delete Navigator.prototype.sendBeacon,
  "refused beacons": () => (Navigator.prototype.sendBeacon = () => { throw new Error("no"); }),
  requests: () => (window.fetch = () => { throw new Error("no"); }),
  "no requests": () => delete window.fetch,
  "late requests": () => (window.fetch = () => Promise.reject(new Error("no"))),
  "odd answers": () => (Response.prototype.json = () => Promise.resolve(null)),
  "deferred requests": () => (window.fetchLater = () => { throw new Error("quota"); }),
  navigation: () => delete window.navigation,
  "history.pushState": () => {
    delete window.navigation;
    delete History.prototype.pushState;
    delete History.prototype.replaceState;
  },
  wasm: () => delete window.WebAssembly,
  "wasm that fails": () => (WebAssembly.instantiate = () => Promise.reject(new Error("no"))),
  json: () => (JSON.stringify = () => { throw new Error("no"); }),
  encoding: () => delete window.TextEncoder,
  decoding: () => delete window.TextDecoder,
  addresses: () => delete window.URL,
  listeners: () => (EventTarget.prototype.addEventListener = () => { throw new Error("no"); }),
  clock: () => (Date.now = () => NaN),
  "timer that is not": () => (window.clearTimeout = () => { throw new Error("no"); }),
  "page clock": () => delete window.performance,
  referrer: () => Object.defineProperty(Document.prototype, "referrer", { get: () => { throw new Error("no"); } }),
  title: () => Object.defineProperty(Document.prototype, "title", { get: () => { throw new Error("no"); } }),
  language: () => Object.defineProperty(Navigator.prototype, "language", { get: () => { throw new Error("no"); } }),
  signals: () => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => { throw new Error("no"); } }),
  "own tag": () => Object.defineProperty(Document.prototype, "currentScript", { get: () => null }),
  elements: () => delete Element.prototype.closest,
  "re-entrance": () => (window.fetch = () => { window.firsthand.track("Within"); return new Promise(() => {}); }),
};

const stories = {
  /** Nobody answers the banner. */
  async pending(run) {
    const { page, site } = await run();
    await say(page, ["track", "Browsed", { a: 1 }], ["identify", "u-17", { email: "jo@example.com" }]);
    await page.evaluate(() => history.pushState({}, "", "/bare/two"));
    await sleep(2_500);
    const device = await kept(page.context(), page);
    await page.goto(site.base + "bare/three");
    return device;
  },

  /** The visitor refuses; other purposes than analytics may be granted. */
  async refused(run) {
    const { page, site } = await run();
    await say(page, ["track", "Before"], ["consent", { analytics: false, email_marketing: true }], ["track", "After"]);
    await sleep(2_500);
    const device = await kept(page.context(), page);
    await page.goto(site.base + "bare/two");
    return device;
  },

  /** Grants, then takes it back while an event waits. */
  async withdrawn(run) {
    const { page, site } = await run({ script: GRANT });
    await until(() => site.events().length >= 2);
    await say(page, ["track", "Never"], ["consent", { analytics: false }]);
    return kept(page.context(), page);
  },

  /** The browser sends Global Privacy Control; the banner is accepted all the same. */
  async signal(run) {
    const before = (context) => context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
    const { page } = await run({ script: GRANT, before });
    await say(page, ["track", "Browsed"]);
    await sleep(2_500);
    return kept(page.context(), page);
  },

  /** The collector's file comes late; the page calls it and moves on before. */
  async "before ready"(run) {
    const script = `<script>
      firsthand.push(["track", "First", {n: 1}]);
      setTimeout(() => { history.pushState({}, "", "/bare/two"); firsthand.push(["track", "Second"]); }, 300);
      firsthand.push(["consent", {"analytics": true}]);</script>`;
    const { site } = await run({ delay: 1_200, script });
    await until(() => site.events().length >= 5);
  },

  /** A single-page shop with a router that replaces its own addresses. */
  async routes(run) {
    const { page, site } = await run({ script: GRANT });
    await page.evaluate(async () => {
      const next = () => new Promise((resolve) => setTimeout(resolve, 30));
      for (const [how, to] of [["pushState", "/bare/two"], ["replaceState", "/bare/two?session=1"], ["replaceState", "/bare/two"], ["pushState", "/bare/three#top"]]) {
        history[how]({}, "", to);
        document.title = "Title of " + location.pathname;
        await next();
      }
      history.back();
      await next();
    });
    await until(() => site.events().length >= 5);
  },

  /** Links, a download, a form and an element with an event of its own, and how long the page was looked at. */
  async automatic(run) {
    const { page, site } = await run({ script: GRANT, attributes: 'data-auto="links downloads forms engagement errors"' });
    await page.evaluate(async () => {
      document.body.insertAdjacentHTML("beforeend", `<div style="height:5000px"></div>
        <a id="out" href="https://partner.example/offer?token=secret#x">out</a><a id="in" href="#below">in</a>
        <a id="file" href="/files/size-table.pdf">file</a><button id="own" data-event="Size Chosen" data-event-shoe-size="42"><b>42</b></button>
        <form id="newsletter"><input name="id" value="jo@example.com"><button>Go</button></form>`);
      addEventListener("click", (event) => event.preventDefault());
      addEventListener("submit", (event) => event.preventDefault());
      for (const selector of ["#out", "#in", "#file", "#own b"]) document.querySelector(selector).click();
      document.querySelector("#newsletter").requestSubmit();
      setTimeout(() => { throw new Error("mail jo@example.com"); });
      scrollTo(0, 2000);
      await new Promise((resolve) => setTimeout(resolve, 3_200));
      history.pushState({}, "", "/bare/two");
    });
    await until(() => site.events().some(({ event }) => event === "Page Engaged"));
    await sleep(2_200);
  },

  /** A router that keeps its routes behind the hash. */
  async "hash routes"(run) {
    const { page, site } = await run({ script: GRANT, attributes: 'data-pages="hash"' });
    await page.evaluate(async () => {
      for (const route of ["#/cart", "#/cart", "#/checkout?step=2", "#/checkout"]) {
        location.hash = route;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    });
    await until(() => site.events().length >= 4);
    await sleep(500);
  },

  /** A banner that speaks TCF: loaded, answered, withdrawn. */
  async tcf(run) {
    const script = `<script>window.__tcfapi = (command, version, tell) => (window.answer = (eventStatus, granted) =>
      tell({ eventStatus, tcString: "CP", purpose: { consents: Object.fromEntries([1, 3, 4, 5, 6, 7, 8, 9].map((n) => [n, granted])) } }, true));</script>`;
    const { page, site } = await run({ script, attributes: 'data-banner="tcf"' });
    await page.evaluate(() => window.answer("cmpuishown", true));
    await sleep(300);
    const early = site.bodies.length + Object.keys((await kept(page.context(), page)).localStorage).length;
    await page.evaluate(() => window.answer("useractioncomplete", true));
    await until(() => site.events().length >= 2);
    await page.evaluate(() => window.answer("useractioncomplete", false));
    await until(() => site.events().length >= 3);
    return { early, ...(await kept(page.context(), page)) };
  },

  /** A banner that speaks Google's Consent Mode: what it says by default is no answer. */
  async "consent mode"(run) {
    const script = `<script>window.dataLayer = []; function gtag() { dataLayer.push(arguments) }
      gtag("consent", "default", { analytics_storage: "granted" });</script>`;
    const { page, site } = await run({ script, attributes: 'data-banner="google"' });
    await sleep(300);
    const early = site.bodies.length;
    await page.evaluate(() => gtag("consent", "update", { analytics_storage: "granted", ad_personalization: "denied" }));
    await until(() => site.events().length >= 2);
    return { early };
  },

  /** The edge fails while the first page is there, and recovers for the second. */
  async outage(run) {
    let failing = true;
    const { page, site } = await run({ script: GRANT, attributes: 'data-auto=""', status: () => (failing ? 503 : 200) });
    await say(page, ["track", "During the outage", {}]);
    await until(() => site.bodies.length >= 2);
    const device = await kept(page.context(), page);
    failing = false;
    await page.goto(site.base + "bare/two");
    await until(() => site.events().filter(({ status }) => status === 200).length >= 4);
    await sleep(1_000);
    return { before: device, after: await kept(page.context(), page) };
  },

  /** The tab is closed in the moment of the last event. */
  async closed(run) {
    const { page, site } = await run({ script: GRANT });
    await until(() => site.events().length >= 2);
    await say(page, ["track", "Last"]);
    await page.close({ runBeforeUnload: true });
    await until(() => site.events().some(({ event }) => event === "Last"));
  },

  /** The page's policy forbids wasm. */
  async "no wasm"(run) {
    const headers = { "content-security-policy": "script-src 'self' 'unsafe-inline'" };
    const { page, site } = await run({ headers });
    await sleep(500);
    const early = site.bodies.length;
    await say(page, ["track", "Browsed", { note: "x" }], ["consent", { analytics: true }]);
    await until(() => site.bodies.length >= 1);
    return { early, ...(await kept(page.context(), page)) };
  },

  /** Wasm is forbidden on a page whose visitor agreed on an earlier one, and now takes that back. */
  async "no wasm, withdrawn"(run) {
    const headers = { "content-security-policy": "script-src 'self' 'unsafe-inline'" };
    const earlier = () => localStorage.setItem("firsthand.visitor", "0123456789abcdef0123456789abcdef\n\nanalytics=yes\n#=1");
    const { page } = await run({ headers, before: (page) => page.addInitScript(earlier) });
    await say(page, ["consent", { analytics: false }]);
    return kept(page.context(), page);
  },

  /** Calls as other libraries take them, with options and callbacks behind the properties. */
  async "surplus arguments"(run) {
    const { page, site } = await run({ script: GRANT });
    await say(page, ["track", "Browsed", { a: 1 }, { context: { ip: "192.0.2.1" } }, "text"]);
    await until(() => site.events().length >= 3);
  },

  /** The edge takes a batch but for one of its events. */
  async "one refused"(run) {
    const { page, site } = await run({ script: GRANT, rejected: [{ index: 0, code: "junk_id" }] });
    await until(() => site.events().length >= 2);
    await sleep(200);
    return page.evaluate(() => window.firsthand.counters());
  },

  /** The page's policy is the one that the site owner is told to set. */
  async "documented policy"(run) {
    const refused = () => {
      window.refused = [];
      addEventListener("securitypolicyviolation", ({ violatedDirective }) => window.refused.push(violatedDirective));
    };
    const headers = { "content-security-policy": policy };
    const { page, site } = await run({ headers, before: (page) => page.addInitScript(refused) });
    await say(page, ["consent", { analytics: true }], ["track", "Browsed"]);
    await until(() => site.events().length >= 3);
    return page.evaluate(() => window.refused);
  },

  /** Visits are counted without consent, where the site has chosen so. */
  async audience(run) {
    const { page, site } = await run({ attributes: 'data-audience="on"' });
    await say(page, ["track", "Browsed", { secret: "x" }], ["identify", "u-17", { email: "jo@example.com" }]);
    await sleep(500);
    const early = site.bodies.length;
    const device = await kept(page.context(), page);
    await page.goto("about:blank");
    await until(() => site.bodies.length >= 1);
    return { early, ...device };
  },

  /** The debug mode tells what becomes of each call. */
  async debug(run) {
    const script = '<script src="/collector/firsthand.debug.js"></script>';
    const { page, site } = await run({ script, attributes: 'data-auto=""' });
    await page.evaluate(() => history.pushState({}, "", "/bare/two?token=secret"));
    await say(page, ["track", "Gift Card Written", { note: "for jo@example.com" }], ["identify", "undefined"], ["consent", { analytics: true }]);
    await until(() => site.events().length >= 4);
    await sleep(300);
    await say(page, ["consent", { analytics: false }], ["track", "Never"]);
    await until(() => site.events().length >= 5);
    return page.evaluate(() => window.firsthandDebug.log);
  },

  /** Web vitals are measured where the site has the tag for them. */
  async vitals(run) {
    const { page, site } = await run({ script: GRANT + '<script async src="/collector/firsthand.vitals.js"></script>' });
    await page.waitForFunction(() => performance.getEntriesByType("paint").length);
    await page.click("p");
    await sleep(300);
    await page.goto("about:blank");
    await until(() => site.events().some(({ event }) => event === "Page Measured"));
  },

  /** The tag carries the hash of the manifest. */
  async integrity(run) {
    const { files } = JSON.parse(readFileSync(join(import.meta.dirname, "../../dist/collector/manifest.json")));
    const { site } = await run({ script: GRANT, attributes: `integrity="${files[0].integrity}" crossorigin="anonymous"` });
    await until(() => site.events().length >= 2);
    const wrong = files[0].integrity.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const { page } = await run({ attributes: `integrity="${wrong}" crossorigin="anonymous"`, ready: false });
    await sleep(1_000);
    return page.evaluate(() => Array.isArray(window.firsthand.q));
  },

  /** Every browser function that the collector uses is broken, one by one. */
  async broken(run) {
    const survived = {};
    const survive = async ([name, breakage]) => {
      const { page, thrown } = await run({ script: GRANT, before: (context) => context.addInitScript(breakage), ready: false });
      // Where it cannot even begin, the line in the page's head goes on taking calls.
      await page.waitForFunction(() => window.firsthand.track || !window.firsthand.q, null, { timeout: 4_000 }).catch(() => {});
      await say(page, ["track", "Browsed", { a: 1 }], ["consent", { analytics: true }], null, 17, ["track"], ["identify", { toJSON: 1 }]);
      await page.evaluate(() => {
        history.pushState?.({}, "", "/bare/two");
        window.firsthand.track?.(document, () => 1, 10n);
        document.querySelector("p").click();
      });
      await sleep(2_200);
      await page.goto("about:blank");
      survived[name] = thrown;
    };
    const all = Object.entries(breakages);
    while (all.length) await Promise.all(all.splice(0, 4).map(survive));
    return survived;
  },
};

const name = process.argv[2];
if (!stories[name]) throw new Error(`no story ${name}: one of ${Object.keys(stories).join(", ")}`);

const sites = [];
const seen = await withBrowser(async (context) => {
  const all = [];
  const run = async ({ before = () => {}, ready: wait = true, ...options } = {}) => {
    const site = await serve(options);
    sites.push(site);
    const page = await context.newPage();
    const thrown = [];
    all.push(thrown);
    page.on("pageerror", (error) => thrown.push(String(error)));
    await before(page);
    await page.goto(site.base + "bare/one");
    if (wait) await ready(page);
    return { page, site, thrown };
  };
  const device = await stories[name](run);
  await sleep(500);
  return { device: device ?? null, thrown: all.flat() };
});
process.stdout.write(JSON.stringify({ ...seen, bodies: sites.flatMap(({ bodies }) => bodies) }) + "\n");
sites.forEach(({ close }) => close());
process.exit(0);
