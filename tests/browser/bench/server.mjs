// The site on which the collectors are measured: an empty shop page for each, their files, and an edge that remembers every
// request and answers as it is told. Every host below `localhost` is an origin of its own, so that no page finds what
// another one left.

import { createServer } from "node:http";
import { brotliCompressSync, constants } from "node:zlib";

import { contenders, nothing } from "./contenders.mjs";

// Without these two the page's clock has steps of 100 µs.
const PRECISE_CLOCK = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Starts the server. Its `status` is what events are answered with. */
export async function serve() {
  const all = { ...contenders, nothing };
  const files = new Map();
  for (const contender of Object.values(all)) for (const [path, file] of await contender.files()) files.set(path, file);
  const site = { status: 200, delay: 0, posts: [], fetched: [] };

  function html({ pathname, searchParams }) {
    const [, contender] = pathname.split("/");
    const head = all[contender].head(searchParams.get("agrees") !== "no");
    return `<!doctype html><meta charset="utf-8"><title>Linen shirt</title><link rel="icon" href="data:,">${head}<h1>Linen shirt</h1>`;
  }

  const server = createServer(async (request, response) => {
    const host = request.headers.host.split(".")[0];
    const url = new URL(request.url, `http://${request.headers.host}`);
    if (request.method !== "GET") {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      site.posts.push({ host, path: url.pathname, body: Buffer.concat(chunks), status: site.status });
      response.writeHead(site.status, { "content-type": "application/json" });
      return response.end('{"success":true,"accepted":1,"duplicate":0,"rejected":[]}');
    }
    const file = files.get(url.pathname);
    if (file) {
      if (site.delay) await new Promise((resolve) => setTimeout(resolve, site.delay));
      site.fetched.push({ host, path: url.pathname });
      return response.writeHead(200, { "content-type": "text/javascript; charset=utf-8", ...PRECISE_CLOCK }).end(file);
    }
    if (!all[url.pathname.split("/")[1]]) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html", ...PRECISE_CLOCK }).end(html(url));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();

  const brotli = (path) => brotliCompressSync(files.get(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  return Object.assign(site, {
    /** The address of a contender's page on a host of its own. */
    url: (contender, host, path = "linen-shirt") => `http://${host}.localhost:${port}/${contender}/${path}`,
    /** What the pages of a host fetched, compressed as well as brotli can. */
    weight: (host) => site.fetched.filter((file) => file.host === host).reduce((sum, { path }) => sum + brotli(path), 0),
    postsOf: (host) => site.posts.filter((post) => post.host === host),
    /** The events of a host that were taken. */
    events: (contender, host) =>
      site.posts.filter((post) => post.host === host && post.status === 200).flatMap(({ body }) => all[contender].events(body)),
    close: () => server.closeAllConnections() ?? server.close(),
  });
}
