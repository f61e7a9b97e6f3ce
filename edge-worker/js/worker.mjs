// The outermost layer: hands what the Workers runtime brings to the program, and takes the one thing that Rust cannot do by itself,
// answering for a request that has panicked. It reads nothing of a request and logs nothing of an error, which could be personal.

import program from "./index_bg.wasm";
import * as rust from "./index.js";

rust.initSync({ module: program });

/** Counts the instances of the program: one that has run out of memory or stack is replaced by a fresh one at the next call. */
const instance = globalThis.__worker_init_state;

/**
 * The answer of some work. A panic has unwound before it arrives here: what the work held is released, and the requests beside it go
 * on in the same instance.
 */
async function answer(work) {
  try {
    return await work();
  } catch {
    console.error("a request failed: the line before says where");
    const body = { error: "internal", message: "the request failed: send it again later" };
    return Response.json(body, { status: 500, headers: { "cache-control": "no-store", "retry-after": "5" } });
  }
}

export default {
  fetch: (request, env, context) => answer(() => rust.fetch(request, env, context)),
  scheduled: (event, env, context) => rust.scheduled(event, env, context),
};

/** The answer of some work of a Durable Object. What a panic says stays here: who has called would log it. */
async function unspoken(work) {
  try {
    return await work();
  } catch (error) {
    throw error?.name === "PanicError" ? new Error("a panic: the line before says where") : error;
  }
}

/** A Durable Object around one of the program's, which lives no longer than the instance it belongs to. What it keeps is on disk. */
const durable = (Inner) =>
  class {
    constructor(state, env) {
      this.make = () => new Inner(state, env);
    }

    get inner() {
      if (this.of !== instance.instanceId) {
        [this.made, this.of] = [this.make(), instance.instanceId];
      }
      return this.made;
    }

    fetch(request) {
      return unspoken(() => this.inner.fetch(request));
    }

    alarm() {
      return unspoken(() => this.inner.alarm());
    }
  };

export const ShardLog = durable(rust.ShardLog);
export const SaltKeeper = durable(rust.SaltKeeper);
