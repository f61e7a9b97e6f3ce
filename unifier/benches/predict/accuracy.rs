//! How good predictions are on the CDNOW sample, chosen and fitted on its first half.

use unifier::predict::backtest::{Backtest, Choice};
use unifier::predict::candidate::{Candidate, report};
use unifier::predict::model::{Observed, PurchaseModel, TimeUnit};
use unifier::predict::next_order::wait;
use unifier::predict::order_value::repeat_orders_only;
use unifier::predict::snapshot::Snapshot;
use unifier::predict::tally::{Row, Tally};
use unifier::predict::trial::Trial;
use unifier::predict::{FittedModel, History, PredictConfig};

use super::customers::{CDNOW_AHEAD, CDNOW_TODAY};
use super::peer::Peer;
use super::table::{head, line};

/// Fits, chooses by what was known on the last day of the first half, and judges by the second.
pub fn print(histories: &[History], peer: &Peer) {
    let config = PredictConfig {
        horizon_days: CDNOW_AHEAD,
        ..PredictConfig::default()
    };
    let snapshot = Snapshot::new(histories, CDNOW_TODAY, CDNOW_AHEAD);
    let tally = Tally::new(&snapshot.customers);
    head("fit, time in weeks");
    for candidate in Candidate::ALL {
        fit(
            &report(candidate.fit(&tally, false).model.as_ref(), &tally, TimeUnit::Week),
            peer,
        );
    }
    if let Some(model) = repeat_orders_only(&snapshot.customers) {
        fit(&model, peer);
    }
    let Ok(Backtest { choice, .. }) = Backtest::new(&first_half(histories), CDNOW_TODAY, &config) else {
        println!("no back-test was possible");
        return;
    };
    println!(
        "\nchosen on the first half: {} for who, {} for how many, {:?} for how much\n",
        choice.scorer,
        choice.orders.name(),
        choice.value
    );
    head("in the second half");
    judge(&Trial::new(&snapshot, CDNOW_AHEAD, &config), &choice, peer);
    let model = choice.orders.fit(&tally, false).model;
    tracking(histories, &tally, model.as_ref());
    next_order(histories, &snapshot, &tally, model.as_ref(), &config);
}

fn first_half(histories: &[History]) -> Vec<History> {
    let known = |history: &History| History {
        purchases: history
            .purchases
            .iter()
            .filter(|p| p.day <= CDNOW_TODAY)
            .cloned()
            .collect(),
    };
    histories.iter().map(known).collect()
}

fn fit(model: &FittedModel, peer: &Peer) {
    let theirs = |name: &str| {
        // lifetimes calls the money model's γ v.
        let name = if name == "gamma" { "v" } else { name };
        peer.get(&format!("cdnow.{}.{name}", model.name))
    };
    for (name, value) in &model.parameters {
        line(
            &format!("{} {name}", model.name),
            "1e-3",
            &format!("{value:.4}"),
            theirs(name),
            4,
        );
    }
    line(
        &format!("{} log-likelihood", model.name),
        "0.01",
        &format!("{:.3}", model.log_likelihood),
        theirs("ll"),
        3,
    );
}

fn judge(trial: &Trial, choice: &Choice, peer: &Peer) {
    let theirs = |name: &str| peer.get(&format!("cdnow.bg_nbd.{name}"));
    if let Some(outcome) = trial.outcome(choice.scorer) {
        line("who: AUC", ">= .775", &format!("{:.4}", outcome.auc), theirs("auc"), 4);
        line(
            "who: Brier",
            "<= .1615",
            &format!("{:.4}", outcome.calibration.brier),
            None,
            4,
        );
    }
    let served = unifier::predict::amounts::Counter::Model(choice.orders);
    if let Some(orders) = trial.orders.iter().find(|outcome| outcome.counter == served) {
        line(
            "orders: MAE",
            "<= .765",
            &format!("{:.4}", orders.mae),
            theirs("mae"),
            4,
        );
        line(
            "orders: RMSE",
            "<= 1.605",
            &format!("{:.4}", orders.rmse),
            theirs("rmse"),
            4,
        );
        let off = 100.0 * (orders.expected / orders.actual - 1.0);
        line(
            "orders: total off, %",
            "within 12",
            &format!("{off:+.1}"),
            theirs("total").map(|t| 100.0 * t),
            1,
        );
    }
    if let Some(value) = trial.values.iter().find(|value| Some(value.method) == choice.value) {
        line(
            "order value: MAE",
            "<= 16.7",
            &format!("{:.2}", value.mae),
            peer.get("cdnow.value.mae"),
            2,
        );
    }
    let spend = trial
        .spends
        .iter()
        .find(|s| s.orders == choice.orders && Some(s.method) == choice.value);
    if let Some(spend) = spend {
        line("spend: Gini", ">= .675", &format!("{:.4}", spend.gini), None, 4);
        let share = 100.0 * spend.best_tenth;
        let theirs = peer.get("cdnow.value.best_tenth").map(|share| 100.0 * share);
        line(
            "spend: share of the best tenth, %",
            ">= 49",
            &format!("{share:.1}"),
            theirs,
            1,
        );
    }
}

/// Mean absolute difference in percent of all repeat orders since the beginning, week by week over the second half, against what
/// the model expects of customers of whom nothing but the first day is known.
fn tracking(histories: &[History], tally: &Tally, model: &dyn PurchaseModel) {
    let weeks = CDNOW_AHEAD / 7;
    let unknown = Observed {
        repeats: 0.0,
        last: 0.0,
        age: 0.0,
    };
    let off = |week: u32| {
        let ahead = f64::from(7 * week);
        let of_row = |row: &Row| [model.expected_orders(unknown, f64::from(tally.times[row.age as usize]) + ahead)];
        let [expected] = tally.sum(of_row);
        let then = Snapshot::new(histories, CDNOW_TODAY.saturating_add_unsigned(7 * week), 1);
        let actual: f64 = then.customers.iter().map(|customer| f64::from(customer.repeats)).sum();
        (expected / actual - 1.0).abs()
    };
    let mean = (1..=weeks).map(off).sum::<f64>() / f64::from(weeks);
    line(
        "orders: cumulative tracking off, %",
        "<= 2.7",
        &format!("{:.2}", 100.0 * mean),
        None,
        2,
    );
}

fn next_order(
    histories: &[History],
    snapshot: &Snapshot,
    tally: &Tally,
    model: &dyn PurchaseModel,
    config: &PredictConfig,
) {
    let customers = histories
        .iter()
        .filter(|history| history.purchases.iter().any(|p| p.day <= CDNOW_TODAY));
    let (mut errors, mut within) = (Vec::new(), [0.0, 0.0]);
    for (history, row) in customers.zip(&tally.row_of) {
        let later = history.purchases.iter().map(|p| p.day).filter(|&day| day > CDNOW_TODAY);
        let Some(day) = later
            .min()
            .filter(|&day| day <= CDNOW_TODAY.saturating_add_unsigned(CDNOW_AHEAD))
        else {
            continue;
        };
        let (shape, rate) = model.wait(tally.observed(&tally.rows[*row as usize]));
        let came = f64::from(day - CDNOW_TODAY);
        let quantile = |q| wait(shape, rate, f64::from(config.next_order_horizon_days), q);
        errors.push((quantile(0.5) - came).abs());
        for (share, (low, high)) in within.iter_mut().zip([(0.25, 0.75), (0.1, 0.9)]) {
            *share += f64::from(quantile(low) <= came && came <= quantile(high));
        }
    }
    errors.sort_by(f64::total_cmp);
    let median = errors.get(errors.len() / 2).copied().unwrap_or_default();
    line(
        "next order: median error, days",
        "<= 47",
        &format!("{median:.1}"),
        None,
        1,
    );
    let share = |covered: f64| format!("{:.0}", 100.0 * covered / errors.len().max(1) as f64);
    line(
        "next order: within the 50 % window, %",
        "40-60",
        &share(within[0]),
        None,
        0,
    );
    line(
        "next order: within the 80 % window, %",
        "70-90",
        &share(within[1]),
        None,
        0,
    );
    let buyers = snapshot.buyers();
    println!("  of {buyers} who ordered; no date lies in the past by construction");
}
