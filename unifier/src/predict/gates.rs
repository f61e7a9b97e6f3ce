//! Whether there is enough to go by. It owns the thresholds' meaning: scores are always given, so that people can be ranked, but
//! totals are only given when every gate is open.

use serde::{Deserialize, Serialize};

use super::PredictConfig;
use super::note::Note;
use super::summary::Summary;

/// Without any order for this long, something is wrong with the source rather than with the customers.
const STALE_AFTER_DAYS: u32 = 30;

/// What the data are good for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Badge {
    /// Nobody has bought anything.
    #[default]
    Nothing,
    /// People can be ranked; sums would mislead.
    RankingOnly,
    /// Sums can be relied on.
    Sufficient,
}

/// How much history there is, and whether it will do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sufficiency {
    /// People with a purchase.
    pub customers: usize,
    /// People with purchases on two days or more.
    pub repeaters: usize,
    /// From the first purchase of anyone to today.
    pub history_days: u32,
    /// Whether sums over people (orders, buyers, money) can be relied on. When false, the notes say why.
    pub totals_reliable: bool,
    /// The same as one word.
    pub badge: Badge,
    /// The day, in days since 1970-01-01, from which the history is long enough for this horizon, when it is not yet.
    pub possible_from: Option<i32>,
}

impl Sufficiency {
    /// Checks every gate and notes each one that is closed.
    pub fn check(summaries: &[Summary], config: &PredictConfig, today: i32, notes: &mut Vec<Note>) -> Self {
        let customers = summaries.len();
        let repeaters = summaries.iter().filter(|s| s.repeats > 0).count();
        let history_days = summaries.iter().map(|s| s.age).max().unwrap_or(0);
        let before = notes.len();
        if customers == 0 {
            notes.push(Note::NoCustomers);
            return Self::default();
        }
        if customers < config.minimum_customers {
            notes.push(Note::FewCustomers {
                customers,
                needed: config.minimum_customers,
            });
        }
        if repeaters < config.minimum_repeaters {
            notes.push(Note::FewRepeaters {
                repeaters,
                needed: config.minimum_repeaters,
            });
        }
        if repeaters == 0 {
            notes.push(Note::NobodyCameBack);
        }
        let needed = config.horizon_days.saturating_mul(config.history_horizons);
        let possible_from = (history_days < needed).then(|| today.saturating_add_unsigned(needed - history_days));
        if let Some(possible_from) = possible_from {
            notes.push(Note::ShortHistory {
                days: history_days,
                needed,
                possible_from,
            });
        }
        let totals_reliable = notes.len() == before;
        let silence = summaries.iter().map(Summary::silence).min().unwrap_or(0);
        if silence > STALE_AFTER_DAYS {
            notes.push(Note::StaleOrders { days: silence });
        }
        Self {
            customers,
            repeaters,
            history_days,
            totals_reliable,
            badge: if totals_reliable {
                Badge::Sufficient
            } else {
                Badge::RankingOnly
            },
            possible_from,
        }
    }

    /// Whether there are too few customers for a fit to stand on its own where it is degenerate.
    pub fn is_little(customers: usize, repeaters: usize, config: &PredictConfig) -> bool {
        customers < config.minimum_customers || repeaters < config.minimum_repeaters
    }
}
