//! Commerce: the events of [Segment's e-commerce spec](https://segment.com/docs/connections/spec/ecommerce/v2/) as types, and
//! GA4's names for the same things.
//!
//! A reader asks an [`Event`] for its [`Commerce`]; the event itself keeps every property as it came. What has another shape than the spec
//! says is left out of the type, named in [`Read::misshapen`], and stays a plain property. Nothing is refused here.

mod ga4;
mod properties;
mod value;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Event, EventKind, Properties};

pub(crate) use ga4::normalise;
pub use properties::{
    Cart, CheckoutStep, Coupon, Order, Product, ProductAct, ProductList, Promotion, Review, Search, Share,
};
pub use value::{Amount, Count, Text};

/// A commerce event: its name in the spec, and what it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", content = "properties")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CommerceEvent"))]
pub enum Commerce {
    /// Somebody searched.
    #[serde(rename = "Products Searched")]
    ProductsSearched(Search),
    /// A category or another list was shown.
    #[serde(rename = "Product List Viewed")]
    ProductListViewed(ProductList),
    /// A list was narrowed or sorted.
    #[serde(rename = "Product List Filtered")]
    ProductListFiltered(ProductList),
    /// A promotion was shown.
    #[serde(rename = "Promotion Viewed")]
    PromotionViewed(Promotion),
    /// A promotion was chosen.
    #[serde(rename = "Promotion Clicked")]
    PromotionClicked(Promotion),
    /// A product was chosen in a list.
    #[serde(rename = "Product Clicked")]
    ProductClicked(ProductAct),
    /// A product's own page was shown.
    #[serde(rename = "Product Viewed")]
    ProductViewed(ProductAct),
    /// A product was put into the cart.
    #[serde(rename = "Product Added")]
    ProductAdded(ProductAct),
    /// A product was taken out of the cart.
    #[serde(rename = "Product Removed")]
    ProductRemoved(ProductAct),
    /// The cart was shown.
    #[serde(rename = "Cart Viewed")]
    CartViewed(Cart),
    /// The checkout began.
    #[serde(rename = "Checkout Started")]
    CheckoutStarted(Order),
    /// A step of the checkout was shown.
    #[serde(rename = "Checkout Step Viewed")]
    CheckoutStepViewed(CheckoutStep),
    /// A step of the checkout was done.
    #[serde(rename = "Checkout Step Completed")]
    CheckoutStepCompleted(CheckoutStep),
    /// The way of paying was given.
    #[serde(rename = "Payment Info Entered")]
    PaymentInfoEntered(CheckoutStep),
    /// An order was changed.
    #[serde(rename = "Order Updated")]
    OrderUpdated(Order),
    /// An order was placed.
    #[serde(rename = "Order Completed")]
    OrderCompleted(Order),
    /// Money of an order was given back: `total` of it, or all.
    #[serde(rename = "Order Refunded")]
    OrderRefunded(Order),
    /// An order was cancelled.
    #[serde(rename = "Order Cancelled")]
    OrderCancelled(Order),
    /// A coupon was entered.
    #[serde(rename = "Coupon Entered")]
    CouponEntered(Coupon),
    /// A coupon was accepted.
    #[serde(rename = "Coupon Applied")]
    CouponApplied(Coupon),
    /// A coupon was refused.
    #[serde(rename = "Coupon Denied")]
    CouponDenied(Coupon),
    /// A coupon was taken back.
    #[serde(rename = "Coupon Removed")]
    CouponRemoved(Coupon),
    /// A product was put onto a wish list.
    #[serde(rename = "Product Added to Wishlist")]
    ProductAddedToWishlist(ProductAct),
    /// A product was taken off a wish list.
    #[serde(rename = "Product Removed from Wishlist")]
    ProductRemovedFromWishlist(ProductAct),
    /// A product went from a wish list into the cart.
    #[serde(rename = "Wishlist Product Added to Cart")]
    WishlistProductAddedToCart(ProductAct),
    /// A product was recommended to somebody.
    #[serde(rename = "Product Shared")]
    ProductShared(Share),
    /// The cart was shown to somebody else.
    #[serde(rename = "Cart Shared")]
    CartShared(Share),
    /// A product was judged.
    #[serde(rename = "Product Reviewed")]
    ProductReviewed(Review),
}

/// A commerce event, and which of its properties are not in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The event.
    pub commerce: Commerce,
    /// The names of properties that the spec knows in another shape, in order.
    pub misshapen: Vec<String>,
}

impl Commerce {
    /// Reads the event of this name; nothing where the spec has none.
    pub fn read(name: &str, properties: &Properties) -> Option<Read> {
        if let Some(commerce) = of(name, properties.clone()) {
            let misshapen = Vec::new();
            return Some(Read { commerce, misshapen });
        }
        // Every property is optional, so each by itself shows whether it fits.
        let fits = |(field, value): (&String, &Value)| {
            let alone = Map::from_iter([(field.clone(), value.clone())]);
            of(name, alone).is_some()
        };
        let mut sound = properties.clone();
        sound.retain(|field, value| fits((field, &*value)));
        let commerce = of(name, sound)?;
        let misshapen = properties.iter().filter(|field| !fits(*field));
        let misshapen = misshapen.map(|(field, _)| field.clone()).collect();
        Some(Read { commerce, misshapen })
    }
}

impl Event {
    /// What the event says in the words of the e-commerce spec; nothing where it is no such event.
    pub fn commerce(&self) -> Option<Read> {
        match &self.kind {
            EventKind::Track { event, properties } => Commerce::read(event, properties),
            _ => None,
        }
    }
}

fn of(name: &str, properties: Properties) -> Option<Commerce> {
    serde_json::from_value(json!({"event": name, "properties": properties})).ok()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod typescript;
