// What a collector weighs: the bytes that a page fetches, and the bytes that its events are on the wire.

import { sleep } from "../chromium.mjs";
import { opened, until } from "./pages.mjs";

const EVENTS = 10;
const size = (posts) => posts.reduce((sum, { body }) => sum + body.length, 0);

/** What a page fetches, a first page view, and an event among ten. */
export async function weight(context, site, contender) {
  const host = `${contender}-weight`;
  // Who agrees on a first page sends the receipt for it too; whose second page it is sends the view alone. The first one is not looked at
  // for so long that it would count as read.
  const first = await opened(context, site, contender, host);
  await until(() => site.events(contender, host).length >= 1);
  await sleep(100);
  await first.close();
  const fetched = site.weight(host);
  const before = site.postsOf(host).length;
  const page = await opened(context, site, contender, host, "linen-trousers");
  await until(() => site.postsOf(host).length > before);
  const view = size(site.postsOf(host).slice(before, before + 1));
  await sleep(2_500);
  const settled = site.postsOf(host).length;
  await page.evaluate((events) => {
    for (let n = 0; n < events; n++) contender("Product Viewed", { product_id: `LIN-${n}`, price: `${49 + n}.90`, currency: "CHF" });
  }, EVENTS);
  await until(() => site.events(contender, host).filter(({ name }) => name === "Product Viewed").length >= EVENTS);
  const event = size(site.postsOf(host).slice(settled)) / EVENTS;
  await page.close();
  return { fetched, view, event };
}
