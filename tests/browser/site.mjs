// A web server for the collector's own tests: bare pages, the example shop, the built collector, and an edge that answers
// what a test wants it to answer and remembers what it was sent.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { read } from "../../collector-wasm/js/wire.mjs";

const root = join(import.meta.dirname, "../..");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };

const documented = readFileSync(join(root, "docs/collector.md"), "utf8");
const [stub] = documented.match(/^<script>.*<\/script>$/m);

/** The content security policy that the site owner is told to set, for a collector on the page's own origin. */
export const policy = documented.match(/^script-src .*$/m)[0].replaceAll("https://events.shop.example ", "");

/** A page with nothing but the collector. */
function bare(path, attributes, script) {
  return `<!doctype html><meta charset="utf-8"><title>${path}</title>${stub}${script}
    <script async src="/collector/firsthand.js" data-write-key="test-web-key" ${attributes}></script><p>${path}`;
}

/**
 * Starts the server. `status()` gives the edge's next answer, `attributes` go into the bare pages' script tag, `script` into
 * the pages, `headers` onto them; `delay` holds the collector's file back, in milliseconds.
 */
export async function serve({ status = () => 200, rejected = [], attributes = "", script = "", headers = {}, delay = 0 } = {}) {
  const bodies = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    if (pathname === "/v1/batch") {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const answer = status();
      const body = Buffer.concat(chunks);
      // The fallback writes JSON.
      const sent = body[0] === 0x7b ? JSON.parse(body.toString()) : read(body);
      bodies.push({ status: answer, bytes: body.length, type: request.headers["content-type"], ...sent });
      const verdicts = { accepted: sent.batch.length, duplicate: 0, rejected };
      response.writeHead(answer, { "content-type": "application/json" }).end(JSON.stringify(answer === 200 ? verdicts : {}));
    } else if (pathname.startsWith("/bare")) {
      response.writeHead(200, { "content-type": "text/html", ...headers }).end(bare(pathname, attributes, script));
    } else {
      const collector = pathname.startsWith("/collector/");
      if (collector && delay) await new Promise((resolve) => setTimeout(resolve, delay));
      const path = normalize(pathname.endsWith("/") ? pathname + "index.html" : pathname);
      try {
        const file = readFileSync(join(root, collector ? "dist" : "examples/shop/site", path));
        response.writeHead(200, { "content-type": `${types[extname(path)] ?? "application/octet-stream"}; charset=utf-8` }).end(file);
      } catch {
        response.writeHead(404).end();
      }
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}/`;
  return { base, bodies, events: () => bodies.flatMap(({ batch, status }) => batch.map((event) => ({ status, ...event }))), close: () => server.close() };
}
