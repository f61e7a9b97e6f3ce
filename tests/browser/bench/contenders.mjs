// The collectors that are measured side by side on one page: ours as a site deploys it, and Plausible's and Segment's npm
// packages, bundled as a shop would bundle them, with what they notice by themselves turned on.
//
// Each page says `contender(name, properties)` for an event, whoever takes it, and `started` once its collector works.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { read } from "../../../collector-wasm/js/wire.mjs";

const root = join(import.meta.dirname, "../../..");
const json = (body) => JSON.parse(body.toString());

/** A peer's own entry point and everything that it imports, minified; what it loads on demand stays apart. */
async function bundle(name, source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, sourcefile: `${name}.js` },
    bundle: true, minify: true, splitting: true, format: "esm", target: "es2022", legalComments: "none", write: false,
    outdir: "/out", entryNames: name, chunkNames: `${name}-[hash]`, define: { "process.env.NODE_ENV": '"production"' },
  });
  return new Map(outputFiles.map(({ path, contents }) => [`/files/${basename(path)}`, Buffer.from(contents)]));
}

const stub = "window.firsthand=window.firsthand||{q:[],push(c){this.q.push([Date.now(),location.href,c])}}";

export const contenders = {
  firsthand: {
    async files() {
      const file = readFileSync(join(root, "dist/collector/firsthand.js"));
      return new Map([["/files/firsthand.js", file]]);
    },
    head: (agrees) => `<script>${stub};${agrees ? 'firsthand.push(["consent",{analytics:true}]);' : ""}
      contender=(name,properties)=>firsthand.push(["track",name,properties])</script>
      <script async src="/files/firsthand.js" data-write-key="bench-key"></script>`,
    started: () => window.firsthand.counters && window.firsthand.counters(),
    events: (body) => read(body).batch.map(({ type, event, messageId }) => ({ name: event ?? type, id: messageId })),
  },
  plausible: {
    files: () => bundle("plausible", `import { init, track } from "@plausible-analytics/tracker";
      init({ domain: "shop.example", endpoint: "/api/event", captureOnLocalhost: true, outboundLinks: true, fileDownloads: true, formSubmissions: true });
      window.contender = (name, props) => track(name, { props });
      window.started = true;`),
    head: () => '<script async type="module" src="/files/plausible.js"></script>',
    started: () => window.started,
    // It gives its events no ids.
    events: (body) => [json(body)].map(({ n }) => ({ name: n === "pageview" ? "page" : n })),
  },
  segment: {
    files: () => bundle("segment", `import { AnalyticsBrowser } from "@segment/analytics-next";
      const to = { apiHost: location.host + "/segment", protocol: "http" };
      const analytics = AnalyticsBrowser.load({ writeKey: "bench-key", cdnSettings: { integrations: { "Segment.io": { apiKey: "bench-key", ...to } } } },
        { integrations: { "Segment.io": to } });
      analytics.page();
      window.contender = (name, properties) => void analytics.track(name, properties);
      analytics.ready(() => (window.started = true));`),
    head: () => '<script async type="module" src="/files/segment.js"></script>',
    started: () => window.started,
    events: (body) => [json(body)].flatMap((sent) => sent.batch ?? sent).map(({ type, event, messageId }) => ({ name: event ?? type, id: messageId })),
  },
};

/** What is measured where nothing is loaded. */
export const nothing = { files: async () => new Map(), head: () => "<script>contender=()=>{}</script>", started: () => true, events: () => [] };
