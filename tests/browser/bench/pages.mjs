// Opening a contender's page, and waiting for what it does.

import { sleep } from "../chromium.mjs";
import { contenders, nothing } from "./contenders.mjs";

/** A page of a contender on a host, once its collector has started. `before(page)` prepares it. */
export async function opened(context, site, contender, host, path, before = () => {}) {
  const page = await context.newPage();
  await before(page);
  await page.goto(site.url(contender, host, path));
  await page.waitForFunction((contenders[contender] ?? nothing).started);
  return page;
}

/** Waits until `enough()` or `seconds` are over. */
export async function until(enough, seconds = 15) {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end && !enough(); ) await sleep(20);
}

/** The value that `share` of the values do not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
