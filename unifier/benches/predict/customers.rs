//! Prints what predictions cost for a synthetic customer base drawn from BG/NBD × Gamma-Gamma with the published CDNOW
//! parameters. CPU seconds of the whole process, so that they can be compared on a busy machine.
//!
//! `cargo bench -p unifier --bench predict -- [CUSTOMERS]`

use std::hint::black_box;
use std::time::Instant;

use unifier::predict::backtest::Backtest;
use unifier::predict::beta_geometric::{BetaGeometric, DropOut};
use unifier::predict::candidate::{Candidate, report};
use unifier::predict::gamma_gamma::{GammaGamma, Spend, Spends};
use unifier::predict::model::TimeUnit;
use unifier::predict::order_value::OrderValue;
use unifier::predict::pareto_nbd::ParetoNbd;
use unifier::predict::scorer::Scorer;
use unifier::predict::scoring::{Served, scores};
use unifier::predict::summary::Summary;
use unifier::predict::tally::Tally;
use unifier::predict::{History, PredictConfig, Purchase, score};

const TODAY: i32 = 730;

fn main() {
    let customers = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1_000_000);
    let histories = customer_base(customers);
    let purchases: usize = histories.iter().map(|history| history.purchases.len()).sum();
    println!(
        "{customers} customers, {purchases} purchases, {} threads",
        rayon::current_num_threads()
    );
    let config = PredictConfig::default();
    let summaries: Vec<Summary> = measured("summaries", || {
        histories
            .iter()
            .filter_map(|history| Summary::new(history, TODAY, config.horizon_days))
            .collect()
    });
    let tally = measured("distinct rows", || Tally::new(&summaries));
    println!(
        "  {} rows, {} times, {} numbers of repeats",
        tally.rows.len(),
        tally.times.len(),
        tally.repeats.len()
    );
    let model = measured("bg_nbd fit", || {
        BetaGeometric::fit(&tally, DropOut::AfterRepeatPurchase, false)
    });
    println!("  {:?}", report(&model, &tally, TimeUnit::Week));
    measured("pareto_nbd fit", || ParetoNbd::fit(&tally, false));
    measured("mbg_nbd fit", || {
        BetaGeometric::fit(&tally, DropOut::AfterAnyPurchase, false)
    });
    let spends = measured("spends", || {
        Spends::new(summaries.iter().map(|s| Spend {
            orders: s.paid_orders,
            total: s.spend,
        }))
    });
    let value = measured("gamma_gamma fit", || GammaGamma::fit(&spends, false));
    println!("  {value:?}");
    let served = Served {
        scorer: Scorer::Model(Candidate::BgNbd),
        buyers: &model,
        orders: &model,
        order_value: Some(OrderValue::GammaGamma(value)),
    };
    measured("all scores", || scores(&summaries, &tally, &served, TODAY, &config));
    measured("the back-test", || Backtest::new(&histories, TODAY, &config));
    measured("the whole stage", || score(&histories, TODAY, &config));
}

fn measured<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let result = black_box(work());
    println!(
        "{what:<16} {:6.2} CPU-s  {:6.2} s",
        cpu_seconds() - cpu,
        wall.elapsed().as_secs_f64()
    );
    result
}

/// CPU time of this process in all its threads, from the kernel's own account; 0 where there is none.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| {
        after_name
            .split_whitespace()
            .nth(field)
            .and_then(|t| t.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

fn customer_base(customers: usize) -> Vec<History> {
    let mut random = Random(20_240_601);
    (0..customers).map(|_| customer(&mut random)).collect()
}

fn customer(random: &mut Random) -> History {
    let (r, alpha, a, b, p, q, gamma) = (0.243, 4.414, 0.793, 2.426, 6.25, 3.74, 15.44);
    let rate = random.gamma(r) / alpha / 7.0;
    let (gone, stays) = (random.gamma(a), random.gamma(b));
    let drop_out = gone / (gone + stays);
    let price = random.gamma(q) / gamma;
    let mut day = (random.uniform() * 702.0).floor();
    let mut purchases = Vec::new();
    while day <= f64::from(TODAY) {
        let value = (100.0 * random.gamma(p) / price).round() / 100.0;
        purchases.push(Purchase {
            day: day as i32,
            value: Some(value.max(0.01)),
        });
        if purchases.len() > 1 && random.uniform() < drop_out {
            break;
        }
        day += -random.uniform().ln() / rate.max(1e-300);
    }
    History { purchases }
}

/// SplitMix64: enough for a benchmark, and the same on every machine.
struct Random(u64);

impl Random {
    /// In (0, 1).
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) as f64 + 0.5) / 2f64.powi(64)
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with this shape and rate 1 (Marsaglia and Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}
