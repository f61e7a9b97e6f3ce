// Hears the visitor's answers from a banner that speaks TCF 2.3 or Google's Consent Mode v2, where the site says so:
// data-banner="tcf" or data-banner="google". Both are read and never written.

import { attempt } from "./page.js";

/** Purposes of TCF that must all be granted for one of ours: 1 store, 3 and 5 profiles, 4 and 6 their use, 7 to 9 measuring. */
const TCF = { analytics: [1, 8, 9], personalisation: [1, 5, 6], profiling: [1, 3, 4] };
const GOOGLE = { analytics: "analytics_storage", personalisation: "personalization_storage", profiling: "ad_personalization" };

/** Calls `tell(answers)` whenever the banner has them. */
export function listenToBanners(banner, tell) {
  if (banner === "tcf") {
    window.__tcfapi("addEventListener", 2, (data, success) => {
      if (!success || !/^(tcloaded|useractioncomplete)$/.test(data.eventStatus) || data.gdprApplies === false) return;
      const answers = { method: "tcf", tc_code: data.tcString };
      for (const purpose in TCF) answers[purpose] = TCF[purpose].every((number) => data.purpose.consents[number] === true);
      tell(answers);
    });
  }
  if (banner === "google") {
    const layer = (window.dataLayer = window.dataLayer || []);
    const take = ([command, kind, given]) => {
      // A default is what holds before anybody was asked: no answer.
      if (command !== "consent" || kind !== "update") return;
      const answers = { method: "consent-mode" };
      for (const purpose in GOOGLE) if (given[GOOGLE[purpose]]) answers[purpose] = given[GOOGLE[purpose]] === "granted";
      tell(answers);
    };
    // What is no command throws.
    const hear = (entry) => attempt(() => take(Array.from(entry)));
    layer.forEach(hear);
    const original = layer.push;
    layer.push = function (...entries) {
      const length = original.apply(this, entries);
      entries.forEach(hear);
      return length;
    };
  }
}
