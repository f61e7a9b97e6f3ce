//! Promises of the whole stage on any data at all: no error, nothing that is not a number, the same answer for any input order
//! and number of threads. Tests only.

use proptest::prelude::*;

use super::goldens::{CDNOW_TODAY, cdnow};
use super::model::TimeUnit;
use super::note::Note;
use super::rfm::Rfm;
use super::{History, PredictConfig, Predictions, Purchase, Score, score};
use crate::dice::Dice;

const TODAY: i32 = 20_000;

fn person(purchases: &[(i32, f64)]) -> History {
    History {
        purchases: purchases
            .iter()
            .map(|&(ago, value)| Purchase {
                day: TODAY - ago,
                value: Some(value),
            })
            .collect(),
    }
}

fn assert_sound(histories: &[History], today: i32, predictions: &Predictions) {
    assert_eq!(predictions.scores.len(), histories.len());
    for (history, score) in histories.iter().zip(&predictions.scores) {
        assert_eq!(
            score.is_some(),
            history.purchases.iter().any(|p| p.day <= today),
            "{history:?}"
        );
        let Some(score) = score else { continue };
        for probability in [score.p_alive, score.p_buy, score.p_buy_90d] {
            assert!((0.0..=1.0).contains(&probability), "{score:?} of {history:?}");
        }
        assert!((0.0..100.0).contains(&score.p_buy_percentile), "{score:?}");
        assert!(score.p_alive >= score.p_buy.max(score.p_buy_90d), "{score:?}");
        for (chance, orders) in [
            (score.p_buy, score.expected_orders),
            (score.p_buy_90d, score.expected_orders_365d),
        ] {
            assert!(orders.is_finite() && orders >= chance, "{score:?} of {history:?}");
        }
        for value in [score.expected_value, score.expected_value_365d].into_iter().flatten() {
            assert!(value.is_finite() && value >= 0.0, "{score:?}");
        }
        let Rfm {
            recency,
            frequency,
            monetary,
        } = score.rfm;
        assert!(
            [recency, frequency, monetary]
                .iter()
                .all(|quintile| (1..=5).contains(quintile)),
            "{score:?}"
        );
        let next = score.next_order;
        assert!(
            today < next.p25 && next.p25 <= next.median && next.median <= next.p75,
            "{score:?}"
        );
    }
    for model in &predictions.models {
        assert!(model.log_likelihood.is_finite(), "{model:?}");
        assert!(
            model
                .parameters
                .iter()
                .all(|(_, value)| value.is_finite() && *value > 0.0),
            "{model:?}"
        );
    }
    if let Some(totals) = predictions.totals {
        let values = [totals.value, totals.value_365d].into_iter().flatten();
        let all = [totals.buyers, totals.orders, totals.orders_365d]
            .into_iter()
            .chain(values);
        assert!(all.into_iter().all(f64::is_finite), "{totals:?}");
        assert!(totals.buyers <= totals.orders, "{totals:?}");
    }
}

fn sound(histories: &[History]) -> Predictions {
    let predictions = score(histories, TODAY, &PredictConfig::default());
    assert_sound(histories, TODAY, &predictions);
    predictions
}

#[test]
fn any_part_of_a_customer_base_gives_sound_scores() {
    let everyone = cdnow();
    let mut dice = Dice(7);
    for size in [1, 1, 1, 2, 2, 3, 5, 8, 13, 20, 30, 50, 120, 499, 600] {
        let some: Vec<History> = (0..size)
            .map(|_| everyone[dice.below(everyone.len())].clone())
            .collect();
        let predictions = score(&some, CDNOW_TODAY, &PredictConfig::default());
        assert_sound(&some, CDNOW_TODAY, &predictions);
        assert_eq!(predictions.sufficiency.totals_reliable, size >= 500, "{size} customers");
        assert!(
            size >= 500
                || predictions
                    .notes
                    .iter()
                    .any(|note| matches!(note, Note::FewCustomers { .. }))
        );
    }
}

#[test]
fn the_traps_of_ordinary_data_give_sound_scores() {
    let once = |n: i32| (0..n).map(|i| person(&[(i % 300, 10.0)])).collect::<Vec<_>>();
    let notes = |histories: &[History]| sound(histories).notes;
    assert_eq!(notes(&[]), [Note::NoCustomers]);
    assert!(
        notes(&once(300)).contains(&Note::NobodyCameBack),
        "everyone bought once"
    );
    sound(&[person(&[(0, 10.0)])]);
    sound(&vec![person(&[(0, 10.0)]); 90]);
    sound(&vec![person(&[(100, 10.0), (0, 10.0)]); 90]);
    sound(&vec![
        person(&(0..365).rev().map(|ago| (ago, 5.0)).collect::<Vec<_>>());
        3
    ]);
    sound(&[
        person(&[(3_650, 80_995.0 * 12.0), (3_649, 1.0)]),
        person(&[(10, -5.0)]),
        person(&[(20, 0.0)]),
    ]);
    sound(&[
        person(&[(10, f64::NAN)]),
        person(&[(10, f64::INFINITY)]),
        person(&[(10, f64::MAX), (10, f64::MAX)]),
    ]);
    sound(&[person(&[(10, 1e-300), (5, 1e300)]), person(&[(10, 1.0)])]);
    assert!(notes(&[person(&[(-5, 10.0)]), person(&[(5, 1.0)])]).contains(&Note::FuturePurchases { purchases: 1 }));
    assert!(notes(&[person(&[(10, -5.0)])]).contains(&Note::UnpricedOrders { orders: 1 }));
    let extreme = History {
        purchases: vec![
            Purchase {
                day: i32::MIN,
                value: None,
            },
            Purchase {
                day: TODAY,
                value: None,
            },
        ],
    };
    sound(&[extreme, person(&[(5, 1.0)])]);
}

#[test]
fn importing_the_same_orders_twice_changes_no_probability() {
    let once: Vec<History> = cdnow().into_iter().take(200).collect();
    let twice: Vec<History> = once
        .iter()
        .map(|h| History {
            purchases: h.purchases.iter().chain(&h.purchases).cloned().collect(),
        })
        .collect();
    let config = PredictConfig::default();
    let (once, twice) = (score(&once, CDNOW_TODAY, &config), score(&twice, CDNOW_TODAY, &config));
    let chances = |predictions: &Predictions| -> Vec<_> {
        let scores = predictions.scores.iter().map(|score| score.as_ref().unwrap());
        scores
            .map(|s| {
                (
                    s.p_alive,
                    s.p_buy,
                    s.p_buy_percentile,
                    s.p_buy_90d,
                    s.expected_orders,
                    s.expected_orders_365d,
                    s.next_order,
                )
            })
            .collect()
    };
    assert_eq!(chances(&once).len(), 200);
    assert_eq!(chances(&once), chances(&twice));
}

#[test]
fn threads_and_input_order_change_nothing() {
    let histories: Vec<History> = cdnow().into_iter().take(900).collect();
    let config = PredictConfig {
        minimum_outcomes: 30,
        origins: 2,
        ..PredictConfig::default()
    };
    let run = |histories: &[History], threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| score(histories, CDNOW_TODAY, &config))
    };
    let expected = run(&histories, 1);
    assert!(expected.evaluation.is_some());
    assert_eq!(run(&histories, 2), expected);
    let backwards: Vec<History> = histories.into_iter().rev().collect();
    let mut reversed = run(&backwards, 8);
    reversed.scores.reverse();
    assert_eq!(reversed, expected);
}

#[test]
fn the_unit_of_time_shows_in_parameters_and_in_no_forecast() {
    let histories: Vec<History> = cdnow().into_iter().take(600).collect();
    let run = |time_unit| {
        let config = PredictConfig {
            time_unit,
            origins: 1,
            ..PredictConfig::default()
        };
        score(&histories, CDNOW_TODAY, &config)
    };
    let days = run(TimeUnit::Day);
    for unit in [TimeUnit::Week, TimeUnit::Month] {
        let other = run(unit);
        assert_eq!(other.scores, days.scores);
        assert_ne!(other.models, days.models);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn any_histories_give_sound_scores(
        histories in prop::collection::vec(prop::collection::vec((-3..1500i32, -50.0..500.0f64), 0..12), 0..40),
    ) {
        let histories: Vec<History> = histories.iter().map(|purchases| person(purchases)).collect();
        sound(&histories);
    }

    #[test]
    fn other_money_scales_the_values_and_changes_no_chance_rank_or_date(factor in 0.01..100.0f64) {
        let histories: Vec<History> = cdnow().into_iter().take(150).collect();
        let mut scaled = histories.clone();
        for purchase in scaled.iter_mut().flat_map(|h| &mut h.purchases) {
            purchase.value = purchase.value.map(|value| value * factor);
        }
        let config = PredictConfig::default();
        let (before, after) = (score(&histories, CDNOW_TODAY, &config), score(&scaled, CDNOW_TODAY, &config));
        prop_assert_eq!((before.scores.len(), after.scores.len()), (150, 150));
        for (before, after) in before.scores.iter().zip(&after.scores) {
            let (before, after) = (before.as_ref().unwrap(), after.as_ref().unwrap());
            for (before, after) in [
                (before.expected_value, after.expected_value),
                (before.expected_value_365d, after.expected_value_365d),
            ] {
                let (before, after) = (before.unwrap(), after.unwrap());
                prop_assert!(before > 0.0 && (after - factor * before).abs() <= 1e-6 * after);
            }
            // Groups may differ: they go by the logarithm of one more than what was spent.
            let without_value = |score: &Score| Score {
                expected_value: None,
                expected_value_365d: None,
                cluster: None,
                ..score.clone()
            };
            prop_assert_eq!(without_value(before), without_value(after));
        }
    }
}
