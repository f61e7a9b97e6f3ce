// The example shop's page that shows live what leaves the browser, in both languages and colour schemes.
//
//   node live.mjs [FOLDER]
//
// Prints one JSON object: for each language what the page says of a small visit, and what axe-core finds. With a folder, a
// picture of each is left there.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { sleep, withBrowser } from "./chromium.mjs";
import { serve } from "./site.mjs";

const [pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const telephone = { width: 390, height: 800 };

async function visited(context, site, language) {
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  await page.goto(`${site.base}live.html?lang=${language}`);
  await page.waitForSelector(".entries li");
  const press = (place) => page.locator(".acts button").nth(place).click();
  for (const place of [4, 0, 2, 5, 6]) await press(place);
  await page.waitForFunction(() => document.querySelector(".entries .answer"), null, { timeout: 15_000 });
  await sleep(300);
  const entries = await page.locator(".entries > li").allInnerTexts();
  const violations = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    if (pictures) await page.screenshot({ path: join(pictures, `live-${language}-${colorScheme}.png`) });
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document));
    violations.push(...found.violations.map(({ id, nodes }) => ({ colorScheme, id, nodes: nodes.map(({ html }) => html) })));
  }
  await page.setViewportSize(telephone);
  if (pictures) await page.screenshot({ path: join(pictures, `live-${language}-telephone.png`) });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  const title = await page.title();
  await page.close();
  return { title, entries, violations, complaints, wide };
}

const site = await serve();
const seen = {};
for (const language of ["en", "fr"]) seen[language] = await withBrowser((context) => visited(context, site, language));
process.stdout.write(JSON.stringify(seen) + "\n");
site.close();
process.exit(0);
