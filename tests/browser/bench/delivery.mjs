// What arrives: of events in the moment of leaving a page, while the browser is offline, and while the edge fails. Every page
// has a host of its own, so that none delivers what another one kept.

import { sleep } from "../chromium.mjs";
import { opened, until } from "./pages.mjs";

const EACH = 5;

/** Ways out of a page; each runs in the page, in the task in which the events were made. */
const ways = {
  navigate: (elsewhere) => void (location.href = elsewhere),
  close: () => {},
  "SPA exit": (elsewhere) => (history.pushState({}, "", "/next-route"), void (location.href = elsewhere)),
};

/** How many of `sent` events named `Left …` arrived, and how many arrived twice without an id by which an edge could tell. */
function counted(site, contender, hosts, sent) {
  const arrived = hosts.flatMap((host) => {
    const events = site.events(contender, host).filter(({ name }) => name.startsWith("Left"));
    const once = [...new Map(events.map((event, place) => [event.id ?? place, event])).values()];
    return once.map(({ name }) => `${host} ${name}`);
  });
  return { sent, arrived: new Set(arrived).size, twice: arrived.length - new Set(arrived).size };
}

/** Leaves so many pages, each with events that were just made. */
async function left(context, site, contender, way, pages) {
  const hosts = [];
  for (let n = 0; n < pages; n++) {
    const host = `${contender}-${way.replace(" ", "-").toLowerCase()}-${n}`;
    hosts.push(host);
    const page = await opened(context, site, contender, host);
    const elsewhere = site.url("nothing", `elsewhere-${n}`);
    const leave = `(elsewhere) => { for (let n = 0; n < ${EACH}; n++) contender("Left " + n, { n: "x" }); (${ways[way]})(elsewhere); }`;
    await page.evaluate(`(${leave})(${JSON.stringify(elsewhere)})`).catch(() => {});
    if (way === "close") await page.close({ runBeforeUnload: true });
    else {
      await page.waitForURL(elsewhere);
      await page.close();
    }
  }
  await sleep(1_500);
  return counted(site, contender, hosts, pages * EACH);
}

/** What arrives by each way out of a page. */
export async function exits(context, site, contender, events) {
  const arrived = {};
  for (const way of Object.keys(ways)) arrived[way] = await left(context, site, contender, way, Math.ceil(events / EACH));
  return arrived;
}

const some = (page, events) => page.evaluate((events) => { for (let n = 0; n < events; n++) contender(`Left ${n}`, { n: "x" }); }, events);

/** Events of a page whose browser is offline, and comes back while the page is open. */
export async function offline(context, site, contender, events) {
  const host = `${contender}-offline`;
  const page = await opened(context, site, contender, host);
  await sleep(500);
  await context.setOffline(true);
  await some(page, events);
  await sleep(3_000);
  await context.setOffline(false);
  await until(() => counted(site, contender, [host]).arrived >= events, 30);
  const arrived = counted(site, contender, [host], events);
  await page.close();
  return arrived;
}

/** Events while the edge answers 503, which it goes on to do until the page is left; the next page of the site comes after. */
export async function failing(context, site, contender, events) {
  const host = `${contender}-failing`;
  const page = await opened(context, site, contender, host);
  await sleep(500);
  site.status = 503;
  await some(page, events);
  await sleep(4_000);
  await page.close({ runBeforeUnload: true });
  await sleep(1_000);
  site.status = 200;
  const next = await opened(context, site, contender, host, "linen-trousers");
  await until(() => counted(site, contender, [host]).arrived >= events, 20);
  const arrived = counted(site, contender, [host], events);
  await next.close();
  return arrived;
}

/** Calls made before the collector's file is there. Only our stub takes any: the peers' npm packages are their own first line. */
export async function early(context, site, events) {
  site.delay = 1_000;
  const page = await context.newPage();
  await page.goto(site.url("firsthand", "firsthand-early"), { waitUntil: "commit" });
  await page.waitForFunction(() => window.contender);
  await some(page, events);
  await until(() => counted(site, "firsthand", ["firsthand-early"]).arrived >= events);
  site.delay = 0;
  await page.close();
  return counted(site, "firsthand", ["firsthand-early"], events);
}
