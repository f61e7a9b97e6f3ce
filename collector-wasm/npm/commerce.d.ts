// Written from the types in event-schema/src/commerce by its tests: do not edit.

/** Firsthand's own purposes; a site may have more. */
export type Purpose = "analytics" | "personalisation" | "profiling" | "email_marketing" | "sms_marketing";

/**
 * An id or a name: text, or a number that stands for it. Never empty.
 */
export type Text = string | number;

/**
 * An amount of money or a rate, in the units of the event's currency: a number, or its digits as text.
 */
export type Amount = number | `${number}`;

/**
 * How many, or at which place: a whole number from 0, or its digits as text.
 */
export type Count = number | `${number}`;

/**
 * A product in a list, a cart or an order.
 */
export type Product = {
/**
 * The product's id in the shop.
 */
product_id?: Text,
/**
 * The id in stock.
 */
sku?: Text,
/**
 * What kind of product.
 */
category?: Text,
/**
 * What it is called.
 */
name?: Text,
/**
 * Who makes it.
 */
brand?: Text,
/**
 * Which of several: a colour, a size.
 */
variant?: Text,
/**
 * What one of them costs, in the event's currency.
 */
price?: Amount,
/**
 * How many.
 */
quantity?: Count,
/**
 * The coupon that goes with it.
 */
coupon?: Text,
/**
 * Its place in the list, from 0.
 */
position?: Count,
/**
 * The address of its page.
 */
url?: Text,
/**
 * The address of its picture.
 */
image_url?: Text, };

/**
 * Something done with one product. GA4 may name several at once, which then are `products`.
 */
export type ProductAct = {
/**
 * The product's id in the shop.
 */
product_id?: Text,
/**
 * The id in stock.
 */
sku?: Text,
/**
 * What kind of product.
 */
category?: Text,
/**
 * What it is called.
 */
name?: Text,
/**
 * Who makes it.
 */
brand?: Text,
/**
 * Which of several: a colour, a size.
 */
variant?: Text,
/**
 * What one of them costs, in `currency`.
 */
price?: Amount,
/**
 * How many.
 */
quantity?: Count,
/**
 * The coupon that goes with it.
 */
coupon?: Text,
/**
 * Its place in the list, from 0.
 */
position?: Count,
/**
 * The address of its page.
 */
url?: Text,
/**
 * The address of its picture.
 */
image_url?: Text,
/**
 * ISO 4217, as `CHF`.
 */
currency?: string,
/**
 * What all of it is worth, in `currency`.
 */
value?: Amount,
/**
 * The cart.
 */
cart_id?: Text,
/**
 * The wish list.
 */
wishlist_id?: Text,
/**
 * What the wish list is called.
 */
wishlist_name?: Text,
/**
 * The products, where there are several.
 */
products?: Array<Product>, };

/**
 * A list of products that was shown.
 */
export type ProductList = {
/**
 * The list.
 */
list_id?: Text,
/**
 * What kind of products.
 */
category?: Text,
/**
 * ISO 4217, as `CHF`.
 */
currency?: string,
/**
 * The products.
 */
products?: Array<Product>, };

/**
 * What somebody searched for.
 */
export type Search = {
/**
 * The words.
 */
query?: Text, };

/**
 * A promotion of the shop's own.
 */
export type Promotion = {
/**
 * The promotion.
 */
promotion_id?: Text,
/**
 * Its picture or text.
 */
creative?: Text,
/**
 * What it is called.
 */
name?: Text,
/**
 * Where on the page it is.
 */
position?: Text, };

/**
 * A cart.
 */
export type Cart = {
/**
 * The cart.
 */
cart_id?: Text,
/**
 * ISO 4217, as `CHF`.
 */
currency?: string,
/**
 * What all of it is worth, in `currency`.
 */
value?: Amount,
/**
 * What is in it.
 */
products?: Array<Product>, };

/**
 * A step of the checkout.
 */
export type CheckoutStep = {
/**
 * The checkout.
 */
checkout_id?: Text,
/**
 * The order, where it has a number already.
 */
order_id?: Text,
/**
 * The step, from 1.
 */
step?: Count,
/**
 * How it is to be sent.
 */
shipping_method?: Text,
/**
 * How it is to be paid.
 */
payment_method?: Text, };

/**
 * An order, or what is to become one. All amounts are in `currency`.
 */
export type Order = {
/**
 * The order's number, as the shop's own export has it.
 */
order_id?: Text,
/**
 * The checkout.
 */
checkout_id?: Text,
/**
 * The shop it was placed in.
 */
affiliation?: Text,
/**
 * What is paid, with taxes and shipping.
 */
total?: Amount,
/**
 * What the products cost, before discounts, taxes and shipping.
 */
subtotal?: Amount,
/**
 * What the products cost, without taxes and shipping; stands for `total` where that is missing.
 */
revenue?: Amount,
/**
 * What it is worth; stands for `total` where that and `revenue` are missing.
 */
value?: Amount,
/**
 * What sending it costs.
 */
shipping?: Amount,
/**
 * The taxes.
 */
tax?: Amount,
/**
 * What was taken off.
 */
discount?: Amount,
/**
 * The coupon.
 */
coupon?: Text,
/**
 * ISO 4217, as `CHF`.
 */
currency?: string,
/**
 * What was ordered.
 */
products?: Array<Product>, };

/**
 * A coupon.
 */
export type Coupon = {
/**
 * The order.
 */
order_id?: Text,
/**
 * The cart.
 */
cart_id?: Text,
/**
 * The coupon.
 */
coupon_id?: Text,
/**
 * What it is called.
 */
coupon_name?: Text,
/**
 * What it takes off.
 */
discount?: Amount,
/**
 * Why it was refused.
 */
reason?: Text, };

/**
 * Something shown to somebody else. Whom and in which words is nobody's business here.
 */
export type Share = {
/**
 * How: by e-mail, by message.
 */
share_via?: Text,
/**
 * The product.
 */
product_id?: Text,
/**
 * The cart.
 */
cart_id?: Text,
/**
 * The products of the cart.
 */
products?: Array<Product>, };

/**
 * A judgement of a product.
 */
export type Review = {
/**
 * The product.
 */
product_id?: Text,
/**
 * The judgement.
 */
review_id?: Text,
/**
 * The mark that was given.
 */
rating?: Amount, };

/**
 * A commerce event: its name in the spec, and what it is about.
 */
export type CommerceEvent = { "event": "Products Searched", "properties": Search } | { "event": "Product List Viewed", "properties": ProductList } | { "event": "Product List Filtered", "properties": ProductList } | { "event": "Promotion Viewed", "properties": Promotion } | { "event": "Promotion Clicked", "properties": Promotion } | { "event": "Product Clicked", "properties": ProductAct } | { "event": "Product Viewed", "properties": ProductAct } | { "event": "Product Added", "properties": ProductAct } | { "event": "Product Removed", "properties": ProductAct } | { "event": "Cart Viewed", "properties": Cart } | { "event": "Checkout Started", "properties": Order } | { "event": "Checkout Step Viewed", "properties": CheckoutStep } | { "event": "Checkout Step Completed", "properties": CheckoutStep } | { "event": "Payment Info Entered", "properties": CheckoutStep } | { "event": "Order Updated", "properties": Order } | { "event": "Order Completed", "properties": Order } | { "event": "Order Refunded", "properties": Order } | { "event": "Order Cancelled", "properties": Order } | { "event": "Coupon Entered", "properties": Coupon } | { "event": "Coupon Applied", "properties": Coupon } | { "event": "Coupon Denied", "properties": Coupon } | { "event": "Coupon Removed", "properties": Coupon } | { "event": "Product Added to Wishlist", "properties": ProductAct } | { "event": "Product Removed from Wishlist", "properties": ProductAct } | { "event": "Wishlist Product Added to Cart", "properties": ProductAct } | { "event": "Product Shared", "properties": Share } | { "event": "Cart Shared", "properties": Share } | { "event": "Product Reviewed", "properties": Review };
