// Starts Debian's Chromium with a fresh profile, and looks at what a page keeps and sends. No test decides anything here.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

// A person's browser: headless Chromium says that it is headless, and the edge rightly labels that a bot. Said as a flag,
// because what Playwright overrides page by page does not hold for what a closing page still sends.
const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--user-agent=${agent}`,
];

/** Runs `use(context)` in a browser that knows nothing yet, and leaves nothing behind. `options` are Playwright's. */
export async function withBrowser(use, options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "firsthand-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: flags,
    viewport: { width: 1200, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(20_000);
  try {
    return await use(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Records every request of the context that is not for a file of the page's own: what leaves the browser. */
export function watch(context) {
  const requests = [];
  context.on("request", (request) => {
    if (request.method() === "GET" && request.isNavigationRequest()) return;
    requests.push({ method: request.method(), url: request.url(), body: request.postData() });
  });
  return requests;
}

/** Everything the page's origin keeps on the device. */
export async function kept(context, page) {
  const cookies = (await context.cookies()).map(({ name, value }) => ({ name, value }));
  const rest = await page.evaluate(async () => ({
    localStorage: { ...localStorage },
    sessionStorage: { ...sessionStorage },
    indexedDB: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
  return { cookies, ...rest };
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
