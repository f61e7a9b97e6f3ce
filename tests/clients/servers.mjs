// Sends an identify, a track and a page with the client library of another tool, as a shop's server would.
// Arguments: the library, the worker's origin, the write key.

const [library, origin, writeKey] = process.argv.slice(2);

const senders = {
  async segment() {
    const { Analytics } = await import("@segment/analytics-node");
    const analytics = new Analytics({ writeKey, host: origin, path: "/v1/batch", maxRetries: 2 });
    let failure = null;
    analytics.on("error", (error) => (failure = error));
    return { analytics, done: async () => (await analytics.closeAndFlush({ timeout: 20_000 }), failure) };
  },
  async rudderstack() {
    const { default: RudderAnalytics } = await import("@rudderstack/rudder-sdk-node");
    const analytics = new RudderAnalytics(writeKey, { dataPlaneUrl: origin, flushAt: 3 });
    return { analytics, done: () => new Promise((resolve) => analytics.flush((error) => resolve(error))) };
  },
};

const { analytics, done } = await senders[library]();
const userId = `${library}-customer`;
analytics.identify({ userId, traits: { email: `${library}@mail.example` } });
analytics.track({ userId, event: "Order Completed", properties: { order_id: "o-1", total: 19.9, currency: "CHF" } });
analytics.page({ userId, name: "Shoes", properties: { path: "/shoes", url: "https://shop.example/shoes" } });
const failure = await done();
if (failure) {
  console.error(failure);
  process.exit(1);
}
process.exit(0);
