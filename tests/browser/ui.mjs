// A marketer at the web UI who has no mouse: looks a person up, reads their page in French, opens a segment, tries rules.
//
//   node ui.mjs '{"base": "http://127.0.0.1:8080", "person": "jo@example.com", "segment": "regulars", "rule": "orders >= 2",
//     "faulty": "ordres >= 2"}'
//
// Walks the same way twice: once under the pages' own policy, and once with that policy set aside so that axe-core can be put
// into each page. Prints one JSON object: what each page was, what was asked of other hosts, what the browser complained
// about, what axe-core found, and which pages are wider than a telephone.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { withBrowser } from "./chromium.mjs";

const wanted = JSON.parse(process.argv[2] || readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const telephone = { width: 420, height: 900 };
const desk = { width: 1300, height: 900 };
/** Far more stops than any page has. */
const stops = 200;

/** Presses Tab until what is focused matches a selector. */
async function tabTo(page, selector) {
  for (let stop = 0; stop < stops; stop += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  throw new Error(`${selector} cannot be reached with the keyboard on ${page.url()}`);
}

/** Presses Enter on what matches, and waits for the page it leads to. */
async function follow(page, selector) {
  await tabTo(page, selector);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

/** Types into a field in place of what it holds, and presses the form's button. */
async function fill(page, field, text, button) {
  await tabTo(page, field);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
  await follow(page, button);
}

/** What a page is. */
async function described(page, name) {
  const content = await page.evaluate(() => ({
    language: document.documentElement.lang,
    heading: document.querySelector("h1").textContent,
    pressed: document.querySelector("[aria-pressed=true]").textContent,
    figures: [...document.querySelectorAll(".figure .value")].map((figure) => figure.textContent),
    timeline: [...document.querySelectorAll(".timeline li")].map((entry) => entry.textContent),
    commands: [...document.querySelectorAll(".command")].map((command) => command.textContent),
    alert: document.querySelector("[role=alert]")?.textContent ?? null,
  }));
  return { name, address: page.url(), ...content };
}

/** The way; `look(page, name)` is called on each page. */
async function walk(page, look) {
  await page.goto(wanted.base);
  await look(page, "overview");
  await follow(page, "nav a[href='/people']");
  await look(page, "people");
  await fill(page, "#text", wanted.person, "form[role=search] button");
  await look(page, "found");
  await follow(page, "td a, th a[href^='/people/']");
  await look(page, "person");
  await follow(page, "button[lang=fr]");
  await look(page, "person in French");
  await follow(page, "nav a[href='/segments']");
  await look(page, "segments");
  await follow(page, `a[href='/segments/${wanted.segment}']`);
  await look(page, "segment");
  await follow(page, "nav a[href='/segments']");
  await fill(page, "#rule", wanted.rule, "main form button");
  await look(page, "rule");
  await fill(page, "#rule", wanted.faulty, "main form button");
  await look(page, "faulty rule");
  await follow(page, "nav a[href='/predictions']");
  await look(page, "predictions");
}

/** Where the first stop of a page leads: past the navigation. */
async function skipped(page) {
  await page.goto(wanted.base);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  return page.evaluate(() => document.activeElement.id);
}

/** Under the page's own policy. */
async function seen(context) {
  const [pages, foreign, complaints, wide] = [[], [], [], []];
  context.on("request", (request) => {
    if (!request.url().startsWith(wanted.base)) foreign.push(request.url());
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await walk(page, async (page, name) => {
    pages.push(await described(page, name));
    await page.setViewportSize(telephone);
    if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) wide.push(name);
    await page.setViewportSize(desk);
  });
  const focus = await skipped(page);
  // The browser itself complains about every answer that is an error, so this one comes last and on its own.
  const said = complaints.splice(0);
  await page.goto(`${wanted.base}/nowhere`);
  pages.push(await described(page, "nowhere"));
  return { pages, foreign, complaints: said, wide, focus };
}

/** What axe-core finds on each page, in both colour schemes, and how many of its rules passed. */
async function audited(context) {
  const [violations, passes] = [[], {}];
  const audit = async (page, name) => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const result = await page.evaluate(() => window.axe.run(document));
      passes[`${name}, ${colorScheme}`] = result.passes.length;
      for (const { id, nodes } of result.violations) {
        violations.push({ page: name, colorScheme, id, nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]) });
      }
    }
  };
  const page = await context.newPage();
  await walk(page, audit);
  await page.goto(`${wanted.base}/nowhere`);
  await audit(page, "nowhere");
  return { violations, passes };
}

const result = {
  ...(await withBrowser(seen, { viewport: desk, locale: "en" })),
  // Colours that are still changing into each other would be judged half-way.
  ...(await withBrowser(audited, { viewport: desk, locale: "en", bypassCSP: true, reducedMotion: "reduce" })),
};
process.stdout.write(JSON.stringify(result) + "\n");
