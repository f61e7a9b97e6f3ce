use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A track as a client sends it, after the checks.
fn checked(name: &str, properties: Value) -> Event {
    let track = json!({"type": "track", "event": name, "messageId": "m1", "anonymousId": "a1",
        "timestamp": "2026-11-24T07:59:58Z", "properties": properties});
    Event::validate(track, "2026-11-24T08:00:00Z".parse().unwrap()).unwrap()
}

#[test]
fn a_shop_that_speaks_ga4_and_one_that_speaks_segment_give_the_same_events() {
    let item = json!({"item_id": "LIN-01", "item_name": "Linen shirt", "item_brand": "Tilleul", "item_category": "Shirts",
        "item_variant": "42", "index": 3, "price": 49.9, "quantity": 2});
    let product = json!({"product_id": "LIN-01", "name": "Linen shirt", "brand": "Tilleul", "category": "Shirts",
        "variant": "42", "position": 3, "price": 49.9, "quantity": 2});
    let with = |event: Value, more: Value| {
        let mut event = event;
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let money = json!({"currency": "CHF", "value": 99.8});
    let of_one = with(product.clone(), money.clone());
    let listed = with(json!({"products": [product]}), money.clone());
    let items = with(json!({"items": [item]}), money);
    let order = json!({"order_id": "10017", "revenue": 99.8, "currency": "CHF", "tax": 7.5, "shipping": 5, "products": listed["products"]});
    let purchase = json!({"transaction_id": "10017", "value": 99.8, "currency": "CHF", "tax": 7.5, "shipping": 5, "items": items["items"]});
    let cases = [
        ("view_item", &items, "Product Viewed", &of_one),
        ("add_to_cart", &items, "Product Added", &of_one),
        ("remove_from_cart", &items, "Product Removed", &of_one),
        ("select_item", &items, "Product Clicked", &of_one),
        ("add_to_wishlist", &items, "Product Added to Wishlist", &of_one),
        ("view_cart", &items, "Cart Viewed", &listed),
        ("begin_checkout", &items, "Checkout Started", &listed),
        ("purchase", &purchase, "Order Completed", &order),
        (
            "refund",
            &json!({"transaction_id": "10017", "value": 20}),
            "Order Refunded",
            &json!({"order_id": "10017", "total": 20}),
        ),
        (
            "view_promotion",
            &json!({"promotion_id": "p1", "promotion_name": "Winter", "creative_name": "snow", "creative_slot": "top"}),
            "Promotion Viewed",
            &json!({"promotion_id": "p1", "name": "Winter", "creative": "snow", "position": "top"}),
        ),
    ];
    for (ga4, theirs, segment, ours) in cases {
        let read = checked(ga4, theirs.clone());
        assert_eq!(read, checked(segment, ours.clone()), "{ga4}");
        assert_eq!(read.commerce().unwrap().misshapen, Vec::<String>::new(), "{ga4}");
    }
}

#[test]
fn names_of_ga4_are_in_order_and_lead_to_names_of_the_spec() {
    for ga4 in ["add_payment_info", "view_item_list", "select_promotion"] {
        assert!(checked(ga4, json!({})).commerce().is_some(), "{ga4}");
    }
    assert!(checked("Size Chosen", json!({})).commerce().is_none());
    assert!(checked("page_view", json!({})).commerce().is_none());
}

#[test]
fn several_items_at_once_stay_a_list() {
    let event = checked("add_to_cart", json!({"items": [{"item_id": "a"}, {"item_id": "b"}]}));
    let Some(Commerce::ProductAdded(act)) = event.commerce().map(|read| read.commerce) else {
        panic!("no product was added");
    };
    let ids: Vec<_> = act
        .products
        .iter()
        .flatten()
        .map(|product| product.product_id.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(ids, ["a", "b"]);
}

#[test]
fn what_has_another_shape_is_named_and_stays_where_it_was() {
    let given = json!({"order_id": 10017, "total": {"amount": 5}, "revenue": " 1'049.90 ", "currency": "CHF", "products": "LIN-01", "note": "x"});
    let event = checked("Order Completed", given.clone());
    let read = event.commerce().unwrap();
    assert_eq!(read.misshapen, ["products", "total"]);
    let Commerce::OrderCompleted(order) = read.commerce else {
        panic!("no order");
    };
    assert_eq!(order.order_id.unwrap().as_str(), "10017");
    assert_eq!(order.revenue.unwrap().as_str(), "1'049.90");
    assert_eq!((order.total, order.products), (None, None));
    assert_eq!(event.properties().map(|kept| Value::Object(kept.clone())), Some(given));
}

#[test]
fn an_order_is_worth_its_total_before_its_revenue_before_its_value() {
    let worth = |properties: Value| match checked("Order Completed", properties).commerce().unwrap().commerce {
        Commerce::OrderCompleted(order) => order.amounts().next().map(|amount| amount.as_str().to_owned()),
        _ => None,
    };
    assert_eq!(
        worth(json!({"value": 1, "revenue": 2, "total": 3})).as_deref(),
        Some("3")
    );
    assert_eq!(
        worth(json!({"value": 1, "revenue": 2, "total": "free"})).as_deref(),
        Some("2")
    );
    assert_eq!(worth(json!({"value": 1})).as_deref(), Some("1"));
    assert_eq!(worth(json!({})), None);
}

/// Everything that is neither a list nor an object, in order.
fn leaves(value: &Value) -> Vec<String> {
    let mut found: Vec<String> = match value {
        Value::Array(items) => items.iter().flat_map(leaves).collect(),
        Value::Object(fields) => fields.values().flat_map(leaves).collect(),
        leaf => vec![leaf.to_string()],
    };
    found.sort();
    found
}

fn shop_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z0-9 .]{0,6}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "items",
        "products",
        "item_id",
        "product_id",
        "transaction_id",
        "order_id",
        "value",
        "total",
        "revenue",
        "index",
        "price",
        "own",
    ]);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<Properties>()
                .into()),
        ]
    })
}

proptest! {
    #[test]
    fn an_alias_loses_no_value_and_reading_never_fails(
        name in prop::sample::select(vec!["purchase", "refund", "view_item", "add_to_cart", "view_cart", "view_promotion", "Order Completed"]),
        properties in shop_value().prop_filter("an object", Value::is_object),
    ) {
        let event = checked(name, properties.clone());
        let kept = Value::Object(event.properties().unwrap().clone());
        // One product's property that the event has too, with the same value, is said once.
        let (before, after) = (leaves(&properties), leaves(&kept));
        let said = |value: &String| after.contains(value);
        prop_assert!(before.iter().all(said), "{properties} became {kept}");
        let read = event.commerce().unwrap();
        prop_assert!(read.misshapen.iter().all(|name| kept.get(name).is_some()));
    }
}
