//! The evaluation against a slow one that looks at one person at a time.

use arrow::array::RecordBatch;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::segment::fixture::{batch, id, now, numbers, purposes, rules, text};
use crate::segment::*;

#[derive(Clone, Debug)]
struct Person {
    city: Option<String>,
    orders: i64,
    score: Option<f64>,
    tier: Option<String>,
    views: u8,
}

fn person() -> impl Strategy<Value = Person> {
    let word = || option::of("[aAéÉ%_\\\\]{0,3}");
    let score = option::of((0_u8..5).prop_map(|n| f64::from(n) / 4.0));
    (word(), 0_i64..4, score, word(), 0_u8..4).prop_map(|(city, orders, score, tier, views)| Person {
        city,
        orders,
        score,
        tier,
        views,
    })
}

fn text_test() -> impl Strategy<Value = TextTest> {
    let word = || "[aAéÉ%_\\\\]{0,2}";
    prop_oneof![
        word().prop_map(TextTest::Is),
        vec(word(), 1..3).prop_map(TextTest::In),
        word().prop_map(TextTest::Contains),
        word().prop_map(TextTest::StartsWith),
        word().prop_map(TextTest::EndsWith),
    ]
}

fn condition() -> impl Strategy<Value = Rule> {
    let subject = |name: &str| Subject::Field(Field::named(name).unwrap());
    let (city, orders, score) = (subject("city"), subject("orders"), subject("p_alive"));
    let texts = prop_oneof![Just(city.clone()), Just(Subject::Trait("tier".to_owned()))];
    let all = prop_oneof![
        Just(city),
        Just(orders.clone()),
        Just(score.clone()),
        Just(Subject::Trait("tier".to_owned()))
    ];
    let number = (0_u8..16).prop_map(|n| f64::from(n) / 4.0);
    let comparison = (0_usize..6).prop_map(|index| Comparison::ALL[index].0);
    let times = (0_u32..4, 0_u8..4).prop_map(|(count, kind)| match kind {
        0 => Times::None,
        1 => Times::AtLeast(count + 1),
        2 => Times::AtMost(count),
        _ => Times::Exactly(count),
    });
    prop_oneof![
        (texts, any::<bool>(), text_test())
            .prop_map(|(subject, holds, test)| Rule::Compare(subject, Test::Text(holds, test))),
        (prop_oneof![Just(orders), Just(score)], comparison, number)
            .prop_map(|(subject, comparison, number)| Rule::Compare(subject, Test::Number(comparison, number))),
        (all, any::<bool>())
            .prop_map(|(subject, known)| Rule::Compare(subject, if known { Test::Known } else { Test::Unknown })),
        times.prop_map(|times| Rule::Event("view".to_owned(), times, None)),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    condition().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Rule::All),
            vec(inner.clone(), 2..4).prop_map(Rule::Any),
            inner.prop_map(|rule| Rule::Not(Box::new(rule))),
        ]
    })
}

/// Yes, no, or unknown.
fn says(rule: &Rule, person: &Person) -> Option<bool> {
    match rule {
        Rule::All(rules) => rules
            .iter()
            .map(|rule| says(rule, person))
            .min_by_key(|value| rank(*value))
            .flatten(),
        Rule::Any(rules) => rules
            .iter()
            .map(|rule| says(rule, person))
            .max_by_key(|value| rank(*value))
            .flatten(),
        Rule::Not(rule) => says(rule, person).map(|value| !value),
        Rule::Event(_, times, _) => Some(times.holds(i64::from(person.views))),
        Rule::Compare(subject, test) => compare(subject, test, person),
        other => panic!("the oracle does not know {other}"),
    }
}

/// No lies below unknown, and unknown below yes.
fn rank(value: Option<bool>) -> u8 {
    value.map_or(1, |value| if value { 2 } else { 0 })
}

fn compare(subject: &Subject, test: &Test, person: &Person) -> Option<bool> {
    let (text, number) = match subject {
        Subject::Trait(_) => (person.tier.as_deref(), None),
        Subject::Propensity(_) | Subject::PropensityPercentile(_) | Subject::Group(..) => (None, None),
        Subject::Field(field) if field.name == "city" => (person.city.as_deref(), None),
        Subject::Field(field) if field.name == "orders" => (None, Some(person.orders as f64)),
        Subject::Field(_) => (None, person.score),
    };
    match test {
        Test::Known => Some(text.is_some() || number.is_some()),
        Test::Unknown => Some(text.is_none() && number.is_none()),
        Test::Number(comparison, with) => number.map(|number| match comparison {
            Comparison::Equal => number == *with,
            Comparison::NotEqual => number != *with,
            Comparison::Less => number < *with,
            Comparison::AtMost => number <= *with,
            Comparison::More => number > *with,
            Comparison::AtLeast => number >= *with,
        }),
        Test::Text(holds, test) => text.map(|text| passes(&text.to_lowercase(), test) == *holds),
        other => panic!("the oracle does not know {other}"),
    }
}

fn passes(text: &str, test: &TextTest) -> bool {
    match test {
        TextTest::Is(other) => text == other.to_lowercase(),
        TextTest::In(others) => others.iter().any(|other| text == other.to_lowercase()),
        TextTest::Contains(part) => text.contains(&part.to_lowercase()),
        TextTest::StartsWith(part) => text.starts_with(&part.to_lowercase()),
        TextTest::EndsWith(part) => text.ends_with(&part.to_lowercase()),
    }
}

fn tables(people: &[Person]) -> TableSet {
    let all = || people.iter().enumerate();
    let some = |known: &dyn Fn(&Person) -> bool| -> Vec<usize> {
        all()
            .filter(|(_, person)| known(person))
            .map(|(index, _)| index)
            .collect()
    };
    let ids = |indices: &[usize]| text(indices.iter().map(|index| Some(id(*index))));
    let (scored, tiered, viewed) = (
        some(&|person| person.score.is_some()),
        some(&|person| person.tier.is_some()),
        some(&|person| person.views > 0),
    );
    let of = |indices: &[usize]| indices.iter().map(|index| people[*index].clone()).collect::<Vec<_>>();
    let scores = of(&scored)
        .into_iter()
        .map(|person| person.score)
        .collect::<arrow::array::Float64Array>();
    let nobody = text(people.iter().map(|_| None::<&str>));
    let table = |batch: RecordBatch| vec![batch];
    TableSet::new(
        table(batch([
            ("person_id", text(all().map(|(index, _)| Some(id(index))))),
            ("city", text(people.iter().map(|person| person.city.clone()))),
            ("orders", numbers(people.iter().map(|person| person.orders))),
            ("email", nobody.clone()),
            ("phone", nobody),
            (
                "suppressed",
                crate::segment::fixture::answers(people.iter().map(|_| Some(false))),
            ),
        ])),
        table(batch([
            ("person_id", ids(&scored)),
            ("p_alive", std::sync::Arc::new(scores) as _),
        ])),
        table(batch([
            ("person_id", ids(&tiered)),
            ("trait", text(tiered.iter().map(|_| Some("tier")))),
            ("value", text(of(&tiered).into_iter().map(|person| person.tier))),
        ])),
        table(batch([
            ("person_id", ids(&viewed)),
            ("event", text(viewed.iter().map(|_| Some("view")))),
            (
                "count",
                numbers(of(&viewed).into_iter().map(|person| i64::from(person.views))),
            ),
        ])),
    )
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_evaluation_agrees_with_one_that_looks_at_one_person_at_a_time(
        people in vec(person(), 1..8),
        rule in rule(),
    ) {
        let expected: Vec<String> = (0..people.len())
            .filter(|index| says(&rule, &people[*index]) == Some(true))
            .map(id)
            .collect();
        let segments = compile(&rules([]), &purposes()).unwrap();
        let count = segments.count_in(&tables(&people), &rule, now()).unwrap();
        prop_assert_eq!(count.sample, expected, "{}", rule);
    }
}
