// Core Web Vitals, for sites that ask for them by a tag of its own: the collector itself does without. One event for each page,
// in the moment in which it goes out of sight, with what could be measured until then.

import { onCLS, onINP, onLCP, onTTFB } from "web-vitals";

const FIELDS = { LCP: "lcp_ms", CLS: "cls", INP: "inp_ms", TTFB: "ttfb_ms" };

/** Measurements that no event has told yet. */
let measured = {};

const take = ({ name, value }) => {
  // Layout shifts have no unit and are small; all others are milliseconds.
  measured[FIELDS[name]] = name === "CLS" ? Math.round(value * 1_000) / 1_000 : Math.round(value);
};

function tell() {
  if (document.visibilityState !== "hidden" || !Object.keys(measured).length) return;
  window.firsthand?.push(["track", "Page Measured", measured]);
  measured = {};
}

for (const observe of [onCLS, onINP, onLCP, onTTFB]) {
  try {
    observe(take);
  } catch {
    // A browser that cannot measure this one may measure the others.
  }
}
// Behind the library's own listeners, which were there first, and before the collector's, which sends what waits.
document.addEventListener("visibilitychange", tell, true);
