// What a collector costs the page's main thread: to start, and for each event, with the processor slowed down as on a cheap
// telephone.

import { sleep } from "../chromium.mjs";
import { opened, quantile, until } from "./pages.mjs";

const WARM_UP = 30;
const EVENTS = 200;
/** Other programs disturb a shared machine now and then: the calmest of so many rounds counts. */
const ROUNDS = 4;
/** Events that wait for the edge in the long queue. */
const WAITING = 500;
const LOADS = 11;

async function slowed(context, page, rate) {
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
  await session.send("Performance.enable");
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const script = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ScriptDuration").value * 1e3;
  };
  return { session, script };
}

/** Script time in milliseconds of loading the page and of what it does by itself: the median. */
async function load(context, site, contender, rate) {
  const times = [];
  for (let n = 0; n < LOADS; n++) {
    const page = await context.newPage();
    const { script } = await slowed(context, page, rate);
    await page.goto(site.url(contender, `${contender}-boot-${rate}-${n}`));
    await sleep(300 + 150 * rate);
    times.push(await script());
    await page.close();
  }
  return quantile(times, 0.5);
}

/** Script time of a start, above that of a page with nothing in it, in milliseconds at full speed and at a quarter. */
export async function boot(context, site, contender) {
  const above = async (rate) => (await load(context, site, contender, rate)) - (await load(context, site, "nothing", rate));
  return { full: await above(1), quarter: await above(4) };
}

/**
 * Events one by one, each in a task of its own; how long each call took, in microseconds. What runs behind an `await` is no
 * script to the browser's accounts, so the calls are made by the timer itself.
 */
function calls({ events, pause }) {
  const times = [];
  return new Promise((resolve) => {
    setTimeout(function next() {
      const properties = { product_id: `LIN-${times.length % 40}`, price: "49.90", currency: "CHF", category: "Shirts" };
      const from = performance.now();
      contender("Product Viewed", properties);
      times.push((performance.now() - from) * 1e3);
      if (times.length < events) setTimeout(next, pause);
      else resolve(times);
    }, pause);
  });
}

/**
 * What an event costs at a quarter of the speed, in microseconds: the call itself (p50, p99), and the mean of all script that it leads
 * to. With `waiting`, the edge does not answer and that many events wait for it already.
 */
async function event(context, site, contender, waiting) {
  const host = `${contender}-event-${waiting}`;
  const page = await opened(context, site, contender, host);
  const { session, script } = await slowed(context, page, 1);
  await until(() => site.postsOf(host).length > 0, 3);
  if (waiting) {
    site.status = 503;
    await page.evaluate(calls, { events: waiting, pause: 0 });
    await sleep(1_000);
  }
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.evaluate(calls, { events: WARM_UP, pause: 10 });
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = await script();
    const times = await page.evaluate(calls, { events: EVENTS, pause: 10 });
    const all = (((await script()) - before) * 1e3) / EVENTS;
    rounds.push({ p50: quantile(times, 0.5), p99: quantile(times, 0.99), all });
  }
  site.status = 200;
  await page.close();
  return rounds.sort((a, b) => a.p50 - b.p50)[0];
}

/** The cost of an event with a queue that is short, and one that is long. */
export async function events(context, site, contender) {
  return { short: await event(context, site, contender, 0), long: await event(context, site, contender, WAITING) };
}
