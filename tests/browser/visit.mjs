// A visitor of the example shop: looks at products, answers the banner, signs in, orders, closes the tab.
//
//   node visit.mjs '{"base": "http://127.0.0.1:8787/", "consent": "accept", "user": {"id": "7104227590656",
//     "email": "jo@example.com"}, "products": ["lin-01"], "order": true}'
//
// `consent` is accept, refuse or none; without `user` nobody signs in; `base` is the shop's address. The arguments may come on
// standard input instead. Prints one JSON object: what was done, what the device kept, what left the browser.

import { readFileSync } from "node:fs";
import { kept, sleep, watch, withBrowser } from "./chromium.mjs";

const wanted = { consent: "accept", products: ["lin-01", "can-01"], order: true, ...JSON.parse(process.argv[2] || readFileSync(0, "utf8")) };
const at = (path) => new URL(path, wanted.base).href;

async function signIn(page, { id, email }) {
  await page.goto(at("account.html"));
  await page.fill("[name=email]", email);
  await page.fill("[name=number]", id);
  await page.click("form button");
  await page.waitForSelector("#out");
}

async function buy(page) {
  for (const product of wanted.products) {
    await page.goto(at(`product.html?product=${product}`));
    await page.click("#add");
  }
  await page.click("#to-basket");
  await page.click("#checkout");
  if (!wanted.user) await page.fill("[name=email]", "guest@example.com");
  await page.click("form button");
  await page.waitForSelector("#order");
  return page.textContent("#order");
}

const seen = await withBrowser(async (context) => {
  const requests = watch(context);
  const page = await context.newPage();
  const thrown = [];
  page.on("pageerror", (error) => thrown.push(String(error)));
  await page.goto(at("./?utm_source=newsletter&utm_campaign=winter&utm_medium=email"));
  await page.waitForFunction(() => window.firsthand && window.firsthand.track);
  await sleep(500);
  const before = { kept: await kept(context, page), requests: sent(requests) };
  if (wanted.consent !== "none") await page.click(wanted.consent === "accept" ? "#accept" : "#refuse");
  for (const product of wanted.products) {
    await page.goto(at(`product.html?product=${product}`));
    await page.waitForSelector("#add");
  }
  if (wanted.user) await signIn(page, wanted.user);
  const order = wanted.order ? await buy(page) : null;
  const counters = await page.evaluate(() => window.firsthand.counters());
  const after = await kept(context, page);
  // The tab is closed at once: what still waits has to leave on its own.
  await page.close({ runBeforeUnload: true });
  await sleep(1_000);
  return { did: { ...wanted, orderId: order }, before, after: { kept: after, requests: sent(requests) }, counters, thrown };
});

/** What left the browser: everything that is no file of the shop. */
function sent(requests) {
  return requests.filter(({ method, url }) => method !== "GET" || !url.startsWith(new URL(wanted.base).origin));
}

process.stdout.write(JSON.stringify(seen) + "\n");
