//! [GA4's names](https://developers.google.com/analytics/devguides/collection/ga4/ecommerce) for commerce events and their properties,
//! turned into the spec's, so that both kinds of shop give the same events and the same orders.
//!
//! A property that the spec's name has already is left under GA4's, and so is whatever GA4 has no counterpart for: no value is ever lost.

use serde_json::Value;

use crate::{Event, EventKind, Properties};

/// GA4's events, and the spec's.
const EVENTS: [(&str, &str); 13] = [
    ("add_payment_info", "Payment Info Entered"),
    ("add_to_cart", "Product Added"),
    ("add_to_wishlist", "Product Added to Wishlist"),
    ("begin_checkout", "Checkout Started"),
    ("purchase", PURCHASE),
    ("refund", REFUND),
    ("remove_from_cart", "Product Removed"),
    ("select_item", "Product Clicked"),
    ("select_promotion", "Promotion Clicked"),
    ("view_cart", "Cart Viewed"),
    ("view_item", "Product Viewed"),
    ("view_item_list", "Product List Viewed"),
    ("view_promotion", "Promotion Viewed"),
];

const PURCHASE: &str = "Order Completed";
const REFUND: &str = "Order Refunded";

/// Properties of events.
const PROPERTIES: [(&str, &str); 7] = [
    ("transaction_id", "order_id"),
    ("items", "products"),
    ("item_list_id", "list_id"),
    ("payment_type", "payment_method"),
    ("promotion_name", "name"),
    ("creative_name", "creative"),
    ("creative_slot", "position"),
];

/// Properties of one item.
const OF_ITEM: [(&str, &str); 6] = [
    ("item_id", "product_id"),
    ("item_name", "name"),
    ("item_brand", "brand"),
    ("item_category", "category"),
    ("item_variant", "variant"),
    ("index", "position"),
];

/// Events of the spec that are about one product, whose properties are the event's own.
const OF_ONE: [&str; 5] = [
    "Product Added",
    "Product Added to Wishlist",
    "Product Removed",
    "Product Clicked",
    "Product Viewed",
];

/// Gives an event that has one of GA4's names the spec's names.
pub(crate) fn normalise(event: &mut Event) {
    let EventKind::Track { event, properties } = &mut event.kind else {
        return;
    };
    let Ok(place) = EVENTS.binary_search_by_key(&event.as_str(), |(theirs, _)| *theirs) else {
        return;
    };
    let name = EVENTS[place].1;
    name.clone_into(event);
    rename(properties, &PROPERTIES);
    // GA4's value is that of the products, without taxes and shipping; of a refund it is what is given back.
    match name {
        PURCHASE => rename(properties, &[("value", "revenue")]),
        REFUND => rename(properties, &[("value", "total")]),
        _ => {}
    }
    if let Some(Value::Array(items)) = properties.get_mut("products") {
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            rename(item, &OF_ITEM);
        }
    }
    if OF_ONE.contains(&name) {
        lift_the_only_product(properties);
    }
}

fn rename(properties: &mut Properties, names: &[(&str, &str)]) {
    for (theirs, ours) in names {
        if !properties.contains_key(*ours)
            && let Some(value) = properties.remove(*theirs)
        {
            properties.insert((*ours).to_owned(), value);
        }
    }
}

/// Makes the properties of a list's one product the event's own. A list whose product says otherwise than the event stays.
fn lift_the_only_product(properties: &mut Properties) {
    let Some([Value::Object(product)]) = properties.get("products").and_then(Value::as_array).map(Vec::as_slice) else {
        return;
    };
    let agrees = |(field, value): (&String, &Value)| properties.get(field).is_none_or(|own| own == value);
    if product.iter().all(agrees) {
        let product = product.clone();
        properties.remove("products");
        properties.extend(product);
    }
}
