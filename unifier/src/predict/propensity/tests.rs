//! The stage as a whole on people with planted habits, and on data that say nothing. Tests only.

use proptest::prelude::*;

use super::boosting::Boosting;
use super::matrix::{Examples, Matrix};
use super::model::Candidate;
use super::regression::Regression;
use super::settings::Target;
use super::timeline::{Deed, Kind, Timeline, Timelines};
use super::windows::Refused;
use super::{Propensity, propensities, table};
use crate::predict::PredictConfig;
use crate::predict::calibration::Calibration;
use crate::predict::logistic::logistic;
use crate::predict::propensity::report::PropensityReport;
use crate::record::RecordId;

const TODAY: i32 = 20_000;

/// The finaliser of SplitMix64 over a counter: enough of a draw for a test, and always the same.
struct Draw(u64);

impl Draw {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Rows whose chances are a weighted sum of columns, or not.
fn drawn(rows: usize, log_odds: impl Fn(&[f32]) -> f64) -> Examples {
    let mut draw = Draw(7);
    let values: Vec<f32> = (0..3 * rows).map(|_| 4.0 * draw.uniform() as f32).collect();
    let known = Matrix::new(3, values);
    let did = (0..rows).map(|row| draw.uniform() < logistic(log_odds(known.row(row))).0);
    Examples {
        did: did.collect(),
        known,
    }
}

fn told(examples: &Examples, log_odds: impl Fn(&[f32]) -> f64) -> Calibration {
    let rows = (0..examples.did.len()).map(|row| logistic(log_odds(examples.known.row(row))).0);
    Calibration::new(&rows.collect::<Vec<f64>>(), &examples.did)
}

#[test]
fn planted_weights_are_recovered() {
    let examples = drawn(20_000, |row| f64::from(1.5 * row[0] - row[1]) - 1.0);
    let fitted = Regression::fit(&examples);
    for (got, planted) in fitted
        .weights
        .iter()
        .chain([&fitted.intercept])
        .zip([1.5, -1.0, 0.0, -1.0])
    {
        assert!((got - planted).abs() < 0.12, "{fitted:?}");
    }
    let said = told(&examples, |row| fitted.log_odds(row));
    assert!(said.calibration_error < 0.015, "{said:?}");
}

#[test]
fn trees_find_what_matters_together_and_stay_calibrated_on_others() {
    let together = |row: &[f32]| f64::from((row[0] - 2.0) * (row[1] - 2.0));
    let (others, examples) = drawn(8_000, together).split(2);
    let (trees, sum) = (Boosting::fit(&examples), Regression::fit(&examples));
    let (trees, sum) = (
        told(&others, |row| trees.log_odds(row)),
        told(&others, |row| sum.log_odds(row)),
    );
    let truth = told(&others, together);
    assert!(trees.log_loss < truth.log_loss + 0.02 && trees.log_loss < sum.log_loss - 0.1);
    assert!(trees.calibration_error < 0.06, "{}", trees.calibration_error);
}

#[test]
fn constant_columns_and_one_outcome_give_finite_chances() {
    let constant = |did: fn(usize) -> bool| Examples {
        known: Matrix::new(2, vec![3.0; 400]),
        did: (0..200).map(did).collect(),
    };
    for (did, share) in [
        ((|_| true) as fn(usize) -> bool, 1.0),
        (|_| false, 0.0),
        (|row| row % 4 == 0, 0.25),
    ] {
        let examples = constant(did);
        let row = examples.known.row(0);
        for log_odds in [
            Regression::fit(&examples).log_odds(row),
            Boosting::fit(&examples).log_odds(row),
        ] {
            assert!((logistic(log_odds).0 - share).abs() < 0.02, "{log_odds} for {share}");
        }
    }
    let nobody = Examples::default();
    assert!(Regression::fit(&nobody).intercept.is_finite() && Boosting::fit(&nobody).log_odds(&[]).is_finite());
}

/// People who look at pages, some of them much more often; who looks often in a month orders in the next.
fn shop(people: usize) -> Timelines {
    let mut draw = Draw(11);
    let person = |_| {
        let (keen, first) = (draw.uniform().powi(2), (draw.uniform() * 200.0) as i32);
        let mut deeds = Vec::new();
        for day in (TODAY - 360 + first..=TODAY).step_by(5) {
            let looks = draw.uniform() < 0.05 + 0.6 * keen;
            if looks || deeds.is_empty() {
                deeds.push(Deed {
                    day,
                    kind: 1,
                    count: 1 + (4.0 * draw.uniform()) as u32,
                });
            }
            if draw.uniform() < 0.08 * keen {
                deeds.push(Deed { day, kind: 0, count: 1 });
            }
        }
        Timeline::new(deeds, Vec::new())
    };
    Timelines {
        kinds: vec![Kind::Order("web".to_owned()), Kind::Event("Page Viewed".to_owned())],
        people: (0..people).map(person).collect(),
    }
}

fn config(event: &str) -> PredictConfig {
    let target = Target {
        event: event.to_owned(),
        horizon_days: 30,
    };
    PredictConfig {
        propensity: [("soon".to_owned(), target)].into(),
        origins: 2,
        ..PredictConfig::default()
    }
}

fn only(timelines: &Timelines, config: &PredictConfig) -> Propensity {
    propensities(timelines, TODAY, config).pop().unwrap()
}

fn refusal(timelines: &Timelines, event: &str) -> String {
    let propensity = only(timelines, &config(event));
    PropensityReport::new(&propensity).refused.unwrap()
}

#[test]
fn chances_come_with_what_they_did_on_past_days_and_why() {
    let timelines = shop(900);
    let propensity = only(&timelines, &config("order"));
    let report = PropensityReport::new(&propensity);
    let served = report.served.as_ref().unwrap();
    assert_eq!((served.origins.len(), served.results.len()), (2, Candidate::ALL.len()));
    assert!(served.origins.iter().all(|origin| origin.auc > 0.6), "{served:?}");
    let off = served.expected / served.origins[0].did as f64;
    assert!((0.7..1.4).contains(&off), "{served:?}");
    let chances = &propensity.given.as_ref().unwrap().chances;
    for chance in chances.iter().flatten() {
        assert!((0.0..=1.0).contains(&chance.probability) && (0.0..100.0).contains(&chance.percentile));
    }
    assert!(chances.iter().flatten().any(|chance| chance.reasons[0].is_some()));
    let text = report.to_string();
    for part in [
        "people are expected to",
        "of 100 did it",
        "area under the curve",
        "logistic+boosting",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_same_people_in_any_order_on_any_number_of_threads_give_the_same_bytes() {
    let timelines = shop(900);
    let reversed = Timelines {
        people: timelines.people.iter().rev().cloned().collect(),
        ..timelines.clone()
    };
    let chances = |timelines: &Timelines, threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let propensity = pool.install(|| only(timelines, &config("order")));
        let report = serde_json::to_string(&PropensityReport::new(&propensity)).unwrap();
        (propensity.given.unwrap().chances, report)
    };
    let (one, report) = chances(&timelines, 1);
    for threads in [2, 8] {
        assert_eq!(chances(&timelines, threads), (one.clone(), report.clone()));
    }
    let (mut other, same) = chances(&reversed, 2);
    other.reverse();
    assert_eq!((other, same), (one, report));
}

#[test]
fn what_cannot_be_said_is_refused_in_words() {
    let few = shop(120);
    let refused = refusal(&few, "order");
    assert!(refused.contains("at least 100 of each are needed"), "{refused}");
    assert!(refusal(&few, "Cart Viewed").contains("nobody has ever done this"));
    let young = Timelines {
        people: few
            .people
            .iter()
            .map(|person| Timeline::new(person.between(TODAY - 80, TODAY).to_vec(), vec![]))
            .collect(),
        ..few
    };
    let refused = refusal(&young, "Page Viewed");
    assert!(
        refused.contains("are needed") && refused.contains("it will do from 2024-10-"),
        "{refused}"
    );
    let never = PredictConfig {
        origins: 0,
        ..config("Page Viewed")
    };
    assert!(matches!(only(&shop(5), &never).given, Err(Refused::NotAsked)));
}

#[test]
fn the_table_has_a_row_for_each_chance_and_none_for_who_did_nothing() {
    let mut timelines = shop(900);
    timelines.people[3] = Timeline::default();
    let given = propensities(&timelines, TODAY, &config("order"));
    let people = || (0..900).map(|at| RecordId::new("shop", &at.to_string()));
    let rows = |propensities: &[Propensity]| -> Vec<usize> {
        let batches = table::propensities(people(), propensities, &timelines.kinds);
        batches.map(|batch| batch.unwrap().num_rows()).collect()
    };
    assert_eq!(rows(&given), [899]);
    assert_eq!(rows(&[]), [0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn anything_at_all_gives_chances_between_nothing_and_certainty(
        people in prop::collection::vec(prop::collection::vec((0i32..300, 0u32..4, any::<u32>()), 0..12), 0..40),
    ) {
        let deed = |&(ago, kind, count): &(i32, u32, u32)| Deed { day: TODAY + 20 - ago, kind, count };
        let timeline = |deeds: &Vec<(i32, u32, u32)>| Timeline::new(deeds.iter().map(deed).collect(), Vec::new());
        let timelines = Timelines { people: people.iter().map(timeline).collect(), ..shop(0) };
        let config = PredictConfig { minimum_outcomes: 1, ..config("order") };
        if let Ok(given) = &only(&timelines, &config).given {
            for chance in given.chances.iter().flatten() {
                prop_assert!((0.0..=1.0).contains(&chance.probability), "{chance:?}");
            }
        }
    }
}
