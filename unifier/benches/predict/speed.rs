//! What fits and scores cost.

use std::hint::black_box;

use unifier::predict::backtest::Backtest;
use unifier::predict::beta_geometric::{BetaGeometric, DropOut};
use unifier::predict::candidate::Candidate;
use unifier::predict::clusters::Clusters;
use unifier::predict::gamma_gamma::GammaGamma;
use unifier::predict::order_value::{OrderValue, spends};
use unifier::predict::pareto_nbd::ParetoNbd;
use unifier::predict::rules::Rule;
use unifier::predict::scorer::Scorer;
use unifier::predict::scoring::{Served, scores};
use unifier::predict::summary::Summary;
use unifier::predict::tally::Tally;
use unifier::predict::{History, PredictConfig, score};

use super::customers::TODAY;
use super::peer::Peer;
use super::table::{head, line};

/// Measures everything on these customers.
pub fn print(histories: &[History], peer: &Peer) {
    let config = PredictConfig::default();
    let summarise = |history: &History| Summary::new(history, TODAY, config.horizon_days);
    let summaries: Vec<Summary> = histories.iter().filter_map(summarise).collect();
    head("what");
    forget_peak();
    let tally = measured("distinct rows", "-", None, || Tally::new(&summaries));
    let of = |name: &str| peer.get(&format!("speed.{name}.cpu"));
    let bg = measured("BG/NBD fit", "1.5", of("bg_nbd"), || {
        BetaGeometric::fit(&tally, DropOut::AfterRepeatPurchase, false)
    });
    measured("MBG/NBD fit", "1.5", of("mbg_nbd"), || {
        BetaGeometric::fit(&tally, DropOut::AfterAnyPurchase, false)
    });
    let pareto = measured("Pareto/NBD fit", "-", of("pareto_nbd"), || {
        ParetoNbd::fit(&tally, false)
    });
    let spends = spends(&summaries);
    let value = measured("Gamma-Gamma fit", "1.0", of("gamma_gamma"), || {
        GammaGamma::fit(&spends, false)
    });
    let order_value = Some(OrderValue::GammaGamma(value));
    let served = Served {
        scorer: Scorer::Model(Candidate::BgNbd),
        buyers: &bg,
        orders: &bg,
        order_value,
    };
    let all = |served: &Served| scores(&summaries, &tally, served, TODAY, &config);
    measured("all scores, BG/NBD", "0.5", of("scores"), || all(&served));
    let rule = Served {
        scorer: Scorer::Rule(Rule::RecencyFrequency, Candidate::ParetoNbd),
        buyers: &pareto,
        orders: &pareto,
        order_value,
    };
    measured("all scores, a rule with Pareto/NBD", "-", None, || all(&rule));
    measured("k-means, k = 8", "1.5", None, || {
        Clusters::of_number(&summaries, 8).is_some()
    });
    println!("{:<44} {:>16} {:>11} MB", "peak memory so far", "600", peak_megabytes());
    measured("groups, k chosen", "-", None, || Clusters::new(&summaries).is_some());
    measured("the back-test", "-", None, || {
        Backtest::new(histories, TODAY, &config).is_ok()
    });
    measured("the whole stage", "-", None, || {
        score(histories, TODAY, &config).scores.len()
    });
    println!("{:<44} {:>16} {:>11} MB", "peak memory", "-", peak_megabytes());
}

fn measured<T>(what: &str, bar: &str, peer: Option<f64>, work: impl FnOnce() -> T) -> T {
    let before = cpu_seconds();
    let result = black_box(work());
    line(what, bar, &format!("{:.2}", cpu_seconds() - before), peer, 2);
    result
}

/// CPU time of this process in all its threads, from the kernel's own account; 0 where there is none.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| {
        let field = after_name.split_whitespace().nth(field);
        field.and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// Lets the peak begin anew: what the peer was handed does not count. Without such an account it counts all the same.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory this process has held since, customers included; 0 where nobody counts.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
