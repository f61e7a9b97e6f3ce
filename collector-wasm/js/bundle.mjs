// Puts the loader, wasm-bindgen's glue and the wasm into one file, and writes beside it what a site needs to know of it.
//
//   node bundle.mjs GLUE.js MODULE.wasm OUT-FOLDER
//
// One file, because wasm that a script has to fetch comes a round trip later; inlined, it is there with the loader, under
// one integrity hash.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, deflateRawSync, gzipSync } from "node:zlib";

const esbuild = createRequire(resolve("package.json"))("esbuild");
const [glue, wasm, out] = process.argv.slice(2).map((path) => resolve(path));

const given = {
  name: "given",
  setup(build) {
    build.onResolve({ filter: /^collector-glue$/ }, () => ({ path: glue }));
    build.onResolve({ filter: /^collector-wasm-bytes$/ }, () => ({ path: wasm, namespace: "bytes" }));
    // Deflated before it is written as text: the server's compression makes nothing of wasm in base64.
    const contents = deflateRawSync(readFileSync(wasm), { level: 9 }).toString("base64");
    build.onLoad({ filter: /.*/, namespace: "bytes" }, () => ({ contents, loader: "text" }));
  },
};
const built = await esbuild.build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["firsthand.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  logOverride: { "empty-import-meta": "silent" },
  plugins: [given],
  write: false,
});
const script = Buffer.from(built.outputFiles[0].contents);
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
process.stdout.write(`${name}: ${file.bytes} bytes, gzip ${file.gzip}, brotli ${file.brotli}\n`);
