// What a shop writes, for TypeScript to judge: what is right here must be accepted, and each line under `@ts-expect-error` refused.

import { load, type CommerceEvent, type Consent, type Counters } from "@firsthand-cdp/collector";

const firsthand = load({ writeKey: "wk", endpoint: "https://events.shop.example", auto: ["links", "errors"], pages: "hash" });

firsthand.consent({ analytics: true, email_marketing: false, own_purpose: true, method: "banner", version: "7" });
firsthand.track("Product Viewed", { product_id: "LIN-01", price: 49.9, currency: "CHF" });
firsthand.track("Product Added", { product_id: 17, price: "49.90", quantity: 2, colour: "sand" });
firsthand.track("Order Completed", { order_id: "10017", total: 98, currency: "CHF", products: [{ product_id: "LIN-01", quantity: 2 }] });
firsthand.track("Size Chosen", { size: 42, in_stock: true, at: new Date() });
firsthand.track("Basket Emptied");
firsthand.page("Home", { section: "top" });
firsthand.page({ section: "top" });
firsthand.identify("7104", { email: "jo@example.com" });
firsthand.identify(null, { email: "jo@example.com" });
firsthand.group(12, { name: "Tilleul" });
firsthand.alias("7104", "7103");
firsthand.reset();
firsthand.push(["track", "Product Viewed", { product_id: "LIN-01" }]);
firsthand.push(["consent", { analytics: true }]);
window.firsthand.track("Product Removed", { product_id: "LIN-01" });
const { delivered }: Counters = firsthand.counters();
const answers: Consent = { analytics: delivered > 0 };
const event: CommerceEvent = { event: "Coupon Applied", properties: { coupon_id: "WINTER", discount: 5 } };
firsthand.consent(answers);

// @ts-expect-error a price is an amount
firsthand.track("Product Viewed", { price: { amount: 49 } });
// @ts-expect-error an amount has digits
firsthand.track("Order Completed", { order_id: "1", total: "free" });
// @ts-expect-error products are a list
firsthand.track("Order Completed", { order_id: "1", products: "LIN-01" });
// @ts-expect-error a function is no property
firsthand.track("Size Chosen", { size: () => 42 });
// @ts-expect-error an answer is a yes or a no
firsthand.consent({ analytics: "yes" });
// @ts-expect-error the collector has no such call
firsthand.push(["dance"]);
// @ts-expect-error a key is needed
load({ endpoint: "https://events.shop.example" });

export { event };
