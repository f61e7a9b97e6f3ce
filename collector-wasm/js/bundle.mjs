// Puts the loader and the wasm into one file, and writes beside it what a site needs to know of it.
//
//   node bundle.mjs MODULE.wasm NAMES.json OUT-FOLDER
//
// One file, because wasm that a script has to fetch comes a round trip later; inlined, it is there with the loader, under
// one integrity hash.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const esbuild = createRequire(resolve("package.json"))("esbuild");
const [wasm, names, out] = process.argv.slice(2).map((path) => resolve(path));

// As a text with a character for each byte, in UTF-8: brotli makes of it nearly what it makes of the module itself, and of
// base64 a third more.
const literal = "`" + readFileSync(wasm).toString("latin1").replace(/[\\`]|\$(?=\{)/g, "\\$&").replace(/\r/g, "\\r") + "`";
// What wasm-opt calls the functions that pass between the two, by their names in the source.
const { imports, exports } = JSON.parse(readFileSync(names));
const inSource = (name) => `names.${name.replace(/^__wbg_|_[0-9a-f]{16}$/g, "")}`;
const define = [...imports.map(([, name, short]) => [name, short]), ...exports].map(([name, short]) => [inSource(name), JSON.stringify(short)]);
const given = {
  name: "given",
  setup(build) {
    build.onResolve({ filter: /^collector-wasm-bytes$/ }, () => ({ path: wasm, namespace: "bytes" }));
    build.onLoad({ filter: /.*/, namespace: "bytes" }, () => ({ contents: "PLACE_OF_THE_WASM", loader: "text" }));
  },
};
const built = await esbuild.build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["firsthand.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logOverride: { "empty-import-meta": "silent" },
  define: Object.fromEntries(define),
  plugins: [given],
  write: false,
});
const script = Buffer.from(built.outputFiles[0].text.replace('"PLACE_OF_THE_WASM"', () => literal));
const hash = createHash("sha256").update(script).digest("hex").slice(0, 12);
const name = `firsthand.${hash}.js`;

mkdirSync(out, { recursive: true });
for (const old of readdirSync(out)) rmSync(join(out, old), { recursive: true });
// The hashed name never changes its content and can be kept for ever; the plain one is for a tag that nobody wants to edit.
writeFileSync(join(out, name), script);
writeFileSync(join(out, "firsthand.js"), script);
const file = {
  name,
  alias: "firsthand.js",
  bytes: script.length,
  gzip: gzipSync(script, { level: 9 }).length,
  brotli: brotliCompressSync(script, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  integrity: `sha384-${createHash("sha384").update(script).digest("base64")}`,
};
writeFileSync(join(out, "manifest.json"), JSON.stringify({ page: [name], files: [file] }, null, 2) + "\n");
// What every visitor fetches may not grow unnoticed: two per cent, or a new figure with its reason in the commit.
const { brotli: agreed } = JSON.parse(readFileSync(join(import.meta.dirname, "../size.json")));
if (file.brotli > agreed * 1.02) {
  process.stderr.write(`the page's file is ${file.brotli} bytes (brotli), ${agreed} are agreed: make it smaller, or change collector-wasm/size.json and say why\n`);
  process.exitCode = 1;
}
process.stdout.write(`${name}: ${file.bytes} bytes, gzip ${file.gzip}, brotli ${file.brotli}\n`);
