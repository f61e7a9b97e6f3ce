// What a page calls. The types of commerce events are written from those that the edge and the unifier use.

import type { CommerceEvent, Purpose } from "./commerce.js";

export * from "./commerce.js";

/** What a property may hold: what JSON can, and what becomes of it in JSON. */
export type Json = string | number | boolean | null | undefined | Date | Json[] | { [name: string]: Json };

/** Properties of an event or traits of a person. */
export type Properties = { [name: string]: Json };

/** A commerce event's name in Segment's spec. */
export type CommerceName = CommerceEvent["event"];

/** The properties of the event of this name: typed for those of the spec, and free for all others. */
export type PropertiesOf<Name extends string> = Name extends CommerceName
  ? Extract<CommerceEvent, { event: Name }>["properties"] & Properties
  : Properties;

/** The visitor's answers, and what they were asked. Only `true` grants; a purpose that is left out keeps its earlier answer. */
export type Consent = { [purpose in Purpose]?: boolean } & {
  /** `false` where the visitor objects to being counted without an id. */
  audience?: boolean;
  /** How the visitor answered: `banner`, for instance. */
  method?: string;
  /** Which version of the wording. */
  version?: string;
  /** The wording's language. */
  language?: string;
  /** What finds the exact words again: best a hash of them. */
  wording?: string;
  [purpose: string]: boolean | string | undefined;
};

/** What became of everything the page asked for, since it was loaded. */
export interface Counters {
  /** Acknowledged by the edge. */
  delivered: number;
  /** Sent as a hit without an id; that has no answer. */
  measured: number;
  /** Not sent, because the visitor refused or withdrew. */
  refused: number;
  /** Not sent, because an id was a placeholder or none at all. */
  junkIds: number;
  /** Not sent, because the call was malformed or over a limit. */
  malformed: number;
  /** Not counted, because the same page was counted already. */
  repeated: number;
  /** Lost, because more were waiting than are kept. */
  overflowed: number;
  /** Lost, because the edge will not take them. */
  rejected: number;
  /** Lost, because the browser gave no random bytes or took no request. */
  unsendable: number;
}

/** A call as the line in the page's head keeps it. */
export type Call =
  | ["track", string, Properties?]
  | ["page", string?, Properties?]
  | ["page", Properties?]
  | ["identify", string | number | null, Properties?]
  | ["group", string | number, Properties?]
  | ["alias", string | number, (string | number)?]
  | ["consent", Consent]
  | ["reset"];

/** The collector, as `window.firsthand`. */
export interface Firsthand {
  /** A call by its name: the one thing that there is before the script has arrived. */
  push(call: Call): void;
  /** Something happened. The names of Segment's e-commerce spec have typed properties. */
  track<Name extends CommerceName | (string & {})>(name: Name, properties?: PropertiesOf<Name>): void;
  /** A page view, with `pages: "manual"`. */
  page(name?: string, properties?: Properties): void;
  /** A page view, with `pages: "manual"`. */
  page(properties: Properties): void;
  /** The visitor is this customer from now on; `null` where there is an address and no account. */
  identify(id: string | number | null, traits?: Properties): void;
  /** The visitor belongs to this company or household. */
  group(id: string | number, traits?: Properties): void;
  /** The visitor had another id before. */
  alias(id: string | number, previous?: string | number): void;
  /** What follows belongs to somebody else. */
  reset(): void;
  /** The visitor's answers. */
  consent(answers: Consent): void;
  /** How many events went where. */
  counters(): Counters;
}

/** What the script tag's attributes say, where there is no tag. */
export interface Options {
  /** The key that names the site at the edge. */
  writeKey: string;
  /** Where events go: the edge's address. */
  endpoint: string;
  /** The path behind that, if it is not `/v1/batch`. */
  path?: string;
  /** Query parameters that stay in addresses, besides the campaign's. */
  query?: string[];
  /** `manual`: page views are counted only by `page`; `hash`: what stands behind `#` tells pages apart. */
  pages?: "manual" | "hash";
  /** What is noticed without a call; all but errors where it is left out. */
  auto?: ("links" | "downloads" | "forms" | "engagement" | "errors")[];
  /** The banner whose answers are listened to. */
  banner?: "tcf" | "google";
  /** Counts visits without consent, without an id. */
  audience?: boolean;
}

/** Starts the collector, once; where there is no page (on a server), what it returns does nothing. */
export function load(options: Options): Firsthand;

declare global {
  interface Window {
    firsthand: Firsthand;
  }
}
