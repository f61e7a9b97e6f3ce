//! The manual, `docs/segments.md`, says what is so.

use super::*;
use crate::config::Config;

const MANUAL: &str = include_str!("../../../../docs/segments.md");

/// The blocks of the manual that hold a rule.
fn examples() -> impl Iterator<Item = &'static str> {
    MANUAL
        .split("```segment\n")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("```")?.0.trim_end()))
}

#[test]
fn every_example_of_the_manual_runs() {
    let mut told = String::new();
    for example in examples() {
        told.push_str(&format!("{example}\n    -> {}\n", matched(example).join(", ")));
    }
    assert!(examples().count() >= 15, "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn the_manual_lists_every_field() {
    let kind = |kind| match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Day => "day",
        Kind::YesNo => "yes or no",
    };
    let rows: String = FIELDS
        .iter()
        .map(|field| format!("| `{}` | {} | {} |\n", field.name, kind(field.kind), field.meaning))
        .collect();
    assert!(
        MANUAL.contains(&rows),
        "the table of fields in docs/segments.md should be:\n{rows}"
    );
}

#[test]
fn the_example_shops_segments_are_right_and_print_as_they_stand() {
    let config = Config::parse(include_str!("../../../../examples/shop/unifier.toml")).unwrap();
    let segments = compile(&config.segments, &config.purposes).unwrap();
    assert!(segments.iter().count() >= 5);
    for (name, rule) in segments.iter() {
        assert_eq!(rule.to_string(), config.segments[name].rule);
    }
}
