// Measures the built collector against its bars, and Plausible's and Segment's npm packages beside it, in Debian's Chromium.
//
//   node main.mjs EVENTS
//
// EVENTS are made for each way out of a page. Prints a table in Markdown: what was measured, the bar, our figure, and the
// peers' with ours as a multiple of theirs.

import { loadavg } from "node:os";

import { withBrowser } from "../chromium.mjs";
import { beforeConsent } from "./consent.mjs";
import { contenders } from "./contenders.mjs";
import { boot, events } from "./cost.mjs";
import { early, exits, failing, offline } from "./delivery.mjs";
import { serve } from "./server.mjs";
import { weight } from "./weight.mjs";

const wanted = Number(process.argv[2] ?? 100);
const say = (text) => process.stderr.write(`collector: ${text}\n`);

async function measure(context, site, name) {
  const seen = {};
  const steps = {
    weight: () => weight(context, site, name),
    boot: () => boot(context, site, name),
    event: () => events(context, site, name),
    before: () => beforeConsent(context, site, name),
    exits: () => exits(context, site, name, wanted),
    offline: () => offline(context, site, name, wanted),
    failing: () => failing(context, site, name, wanted),
  };
  for (const [step, run] of Object.entries(steps)) {
    say(`${name}, ${step}`);
    seen[step] = await run();
  }
  return seen;
}

const number = (value) => (value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toFixed(1))));
const share = ({ sent, arrived, twice }) => `${arrived} of ${sent}${twice ? `, ${twice} twice` : ""}`;
const counted = ({ writes, requests }) => `${writes}; ${requests}`;

/** What is measured: its name, the bar, how to find it, and how to show it. Figures are numbers, and are compared. */
const rows = [
  ["what the page fetches, brotli, bytes", "8,000", (seen) => seen.weight.fetched],
  ["a page view on the wire, bytes", "120", (seen) => seen.weight.view],
  ["an event among ten, bytes", "60", (seen) => seen.weight.event],
  ["call of an event, p50, µs, 4× slower", "60", (seen) => seen.event.short.p50],
  ["the same, p99", "250", (seen) => seen.event.short.p99],
  ["call with 500 events waiting, p50, µs, 4× slower", "60", (seen) => seen.event.long.p50],
  ["the same, p99", "250", (seen) => seen.event.long.p99],
  ["all script of an event, mean, µs, 4× slower", "", (seen) => seen.event.short.all],
  ["the same with 500 events waiting", "", (seen) => seen.event.long.all],
  ["script of the start, ms", "5", (seen) => seen.boot.full],
  ["the same, 4× slower", "20", (seen) => seen.boot.quarter],
  ["writes; requests before consent", "0; 0", (seen) => counted(seen.before)],
  ["arrived on navigation", "99.9 %", (seen) => share(seen.exits.navigate)],
  ["arrived on closing the tab", "99.9 %", (seen) => share(seen.exits.close)],
  ["arrived on leaving a changed route", "99.9 %", (seen) => share(seen.exits["SPA exit"])],
  ["arrived after being offline", "100 %", (seen) => share(seen.offline)],
  ["arrived after 503s, by the next page", "99.9 %", (seen) => share(seen.failing)],
];

/** A peer's figure, and ours as a multiple of it. The clock's steps are 5 µs: less than that is no multiple. */
function beside(ours, theirs) {
  if (typeof theirs !== "number") return theirs;
  return theirs < 0.1 ? number(theirs) : `${number(theirs)} (×${(ours / theirs).toFixed(2)})`;
}

function table(seen) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const [, ...peers] = Object.keys(contenders);
  const head = [line(["", "bar", "Firsthand", "Plausible", "Segment"]), line(["---", "---", "---", "---", "---"])];
  const body = rows.map(([name, bar, of]) => {
    const ours = of(seen.firsthand);
    return line([name, bar, typeof ours === "number" ? number(ours) : ours, ...peers.map((peer) => beside(ours, of(seen[peer])))]);
  });
  return [...head, ...body, line(["calls before the file is there, arrived", "100 %", share(seen.early), "", ""])].join("\n");
}

const site = await serve();
const seen = {};
for (const name of Object.keys(contenders)) seen[name] = await withBrowser((context) => measure(context, site, name));
seen.early = await withBrowser((context) => early(context, site, 50));
process.stdout.write(table(seen) + "\n");
const [load] = loadavg();
say(`the machine's load was ${load.toFixed(1)} at the end: with more than its processors, times say little and their ratios more`);
site.close();
process.exit(0);
