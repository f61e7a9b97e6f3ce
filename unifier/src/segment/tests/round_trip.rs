//! What is printed parses to the same rule.

use jiff::civil::Date;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::segment::*;

fn vocabulary() -> Vocabulary {
    Vocabulary {
        purposes: vec!["email_marketing".to_owned(), "4you".to_owned()],
        segments: vec!["vip".to_owned(), "at-risk".to_owned()],
    }
}

fn number() -> impl Strategy<Value = f64> {
    (-999_999_999_i64..=999_999_999, 0_i32..6).prop_map(|(n, scale)| {
        // Through text, as a rule's numbers come.
        format!("{n}e-{scale}").parse::<f64>().unwrap() + 0.0
    })
}

fn day() -> impl Strategy<Value = Date> {
    (0_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn duration() -> impl Strategy<Value = Duration> {
    (1_u16..=100, 0_usize..4).prop_map(|(count, unit)| Duration {
        count,
        unit: Unit::ALL[unit].0,
    })
}

fn text_test() -> impl Strategy<Value = TextTest> {
    let text = any::<String>;
    prop_oneof![
        text().prop_map(TextTest::Is),
        vec(text(), 1..4).prop_map(TextTest::In),
        text().prop_map(TextTest::Contains),
        text().prop_map(TextTest::StartsWith),
        text().prop_map(TextTest::EndsWith),
    ]
}

fn day_test() -> impl Strategy<Value = DayTest> {
    prop_oneof![
        day().prop_map(DayTest::Before),
        day().prop_map(DayTest::After),
        day().prop_map(DayTest::Since),
        day().prop_map(DayTest::Until),
        day().prop_map(DayTest::On),
        (any::<bool>(), duration()).prop_map(|(holds, duration)| DayTest::Within(holds, duration)),
        (any::<bool>(), duration()).prop_map(|(holds, duration)| DayTest::WithinNext(holds, duration)),
    ]
}

fn test_of(kind: Kind) -> BoxedStrategy<Test> {
    let known = prop_oneof![Just(Test::Known), Just(Test::Unknown)];
    let test = match kind {
        Kind::Text => (any::<bool>(), text_test())
            .prop_map(|(holds, test)| Test::Text(holds, test))
            .boxed(),
        Kind::Number => prop_oneof![
            (0_usize..6, number()).prop_map(|(sign, number)| Test::Number(Comparison::ALL[sign].0, number)),
            (any::<bool>(), vec(number(), 1..4)).prop_map(|(holds, list)| Test::NumberIn(holds, list)),
        ]
        .boxed(),
        Kind::Day => day_test().prop_map(Test::Day).boxed(),
        Kind::YesNo => any::<bool>().prop_map(Test::YesNo).boxed(),
    };
    prop_oneof![1 => known, 5 => test].boxed()
}

fn condition() -> impl Strategy<Value = Rule> {
    let field = (0..FIELDS.len()).prop_flat_map(|index| {
        let field = &FIELDS[index];
        test_of(field.kind).prop_map(move |test| Rule::Compare(Subject::Field(field), test))
    });
    let kind = prop_oneof![Just(Kind::Text), Just(Kind::Number), Just(Kind::Day)];
    let free_trait = (any::<String>(), kind.prop_flat_map(test_of))
        .prop_map(|(name, test)| Rule::Compare(Subject::Trait(name), test));
    let times = prop_oneof![
        Just(Times::None),
        (1..=u32::MAX).prop_map(Times::AtLeast),
        any::<u32>().prop_map(Times::AtMost),
        any::<u32>().prop_map(Times::Exactly),
    ];
    let event = (any::<String>(), times, proptest::option::of(duration()))
        .prop_map(|(name, times, window)| Rule::Event(name, times, window));
    let named = prop_oneof![
        (0_usize..2).prop_map(|index| Rule::Consents(vocabulary().purposes[index].clone())),
        (0_usize..2).prop_map(|index| Rule::Refuses(vocabulary().purposes[index].clone())),
        (0_usize..2).prop_map(|index| Rule::InSegment(vocabulary().segments[index].clone())),
        any::<String>().prop_map(Rule::FromSource),
    ];
    let propensity = (any::<String>(), any::<bool>(), test_of(Kind::Number)).prop_map(|(name, percentile, test)| {
        let subject = if percentile {
            Subject::PropensityPercentile
        } else {
            Subject::Propensity
        };
        Rule::Compare(subject(name), test)
    });
    let number = (
        any::<String>(),
        prop::sample::select(vec![GroupFigure::People, GroupFigure::Orders, GroupFigure::Revenue]),
    );
    let number = (number, test_of(Kind::Number)).prop_map(|((name, figure), test)| (name, figure, test));
    let day = (any::<String>(), Just(GroupFigure::LastOrder), test_of(Kind::Day));
    let text = (any::<String>(), Just(GroupFigure::Name), test_of(Kind::Text));
    let group = prop_oneof![number, day, text];
    let group = group.prop_map(|(name, figure, test)| Rule::Compare(Subject::Group(name, figure), test));
    prop_oneof![4 => field, 2 => free_trait, 1 => propensity, 1 => group, 1 => event, 1 => named]
}

pub(super) fn rule() -> impl Strategy<Value = Rule> {
    condition().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Rule::All),
            vec(inner.clone(), 2..4).prop_map(Rule::Any),
            inner.prop_map(|rule| Rule::Not(Box::new(rule))),
        ]
    })
}

proptest! {
    #[test]
    fn a_printed_rule_parses_to_itself(rule in rule()) {
        let text = rule.to_string();
        prop_assert_eq!(parse(&text, &vocabulary()), Ok(rule), "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[a-z\"\\\\ ()=<>,0-9.éß\n-]{0,40}|\\PC{0,40}") {
        if let Err(error) = parse(&text, &vocabulary()) {
            prop_assert!(error.to_string().contains('^'));
        }
    }
}
