// What is noticed without a call: links that lead out, downloads, forms, how long and how far a page was read, errors of
// scripts, and elements that name their own event. It never reads what is typed or written anywhere.

import { on } from "./page.js";

const FILES = /\.(pdf|zip|gz|dmg|exe|docx?|xlsx?|pptx?|csv|mp3|mp4|epub|apk|pkg|rar|7z)$/i;
/** What is shorter and no deeper was a glance. */
const LOOKED_MS = 3000;

/** Begins to notice what `auto` names; `push` takes the calls. Returns what to call when a page is left. */
export function observe(auto, push) {
  const wanted = (name) => auto.includes(name);
  const track = (name, fields, url) => push(["track", name, fields], 0, url);
  const around = (event, what) => event.target.closest?.(what);

  /** An element's own event: `data-event`, and its properties in `data-event-…`. */
  function named(element) {
    const { event, ...rest } = element.dataset;
    const fields = Object.entries(rest).filter(([key]) => key.startsWith("event"));
    track(event, Object.fromEntries(fields.map(([key, value]) => [key.slice(5).replace(/\B[A-Z]/g, "_$&").toLowerCase(), value])));
  }

  function clicked(event) {
    const element = around(event, "[data-event]");
    if (element && element.tagName !== "FORM") named(element);
    const link = around(event, "a[href]");
    const url = link && new URL(link.href, location.href);
    if (!url || !/^http/.test(url.protocol)) return;
    if (FILES.test(url.pathname)) wanted("downloads") && track("File Downloaded", { url: url.href });
    else if (url.host !== location.host && wanted("links")) track("Outbound Link Clicked", { url: url.href });
  }

  on(document, "click", clicked);
  on(document, "auxclick", (event) => event.button === 1 && clicked(event));
  on(document, "submit", ({ target }) => {
    if (target.dataset.event) named(target);
    else if (wanted("forms")) track("Form Submitted", { form_id: target.getAttribute("id") || target.getAttribute("name") || "" });
  });
  if (wanted("errors")) {
    on(window, "error", ({ message, filename, lineno }) => message && track("Script Failed", { message, url: filename, line: lineno }));
    on(window, "unhandledrejection", ({ reason }) => track("Script Failed", { message: String(reason?.message || reason) }));
  }
  if (!wanted("engagement")) return;

  let url, since, read, depth, told, asked;
  const visible = () => document.visibilityState === "visible";
  const measure = () => {
    asked = false;
    depth = Math.max(depth, Math.min(100, Math.round(((scrollY + innerHeight) / document.documentElement.scrollHeight) * 100)));
  };
  const anew = () => {
    url = location.href;
    since = visible() ? performance.now() : 0;
    read = depth = told = 0;
  };
  anew();
  // Once a frame at most, and never while the page is laid out.
  on(window, "scroll", () => asked || (asked = true, requestAnimationFrame(measure)));
  on(document, "visibilitychange", () => visible() && (since = performance.now()));
  on(window, "pageshow", () => visible() && (since = performance.now()));
  return () => {
    if (since) read += performance.now() - since;
    since = 0;
    if (read >= LOOKED_MS || depth > told) track("Page Engaged", { seconds: Math.round(read / 100) / 10, scroll_percent: depth }, url);
    told = depth;
    read = 0;
    if (url !== location.href) anew();
  };
}
