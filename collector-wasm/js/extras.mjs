// What is built beside the page's file: the debug mode and the web vitals, which a site loads by tags of their own, and the npm
// package. No page fetches them unless its site says so: the manifest lists them under `files` and not under `page`.
//
//   node extras.mjs DIST-FOLDER

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const esbuild = createRequire(resolve("package.json"))("esbuild");
const dist = resolve(process.argv[2]);
const collector = join(dist, "collector");
const source = join(import.meta.dirname, "..");

const manifest = JSON.parse(readFileSync(join(collector, "manifest.json")));
const optional = ["debug", "vitals"];
for (const name of optional) {
  const built = await esbuild.build({
    entryPoints: [join(import.meta.dirname, `${name}.js`)],
    bundle: true, minify: true, format: "iife", target: "es2022", charset: "utf8", legalComments: "none", write: false,
  });
  const script = Buffer.from(built.outputFiles[0].contents);
  writeFileSync(join(collector, `firsthand.${name}.js`), script);
  manifest.files.push({
    name: `firsthand.${name}.js`,
    bytes: script.length,
    gzip: gzipSync(script, { level: 9 }).length,
    brotli: brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
    integrity: `sha384-${createHash("sha384").update(script).digest("base64")}`,
  });
}
writeFileSync(join(collector, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

// The package: the page's own file, which finds its settings in `load`'s options instead of in its tag.
const TAG = "document.currentScript";
const [before, after, ...more] = readFileSync(join(collector, "firsthand.js"), "utf8").split(TAG);
if (after === undefined || more.length) throw new Error(`the page's file should ask for ${TAG} once`);
const entry = `const calls=["push","track","page","identify","group","alias","reset","consent","counters"];
export function load(options){
if(typeof document==="undefined")return Object.fromEntries(calls.map((name)=>[name,()=>{}]));
const {query,auto,audience,...rest}=options;
const dataset={...rest,...(query&&{query:query.join()}),...(auto&&{auto:auto.join(" ")}),...(audience&&{audience:"on"})};
const tag={dataset,src:""};
${before}tag${after}
return window.firsthand}
`;
const folder = join(dist, "npm");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "index.js"), entry);
for (const file of ["index.d.ts", "commerce.d.ts", "README.md"]) copyFileSync(join(source, "npm", file), join(folder, file));
for (const file of ["firsthand.js", ...optional.map((name) => `firsthand.${name}.js`)]) copyFileSync(join(collector, file), join(folder, file));
for (const file of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(resolve(file), join(folder, file));
const [, version] = readFileSync(resolve("Cargo.toml"), "utf8").match(/^version = "(.*)"$/m);
const [, repository] = readFileSync(resolve("Cargo.toml"), "utf8").match(/^repository = "(.*)"$/m);
const described = {
  name: "@firsthand-cdp/collector",
  version,
  description: "Page views, events and consent of a website, for its own edge: nothing is kept or sent before the visitor agrees",
  license: "MIT OR Apache-2.0",
  repository,
  type: "module",
  types: "./index.d.ts",
  exports: {
    ".": { types: "./index.d.ts", default: "./index.js" },
    ...Object.fromEntries(["script", ...optional].map((name) => [`./${name}`, name === "script" ? "./firsthand.js" : `./firsthand.${name}.js`])),
  },
  sideEffects: ["./firsthand*.js"],
};
writeFileSync(join(folder, "package.json"), JSON.stringify(described, null, 2) + "\n");
process.stdout.write(manifest.files.map(({ name, brotli }) => `${name}: brotli ${brotli}\n`).slice(1).join(""));
