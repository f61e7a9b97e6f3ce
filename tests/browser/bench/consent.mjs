// What a collector does before anybody agreed: writes to any storage of the device, and requests.

import { sleep } from "../chromium.mjs";
import { opened } from "./pages.mjs";

/** Counts every write, whatever becomes of it. */
function count() {
  window.writes = 0;
  const counted = (owner, name) => {
    const original = owner[name];
    owner[name] = function () {
      window.writes++;
      return original.apply(this, arguments);
    };
  };
  for (const name of ["setItem", "removeItem", "clear"]) counted(Storage.prototype, name);
  for (const name of ["open", "deleteDatabase"]) counted(IDBFactory.prototype, name);
  for (const name of ["open", "delete"]) counted(CacheStorage.prototype, name);
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(Document.prototype, "cookie", { ...cookie, set(value) { window.writes++; cookie.set.call(this, value); } });
}

/** Some events and a change of route, while nobody answers the banner. */
export async function beforeConsent(context, site, contender) {
  const host = `${contender}-before`;
  const page = await opened(context, site, contender, host, "linen-shirt?agrees=no", (page) => page.addInitScript(count));
  await page.evaluate(() => {
    for (let n = 0; n < 5; n++) contender("Product Viewed", { n: "x" });
    history.pushState({}, "", "/next-route");
  });
  await sleep(3_000);
  const writes = await page.evaluate(() => window.writes);
  await page.goto(site.url("nothing", host));
  await sleep(500);
  await page.close();
  return { writes, requests: site.postsOf(host).length };
}
