//! The models held against published fits and against a reference computed with 50 digits. Tests only.
//!
//! `unifier/tests/data/predict` holds the rows that these tests need; where the environment variable `PREDICTION_REFERENCE` names
//! a folder with the whole reference, its files are used instead, and have to be there.

use std::path::Path;

use super::beta_geometric::{BetaGeometric, DropOut};
use super::candidate::report;
use super::gamma_gamma::{GammaGamma, Spend, Spends};
use super::model::{Observed, PurchaseModel, TimeUnit};
use super::pareto_nbd::ParetoNbd;
use super::summary::Summary;
use super::tally::Tally;
use super::{History, Purchase};

/// The last day of the CDNOW sample's calibration half: 1997-09-30.
pub(super) const CDNOW_TODAY: i32 = 10_134;

/// The CDNOW sample of 2,357 customers from their raw transactions, 1997-01-01 to 1998-06-30.
pub(super) fn cdnow() -> Vec<History> {
    let mut histories = Vec::new();
    let mut last_id = "";
    for line in include_str!("../../tests/data/predict/cdnow_sample.csv")
        .lines()
        .skip(1)
    {
        let [id, date, value]: [&str; 3] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        if id != last_id {
            histories.push(History::default());
            last_id = id;
        }
        let date: jiff::civil::Date = date.parse().unwrap();
        let day = (date - jiff::civil::date(1970, 1, 1)).get_days();
        histories.last_mut().unwrap().purchases.push(Purchase {
            day,
            value: Some(value.parse().unwrap()),
        });
    }
    histories
}

fn summaries(histories: &[History]) -> Vec<Summary> {
    histories
        .iter()
        .filter_map(|history| Summary::new(history, CDNOW_TODAY, 90))
        .collect()
}

fn rows(shipped: &str, name: &str) -> Vec<Vec<f64>> {
    let text = std::env::var_os("PREDICTION_REFERENCE").map_or_else(
        || shipped.to_owned(),
        |folder| std::fs::read_to_string(Path::new(&folder).join(name)).unwrap(),
    );
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(|field| field.parse().unwrap()).collect())
        .collect()
}

/// Relative error 1e-9, or absolute 1e-12 below 1e-3.
fn assert_close(what: &str, row: &[f64], got: f64, expected: f64) {
    let allowed = if expected.abs() < 1e-3 {
        1e-12
    } else {
        1e-9 * expected.abs()
    };
    assert!(
        (got - expected).abs() <= allowed,
        "{what} of {row:?}: {got:e}, expected {expected:e}"
    );
}

fn check_purchase_model(rows: &[Vec<f64>], model: impl Fn([f64; 4]) -> Box<dyn PurchaseModel>) {
    assert!(rows.len() >= 30);
    for row in rows {
        let model = model([row[0], row[1], row[2], row[3]]);
        let (customer, ahead) = (
            Observed {
                repeats: row[4],
                last: row[5],
                age: row[6],
            },
            row[7],
        );
        assert_close("log-likelihood", row, model.log_likelihood(customer), row[8]);
        assert_close("P(alive)", row, model.p_alive(customer), row[9]);
        assert_close("expected orders", row, model.expected_orders(customer, ahead), row[10]);
        assert_close("P(buy)", row, model.p_buy(customer, ahead), row[11]);
    }
}

fn assert_near(got: f64, expected: f64, relative: f64) {
    assert!((got / expected - 1.0).abs() <= relative, "{got}, expected {expected}");
}

#[test]
fn bg_nbd_agrees_with_the_50_digit_reference() {
    let rows = rows(
        include_str!("../../tests/data/predict/goldens_bgnbd.csv"),
        "goldens_bgnbd.csv",
    );
    check_purchase_model(&rows, |[r, alpha, a, b]| {
        Box::new(BetaGeometric {
            r,
            alpha,
            a,
            b,
            drop_out: DropOut::AfterRepeatPurchase,
        })
    });
}

#[test]
fn mbg_nbd_agrees_with_the_50_digit_reference() {
    let rows = rows(
        include_str!("../../tests/data/predict/goldens_mbgnbd.csv"),
        "goldens_mbgnbd.csv",
    );
    check_purchase_model(&rows, |[r, alpha, a, b]| {
        Box::new(BetaGeometric {
            r,
            alpha,
            a,
            b,
            drop_out: DropOut::AfterAnyPurchase,
        })
    });
}

#[test]
fn pareto_nbd_agrees_with_the_50_digit_reference() {
    let rows = rows(
        include_str!("../../tests/data/predict/goldens_pnbd.csv"),
        "goldens_pnbd.csv",
    );
    check_purchase_model(&rows, |[r, alpha, s, beta]| Box::new(ParetoNbd { r, alpha, s, beta }));
}

#[test]
fn gamma_gamma_agrees_with_the_50_digit_reference() {
    for row in rows(
        include_str!("../../tests/data/predict/goldens_gg.csv"),
        "goldens_gg.csv",
    ) {
        let model = GammaGamma {
            p: row[0],
            q: row[1],
            gamma: row[2],
        };
        let (orders, mean) = (row[3] as u32, row[4]);
        assert_close("log-likelihood", &row, model.log_likelihood(orders, mean), row[5]);
        assert_close(
            "expected value",
            &row,
            model.expected_value(orders, f64::from(orders) * mean),
            row[6],
        );
        assert_close("mean of the shop", &row, model.expected_value(0, 0.0), row[7]);
    }
}

fn assert_fit(model: &dyn PurchaseModel, tally: &Tally, expected: [f64; 4], log_likelihood: f64) {
    let report = report(model, tally, TimeUnit::Week);
    assert!((report.log_likelihood - log_likelihood).abs() < 0.01, "{report:?}");
    for ((_, got), expected) in report.parameters.iter().zip(expected) {
        assert_near(*got, expected, 1e-3);
    }
}

#[test]
fn bg_nbd_finds_the_published_optimum_of_cdnow() {
    let tally = Tally::new(&summaries(&cdnow()));
    assert_eq!(tally.customers, 2_357);
    let model = BetaGeometric::fit(&tally, DropOut::AfterRepeatPurchase, false);
    assert_fit(&model, &tally, [0.2426, 4.4136, 0.7929, 2.4259], -9_582.43);
}

#[test]
fn mbg_nbd_finds_the_published_optimum_of_cdnow() {
    let tally = Tally::new(&summaries(&cdnow()));
    let model = BetaGeometric::fit(&tally, DropOut::AfterAnyPurchase, false);
    assert_fit(&model, &tally, [0.5248, 6.1831, 0.8914, 1.6140], -9_582.13);
}

#[test]
fn pareto_nbd_finds_the_published_optimum_of_cdnow() {
    let tally = Tally::new(&summaries(&cdnow()));
    let model = ParetoNbd::fit(&tally, false);
    assert_fit(&model, &tally, [0.5533, 10.5777, 0.6062, 11.6686], -9_594.98);
}

#[test]
fn gamma_gamma_finds_the_published_optimum_of_cdnows_repeat_orders() {
    let repeat_only = |history: &History| {
        let whole = Summary::new(history, CDNOW_TODAY, 90)?;
        let later = history
            .purchases
            .iter()
            .filter(|p| p.day > whole.first_day)
            .cloned()
            .collect();
        let repeats = Summary::new(&History { purchases: later }, CDNOW_TODAY, 90)?;
        Some(Spend {
            orders: repeats.paid_orders,
            total: repeats.spend,
        })
    };
    let spends = Spends::new(cdnow().iter().filter_map(repeat_only));
    let model = GammaGamma::fit(&spends, false);
    assert_near(model.p, 6.250, 1e-3);
    assert_near(model.q, 3.744, 1e-3);
    assert_near(model.gamma, 15.444, 1e-3);
    assert!((model.log_likelihood_of(&spends).0 + 4_055.92).abs() < 0.01);
}
