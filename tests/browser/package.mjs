// The npm package as a shop uses it: packed, installed, its types checked by TypeScript, bundled by esbuild, run in Chromium.
//
//   node package.mjs
//
// Prints one JSON object: what TypeScript says, what is in the package, what importing it does where there is no page, the events that
// arrived, and what the page threw.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

import { sleep, withBrowser } from "./chromium.mjs";
import { serve } from "./site.mjs";

const root = join(import.meta.dirname, "../..");
const shop = mkdtempSync(join(tmpdir(), "firsthand-package-"));
const installed = join(shop, "node_modules/@firsthand-cdp/collector");

function install() {
  const packed = execFileSync("npm", ["pack", join(root, "dist/npm"), "--json", "--loglevel=error"], { cwd: shop });
  const [{ filename, files }] = Object.values(JSON.parse(packed));
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(shop, filename), "--strip-components=1", "-C", installed]);
  return files.map(({ path }) => path).sort();
}

function typesOf(sample) {
  copyFileSync(join(import.meta.dirname, sample), join(shop, "sample.ts"));
  const options = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022", "sample.ts"];
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...options], { cwd: shop, encoding: "utf8" });
  return status === 0 ? "" : stdout + stderr;
}

const page = `import { load } from "@firsthand-cdp/collector";
  const firsthand = load({ writeKey: "test-web-key", endpoint: location.origin, auto: ["links"], query: ["product"] });
  firsthand.consent({ analytics: true });
  firsthand.track("Product Viewed", { product_id: "LIN-01", price: 49 });`;

async function run() {
  const { outputFiles } = await build({ stdin: { contents: page, resolveDir: shop }, bundle: true, minify: true, format: "esm", write: false });
  const site = await serve();
  const thrown = [];
  await withBrowser(async (context) => {
    const tab = await context.newPage();
    tab.on("pageerror", (error) => thrown.push(String(error)));
    await tab.route("**/app.html*", (route) => route.fulfill({ contentType: "text/html", body: '<!doctype html><title>App</title><script type="module" src="/app.js"></script>' }));
    await tab.route("**/app.js", (route) => route.fulfill({ contentType: "text/javascript; charset=utf-8", body: Buffer.from(outputFiles[0].contents) }));
    await tab.goto(site.base + "app.html?product=lin-01&token=secret");
    for (const end = Date.now() + 12_000; Date.now() < end && site.events().length < 3; ) await sleep(25);
  });
  site.close();
  return { events: site.events(), thrown };
}

try {
  const files = install();
  const types = typesOf("sample.ts");
  const { load } = await import(pathToFileURL(join(installed, "index.js")));
  const elsewhere = load({ writeKey: "k", endpoint: "https://events.shop.example" }).track("Browsed") ?? null;
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json")));
  process.stdout.write(JSON.stringify({ files, exports, types, elsewhere, ...(await run()) }) + "\n");
} finally {
  rmSync(shop, { recursive: true, force: true });
}
process.exit(0);
