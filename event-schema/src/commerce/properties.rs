//! What commerce events are about. Every property may be missing: the spec asks for few, and shops give fewer.

use serde::{Deserialize, Serialize};

use super::{Amount, Count, Text};

/// Declares structs of optional properties.
macro_rules! properties {
    ($($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty,)+ })+) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        #[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
        pub struct $name {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)+
        }
    )+};
}

properties! {
    /// A product in a list, a cart or an order.
    Product {
        /// The product's id in the shop.
        product_id: Text,
        /// The id in stock.
        sku: Text,
        /// What kind of product.
        category: Text,
        /// What it is called.
        name: Text,
        /// Who makes it.
        brand: Text,
        /// Which of several: a colour, a size.
        variant: Text,
        /// What one of them costs, in the event's currency.
        price: Amount,
        /// How many.
        quantity: Count,
        /// The coupon that goes with it.
        coupon: Text,
        /// Its place in the list, from 0.
        position: Count,
        /// The address of its page.
        url: Text,
        /// The address of its picture.
        image_url: Text,
    }

    /// Something done with one product. GA4 may name several at once, which then are `products`.
    ProductAct {
        /// The product's id in the shop.
        product_id: Text,
        /// The id in stock.
        sku: Text,
        /// What kind of product.
        category: Text,
        /// What it is called.
        name: Text,
        /// Who makes it.
        brand: Text,
        /// Which of several: a colour, a size.
        variant: Text,
        /// What one of them costs, in `currency`.
        price: Amount,
        /// How many.
        quantity: Count,
        /// The coupon that goes with it.
        coupon: Text,
        /// Its place in the list, from 0.
        position: Count,
        /// The address of its page.
        url: Text,
        /// The address of its picture.
        image_url: Text,
        /// ISO 4217, as `CHF`.
        currency: String,
        /// What all of it is worth, in `currency`.
        value: Amount,
        /// The cart.
        cart_id: Text,
        /// The wish list.
        wishlist_id: Text,
        /// What the wish list is called.
        wishlist_name: Text,
        /// The products, where there are several.
        products: Vec<Product>,
    }

    /// A list of products that was shown.
    ProductList {
        /// The list.
        list_id: Text,
        /// What kind of products.
        category: Text,
        /// ISO 4217, as `CHF`.
        currency: String,
        /// The products.
        products: Vec<Product>,
    }

    /// What somebody searched for.
    Search {
        /// The words.
        query: Text,
    }

    /// A promotion of the shop's own.
    Promotion {
        /// The promotion.
        promotion_id: Text,
        /// Its picture or text.
        creative: Text,
        /// What it is called.
        name: Text,
        /// Where on the page it is.
        position: Text,
    }

    /// A cart.
    Cart {
        /// The cart.
        cart_id: Text,
        /// ISO 4217, as `CHF`.
        currency: String,
        /// What all of it is worth, in `currency`.
        value: Amount,
        /// What is in it.
        products: Vec<Product>,
    }

    /// A step of the checkout.
    CheckoutStep {
        /// The checkout.
        checkout_id: Text,
        /// The order, where it has a number already.
        order_id: Text,
        /// The step, from 1.
        step: Count,
        /// How it is to be sent.
        shipping_method: Text,
        /// How it is to be paid.
        payment_method: Text,
    }

    /// An order, or what is to become one. All amounts are in `currency`.
    Order {
        /// The order's number, as the shop's own export has it.
        order_id: Text,
        /// The checkout.
        checkout_id: Text,
        /// The shop it was placed in.
        affiliation: Text,
        /// What is paid, with taxes and shipping.
        total: Amount,
        /// What the products cost, before discounts, taxes and shipping.
        subtotal: Amount,
        /// What the products cost, without taxes and shipping; stands for `total` where that is missing.
        revenue: Amount,
        /// What it is worth; stands for `total` where that and `revenue` are missing.
        value: Amount,
        /// What sending it costs.
        shipping: Amount,
        /// The taxes.
        tax: Amount,
        /// What was taken off.
        discount: Amount,
        /// The coupon.
        coupon: Text,
        /// ISO 4217, as `CHF`.
        currency: String,
        /// What was ordered.
        products: Vec<Product>,
    }

    /// A coupon.
    Coupon {
        /// The order.
        order_id: Text,
        /// The cart.
        cart_id: Text,
        /// The coupon.
        coupon_id: Text,
        /// What it is called.
        coupon_name: Text,
        /// What it takes off.
        discount: Amount,
        /// Why it was refused.
        reason: Text,
    }

    /// Something shown to somebody else. Whom and in which words is nobody's business here.
    Share {
        /// How: by e-mail, by message.
        share_via: Text,
        /// The product.
        product_id: Text,
        /// The cart.
        cart_id: Text,
        /// The products of the cart.
        products: Vec<Product>,
    }

    /// A judgement of a product.
    Review {
        /// The product.
        product_id: Text,
        /// The judgement.
        review_id: Text,
        /// The mark that was given.
        rating: Amount,
    }
}

impl Order {
    /// What the order is worth, the best first: `total`, `revenue`, `value`.
    pub fn amounts(&self) -> impl Iterator<Item = &Amount> {
        [&self.total, &self.revenue, &self.value].into_iter().flatten()
    }
}
