//! What segments promise. One file a promise that needs room: round trips, the oracle, the manual.

mod manual;
mod oracle;
mod round_trip;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Int64Type};
use proptest::prelude::*;

use super::fixture::{NAMES, events_daily, id, name, now, people, purposes, rules, scores, tables, traits};
use super::*;
use crate::{predict, profile};

fn segments() -> Segments {
    compile(&rules([("vip", "revenue >= 400")]), &purposes()).unwrap()
}

/// The names of those a rule matches.
fn matched(text: &str) -> Vec<&'static str> {
    let segments = segments();
    let rule = segments.parse(text).unwrap_or_else(|error| panic!("{error}"));
    let count = segments.count_in(&tables(), &rule, now()).unwrap();
    assert_eq!(count.matched, count.sample.len());
    count.sample.iter().map(|id| name(id)).collect()
}

#[test]
fn numbers_and_amounts_compare_exactly() {
    assert_eq!(matched("orders >= 2"), ["anna", "émile", "fanny"]);
    assert_eq!(matched("revenue > 100"), ["anna", "émile"]);
    assert_eq!(matched("revenue = 100.0001"), ["émile"]);
    assert_eq!(matched("revenue = 100"), ["fanny"]);
    assert_eq!(matched("orders in (1, 5)"), ["anna", "bruno"]);
    assert_eq!(matched("orders not in (0, 1)"), ["anna", "émile", "fanny"]);
    assert_eq!(matched("p_buy_90d >= 0.5"), ["anna", "émile"]);
}

#[test]
fn propensities_compare_by_name_and_are_unknown_of_who_has_none() {
    assert_eq!(matched("propensity \"order-soon\" >= 0.2"), ["anna", "visitor"]);
    assert_eq!(matched("propensity \"order-soon\" percentile > 40"), ["anna"]);
    assert_eq!(matched("propensity \"cart\" < 0.5"), ["anna"]);
    assert_eq!(matched("propensity \"order-soon\" is unknown").len(), 4);
    assert_eq!(matched("group \"household\" people >= 2"), ["anna", "visitor"]);
    assert_eq!(matched("group \"account\" revenue >= 100"), ["anna"]);
    assert_eq!(matched("group \"household\" orders = 0"), ["fanny"]);
    assert_eq!(
        matched("group \"household\" name starts with \"muster\""),
        ["anna", "visitor"]
    );
    assert_eq!(
        matched("group \"household\" last_order within 1 month"),
        ["anna", "visitor"]
    );
    assert_eq!(matched("group \"household\" people is unknown").len(), 3);
    let rule = segments().parse("propensity \"order-son\" > 0").unwrap();
    let remarks = segments().count_in(&tables(), &rule, now()).unwrap().remarks;
    let expected = "nobody has a propensity \"order-son\"; did you mean \"order-soon\"?";
    assert_eq!(remarks, [expected]);
}

#[test]
fn text_compares_without_case_and_special_characters_mean_themselves() {
    assert_eq!(matched("city = \"bern\""), ["anna"]);
    assert_eq!(matched("city = \"zürich\""), ["chloé"]);
    assert_eq!(matched("city = \"Zu\u{308}rich\""), ["chloé"]);
    assert_eq!(matched("city in (\"lyon\", \"GENÈVE\")"), ["émile", "fanny"]);
    assert_eq!(matched("email ends with \"@example.org\""), ["anna", "chloé", "émile"]);
    assert_eq!(matched("email contains \"_\""), ["chloé"]);
    assert_eq!(matched("email contains \"%\""), Vec::<&str>::new());
    assert_eq!(matched("email not starts with \"anna\""), ["bruno", "chloé", "émile"]);
}

#[test]
fn days_count_from_the_nights_day_with_both_ends() {
    // 90 days before 2026-11-24 is 2026-08-26.
    assert_eq!(matched("last_order within 90 days"), ["anna", "émile"]);
    assert_eq!(matched("last_order not within 90 days"), ["bruno", "fanny"]);
    assert_eq!(matched("last_order within 3 months"), ["anna", "émile", "fanny"]);
    assert_eq!(matched("next_order_median within next 30 days"), ["anna"]);
    assert_eq!(matched("last_order before 2026-08-26"), ["bruno", "fanny"]);
    assert_eq!(matched("last_order until 2026-08-26"), ["bruno", "émile", "fanny"]);
    assert_eq!(matched("last_order after 2026-08-26"), ["anna"]);
    assert_eq!(matched("last_order since 2026-08-26"), ["anna", "émile"]);
    assert_eq!(matched("last_order on 2026-08-26"), ["émile"]);
    assert_eq!(matched("first_seen on 2024-05-01"), ["anna"]);
    assert_eq!(matched("birth_date before 1985-01-01"), ["anna"]);
}

#[test]
fn what_is_not_known_matches_nothing_but_is_unknown() {
    assert_eq!(matched("country != \"CH\""), ["fanny"]);
    assert_eq!(matched("not country = \"CH\""), ["fanny"]);
    assert_eq!(matched("country is unknown"), ["visitor"]);
    assert_eq!(
        matched("country = \"CH\" or country is unknown"),
        ["anna", "bruno", "chloé", "visitor", "émile"]
    );
    assert_eq!(matched("p_buy_90d is unknown"), ["chloé", "visitor", "fanny"]);
    assert_eq!(matched("p_alive < 1"), ["anna", "bruno"]);
    assert_eq!(matched("trait \"loyalty_tier\" != \"gold\""), ["bruno"]);
}

/// All nine pairs of yes, no and unknown. `orders` is 5 for Anna and known for everybody; her street is not known.
#[test]
fn three_valued_logic_follows_kleene() {
    let conditions = [
        ("yes", "orders = 5"),
        ("no", "orders = 4"),
        ("unknown", "p_buy_percentile = 1"),
    ];
    let scores = RecordBatch::try_from_iter([
        ("person_id", fixture::text([Some(id(0))])),
        ("p_buy_percentile", arrow::array::new_null_array(&DataType::Float64, 1)),
    ]);
    let tables = TableSet::new(vec![people()], vec![scores.unwrap()], vec![], vec![]).unwrap();
    let segments = segments();
    let anna = |text: &str| {
        let rule = segments.parse(text).unwrap();
        segments
            .count_in(&tables, &rule, now())
            .unwrap()
            .sample
            .contains(&id(0))
    };
    let value = |text: &str| match (anna(text), anna(&format!("not ({text})"))) {
        (true, false) => "yes",
        (false, true) => "no",
        (false, false) => "unknown",
        (true, true) => "both",
    };
    let mut table = String::new();
    for (left, a) in conditions {
        table.push_str(&format!("not {left} = {}\n", value(&format!("not {a}"))));
        for (right, b) in conditions {
            let (and, or) = (value(&format!("{a} and {b}")), value(&format!("{a} or {b}")));
            table.push_str(&format!("{left} and {right} = {and}, {left} or {right} = {or}\n"));
        }
    }
    insta::assert_snapshot!(table, @"
    not yes = no
    yes and yes = yes, yes or yes = yes
    yes and no = no, yes or no = yes
    yes and unknown = unknown, yes or unknown = yes
    not no = yes
    no and yes = no, no or yes = yes
    no and no = no, no or no = no
    no and unknown = no, no or unknown = unknown
    not unknown = unknown
    unknown and yes = unknown, unknown or yes = yes
    unknown and no = no, unknown or no = unknown
    unknown and unknown = unknown, unknown or unknown = unknown
    ");
}

#[test]
fn events_are_counted_within_their_window() {
    assert_eq!(matched("event \"Product Viewed\""), ["anna", "chloé", "visitor"]);
    assert_eq!(
        matched("event \"Product Viewed\" at least 3 times within 30 days"),
        ["anna"]
    );
    assert_eq!(
        matched("event \"Product Viewed\" at least 3 times within 29 days"),
        Vec::<&str>::new()
    );
    assert_eq!(matched("event \"Product Viewed\" exactly 1 time"), ["chloé"]);
    assert_eq!(
        matched("event \"Product Viewed\" at most 1 time within 1 year"),
        ["bruno", "chloé", "émile", "fanny"]
    );
    assert_eq!(matched("no event \"Order Completed\" within 180 days"), NAMES[1..]);
}

#[test]
fn traits_are_read_as_what_they_are_compared_with() {
    assert_eq!(matched("trait \"loyalty_tier\" = \"gold\""), ["anna", "émile"]);
    assert_eq!(matched("trait \"children\" >= 2"), ["anna"]);
    assert_eq!(matched("trait \"children\" not in (3, 4)"), ["anna"]);
    assert_eq!(matched("trait \"member_since\" within 3 years"), ["anna"]);
    assert_eq!(matched("trait \"children\" is known"), ["anna", "bruno"]);
}

#[test]
fn consent_that_was_never_given_is_no() {
    assert_eq!(matched("consents to email_marketing"), ["anna", "émile", "fanny"]);
    assert_eq!(matched("refuses email_marketing"), ["bruno"]);
    assert_eq!(
        matched("not consents to email_marketing"),
        ["bruno", "chloé", "visitor"]
    );
    let later = compile(&rules([]), &["email_marketing".to_owned(), "profiling".to_owned()]).unwrap();
    let rule = later.parse("consents to profiling or refuses profiling").unwrap();
    assert_eq!(later.count_in(&tables(), &rule, now()).unwrap().matched, 0);
}

#[test]
fn sources_and_segments_are_conditions() {
    assert_eq!(matched("from source \"hubspot\""), ["anna", "chloé"]);
    assert_eq!(matched("not from source \"hubspot\" and suppressed is yes"), ["émile"]);
    assert_eq!(matched("in segment \"vip\" or city = \"Lyon\""), ["anna", "fanny"]);
}

#[test]
fn reach_leaves_out_who_is_suppressed_who_did_not_agree_and_who_has_no_address() {
    let segments = segments();
    let rule = segments.parse("records >= 1").unwrap();
    let count = segments.count_in(&tables(), &rule, now()).unwrap();
    assert_eq!((count.people, count.matched, count.suppressed), (6, 6, 1));
    let reach = |purpose: &str, agreed, by_email, by_phone| Reach {
        purpose: purpose.to_owned(),
        agreed,
        by_email,
        by_phone,
    };
    let expected = [reach("email_marketing", 2, 1, 2), reach("sms_marketing", 3, 2, 2)];
    assert_eq!(count.reach, expected);
}

#[test]
fn names_that_nobody_has_are_remarked_with_the_nearest() {
    let segments = segments();
    let text = "trait \"loyalty_teir\" = \"gold\" or event \"product viewed\" or from source \"hubspt\" \
                or trait \"children\" = 2 or no event \"Order Completed\" or from source \"web\"";
    let count = segments
        .count_in(&tables(), &segments.parse(text).unwrap(), now())
        .unwrap();
    let expected = [
        "nobody has a trait \"loyalty_teir\"; did you mean \"loyalty_tier\"?",
        "nobody did anything on the web named \"product viewed\"; did you mean \"Product Viewed\"?",
        "nobody comes from a source \"hubspt\"; did you mean \"hubspot\"?",
    ];
    assert_eq!(count.remarks, expected);
}

/// The stages that make the tables keep to what the language reads of them.
#[test]
fn every_field_is_a_column_of_its_table_that_can_be_compared() {
    let people = profile::people::people(&[], &purposes()).unwrap();
    let nobody = crate::identity::resolve(&[], &crate::config::Identity::default(), &[]);
    let people = crate::identity::tables::with_confidence(&people, 0, &nobody).unwrap();
    let predictions = predict::score(&[], 20_000, &predict::PredictConfig::default());
    let scores = predict::table::scores(std::iter::empty(), &predictions)
        .next()
        .unwrap()
        .unwrap();
    for field in FIELDS {
        let table = if field.table == Table::People { &people } else { &scores };
        let column = table
            .column_by_name(field.name)
            .unwrap_or_else(|| panic!("no column {}", field.name));
        let fits = match field.kind {
            Kind::Text => column.data_type() == &DataType::Utf8,
            Kind::Number => value::numbers(column).is_ok(),
            Kind::Day => value::days(column).is_some(),
            Kind::YesNo => column.data_type() == &DataType::Boolean,
        };
        assert!(fits, "{} is {}", field.name, column.data_type());
    }
}

#[test]
fn segments_are_evaluated_after_those_they_speak_of() {
    let segments = compile(
        &rules([
            ("a", "in segment \"z\" and not in segment \"m\""),
            ("m", "in segment \"z\" and country = \"FR\""),
            ("z", "orders >= 2"),
        ]),
        &purposes(),
    );
    let memberships = segments.unwrap().evaluate(&tables(), now()).unwrap();
    assert_eq!(memberships.sizes().collect::<Vec<_>>(), [("a", 2), ("m", 1), ("z", 3)]);
    assert_eq!(
        memberships.members("a").unwrap().map(name).collect::<Vec<_>>(),
        ["anna", "émile"]
    );
}

#[test]
fn since_is_the_night_of_entry_while_nobody_leaves() {
    let segments = compile(
        &rules([("buyers", "orders >= 1"), ("nobody", "orders > 9")]),
        &purposes(),
    )
    .unwrap();
    let tables_without_anna = TableSet::new(
        vec![people().slice(1, 5)],
        vec![scores()],
        vec![traits()],
        vec![events_daily()],
    )
    .unwrap();
    let first = segments
        .evaluate(&tables_without_anna, now())
        .unwrap()
        .to_batches(7, &[])
        .unwrap();
    let second = segments
        .evaluate(&tables(), now())
        .unwrap()
        .to_batches(8, &first)
        .unwrap();
    let rows: Vec<_> = second.iter().flat_map(rows_of_segments).collect();
    assert_eq!(rows, [("anna", 8), ("bruno", 7), ("émile", 7), ("fanny", 7)]);
    assert_eq!(second[0].column(0).as_string::<i32>().value(0), "buyers");
    let nobody = compile(&rules([("nobody", "orders > 9")]), &purposes()).unwrap();
    let empty = nobody
        .evaluate(&tables(), now())
        .unwrap()
        .to_batches(9, &second)
        .unwrap();
    assert_eq!((empty.len(), empty[0].num_rows()), (1, 0));
}

fn rows_of_segments(batch: &RecordBatch) -> Vec<(&'static str, i64)> {
    let (ids, nights) = (
        batch.column(1).as_string::<i32>(),
        batch.column(2).as_primitive::<Int64Type>(),
    );
    (0..batch.num_rows())
        .map(|row| (name(ids.value(row)), nights.value(row)))
        .collect()
}

proptest! {
    /// The same rows in any order and in batches of any size give the same members.
    #[test]
    fn the_order_and_the_batches_of_rows_do_not_matter(seed in any::<u64>(), cut in 1_usize..6) {
        let shuffled = |batch: RecordBatch| -> Vec<RecordBatch> {
            let mut rows: Vec<usize> = (0..batch.num_rows()).collect();
            rows.sort_by_key(|row| (*row as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
            let rows: Vec<_> = rows.into_iter().map(|row| batch.slice(row, 1)).collect();
            rows.chunks(cut).map(|chunk| concat_batches(&batch.schema(), chunk).unwrap()).collect()
        };
        let mixed = TableSet::new(shuffled(people()), shuffled(scores()), shuffled(traits()), shuffled(events_daily()));
        let segments = compile(&rules([
            ("gold", "trait \"loyalty_tier\" = \"gold\""),
            ("keen", "p_buy_90d >= 0.5"),
            ("looked", "event \"Product Viewed\" at least 2 times"),
        ]), &purposes()).unwrap();
        prop_assert_eq!(
            segments.evaluate(&mixed.unwrap(), now()).unwrap(),
            segments.evaluate(&tables(), now()).unwrap()
        );
    }
}

#[test]
fn a_defect_says_where_what_and_what_would_do() {
    let texts = [
        "ordres >= 2",
        "orders >= \"2\"",
        "orders contains 2",
        "city > 3",
        "city = Bern",
        "city = 'Bern'",
        "city = \"Bern",
        "revenue > 12abc",
        "revenue > 1234567890123456",
        "last_order before 2026-02-30",
        "last_order = 2026-02-01",
        "last_order within 0 days",
        "last_order within 90",
        "event Viewed",
        "event \"Viewed\" at least 0 times",
        "consents to email_markting",
        "in segment \"vpi\"",
        "suppressed = 1",
        "orders >= 2 revenue > 3",
        "(orders >= 2",
        "orders >= 2 and",
        "",
        "country = \"CH\" and\n  ordres >= 2",
        "city = \"a\\n\"",
        "orders ~ 2",
        "trait loyalty_tier = \"gold\"",
    ];
    let told: Vec<String> = texts
        .iter()
        .map(|text| segments().parse(text).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
    assert!(
        segments()
            .parse(&"(".repeat(100_000))
            .unwrap_err()
            .message
            .contains("nest")
    );
}

#[test]
fn all_defects_of_a_configuration_are_told_at_once_and_cycles_with_their_path() {
    let defects = compile(
        &rules([
            ("alone", "in segment \"alone\""),
            ("big", "orders >= 2 and in segment \"new\""),
            ("new", "in segment \"vip\""),
            ("typo", "orders >>"),
            ("vip", "orders > 9 or in segment \"big\""),
        ]),
        &purposes(),
    );
    let told: Vec<String> = defects.unwrap_err().iter().map(SegmentError::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    segments.alone: line 1, column 12: the segment depends on itself: alone -> alone
      in segment "alone"
                 ^^^^^^^
    segments.big: line 1, column 28: the segment depends on itself: big -> new -> vip -> big
      orders >= 2 and in segment "new"
                                 ^^^^^
    segments.typo: line 1, column 9: a number is missing here, as 100 or 99.5
      orders >>
              ^
    "#);
}

#[test]
fn a_table_without_a_column_is_named() {
    let people = people().project(&[0]).unwrap();
    let tables = TableSet::new(vec![people], vec![], vec![], vec![]).unwrap();
    let error = segments().evaluate(&tables, now()).unwrap_err().to_string();
    assert!(error.contains("people") && error.contains("revenue"), "{error}");
}
