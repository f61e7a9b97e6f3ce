//! What a marketer must know before trusting the scores, as a closed list of remarks in plain words. It decides nothing:
//! the stages that find something out push a note.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::PredictConfig;
use super::backtest::Backtest;
use super::clusters::STABLE;
use super::order_value::ValueMethod;
use super::origins::Untried;
use super::scorer::Scorer;

/// One remark.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// Nobody has a purchase.
    NoCustomers,
    /// Too few customers to trust totals.
    FewCustomers {
        /// With a purchase.
        customers: usize,
        /// The configured minimum.
        needed: usize,
    },
    /// Too few customers who came back to trust totals.
    FewRepeaters {
        /// With purchases on two days or more.
        repeaters: usize,
        /// The configured minimum.
        needed: usize,
    },
    /// The history is too short for the horizon.
    ShortHistory {
        /// From the first purchase to today.
        days: u32,
        /// Days needed.
        needed: u32,
        /// The day from which it will do, in days since 1970-01-01.
        possible_from: i32,
    },
    /// No purchase has been seen for long: the source may have dried up.
    StaleOrders {
        /// Since the last purchase of anyone.
        days: u32,
    },
    /// Purchases dated after today were left out.
    FuturePurchases {
        /// How many.
        purchases: u64,
    },
    /// Occasions that count as orders but not as money.
    UnpricedOrders {
        /// How many.
        orders: u64,
    },
    /// Nobody has bought on two days.
    NobodyCameBack,
    /// The model's maximum ran to the edge, with too few customers to mean it: a weak prior was added.
    WeakPrior {
        /// The model's name.
        model: &'static str,
    },
    /// The model's maximum lies at the edge of what is searched.
    EdgeOfSearch {
        /// The model's name.
        model: &'static str,
    },
    /// No drop-out can be seen.
    NoDropOut {
        /// The model's name.
        model: &'static str,
    },
    /// Nothing was tried on past days.
    NotTried {
        /// Why not.
        why: Untried,
    },
    /// The best model does not rank people better than a simple rule, so the rule is served.
    NoBetterThanRule {
        /// The model, or its blend.
        model: Scorer,
        /// The rule.
        rule: Scorer,
        /// Difference of the areas under the curve, and its 95 % interval.
        difference: [f64; 3],
    },
    /// The history is too short to try the whole horizon on it.
    ShorterBacktest {
        /// Days tried.
        tried: u32,
        /// Days asked for.
        horizon: u32,
    },
    /// A simple rule counts orders better than every model.
    RuleCountsBetter {
        /// The rule.
        rule: &'static str,
        /// The best model, which is served: a rule says nothing about money or dates.
        model: &'static str,
    },
    /// The present is no longer like the past.
    Drift {
        /// Change of the area under the curve.
        auc_change: f64,
    },
    /// The total was off by much on past days.
    TotalsOff {
        /// Expected / actual − 1.
        error: f64,
    },
    /// Nobody has spent anything that is known.
    NoMoney,
    /// Gamma-Gamma's independence assumption does not hold.
    SpendFollowsFrequency {
        /// Of the number of orders with the mean order value.
        correlation: f64,
        /// What serves instead.
        served: ValueMethod,
    },
    /// Gamma-Gamma has no mean.
    NoMeanOrderValue {
        /// The fitted q, at most 1.
        q: f64,
        /// What serves instead.
        served: ValueMethod,
    },
    /// Customers drawn anew fall into other groups.
    UnstableGroups {
        /// The adjusted Rand index that was reached.
        stability: f64,
    },
}

impl Note {
    /// What the back-test says in words.
    pub fn verdicts(backtest: Result<&Backtest, Untried>, config: &PredictConfig) -> Vec<Self> {
        let Backtest { evaluation, choice } = match backtest {
            Ok(backtest) => backtest,
            Err(why) => return vec![Self::NotTried { why }],
        };
        let shorter = (evaluation.horizon_days < config.horizon_days).then_some(Self::ShorterBacktest {
            tried: evaluation.horizon_days,
            horizon: config.horizon_days,
        });
        let beaten = evaluation
            .comparison
            .as_ref()
            .filter(|comparison| !comparison.model_is_better);
        let no_better = beaten.map(|comparison| Self::NoBetterThanRule {
            model: choice.best_model,
            rule: choice.best_rule,
            difference: [comparison.difference, comparison.low, comparison.high],
        });
        let counts = choice.better_rule_for_orders.map(|rule| Self::RuleCountsBetter {
            rule: rule.name(),
            model: choice.orders.name(),
        });
        [shorter, no_better, counts].into_iter().flatten().collect()
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCustomers => write!(f, "nobody has a purchase yet, so there is nothing to predict"),
            Self::FewCustomers { customers, needed } => {
                write!(
                    f,
                    "{customers} customers, and totals need {needed}: use the scores to rank people, not to add them up"
                )
            }
            Self::FewRepeaters { repeaters, needed } => write!(
                f,
                "customers who came back: {repeaters}, and totals need {needed}: use the scores to rank people, not to add them up"
            ),
            Self::ShortHistory {
                days,
                needed,
                possible_from,
            } => write!(
                f,
                "history: {days} days, and this horizon needs {needed}: totals can be relied on from {}",
                iso_date(*possible_from)
            ),
            Self::StaleOrders { days } => {
                write!(
                    f,
                    "days since anyone ordered: {days}; check that the shop's orders still arrive"
                )
            }
            Self::FuturePurchases { purchases } => {
                write!(f, "purchases dated after today: {purchases}; they were left out")
            }
            Self::UnpricedOrders { orders } => write!(
                f,
                "order days without a positive value in the base currency: {orders}; they count as orders, not as money"
            ),
            Self::NobodyCameBack => {
                write!(
                    f,
                    "nobody has ordered on two days yet, so the chance of a next order is a cautious guess"
                )
            }
            Self::WeakPrior { model } => write!(
                f,
                "{model}: these few customers alone do not settle the parameters, so they were pulled towards ordinary values"
            ),
            Self::EdgeOfSearch { model } => {
                write!(
                    f,
                    "{model}: customers differ so little or so much that a parameter is at the edge of its range"
                )
            }
            Self::NoDropOut { model } => {
                write!(
                    f,
                    "{model}: no sign that customers stop for good, so everyone counts as active and only rates differ"
                )
            }
            Self::NotTried { why } => write!(f, "{why}, so how good the scores are is not known yet"),
            Self::NoBetterThanRule {
                model,
                rule,
                difference: [difference, low, high],
            } => write!(
                f,
                "{model} is no better than {rule} at saying who orders next (area under the curve {difference:+.3}, between \
                 {low:+.3} and {high:+.3}): people are ranked by {rule}, with the chances that {} gives",
                rule.candidate().name()
            ),
            Self::ShorterBacktest { tried, horizon } => write!(
                f,
                "the history is too short to try {horizon} days on it, so everything was tried over {tried} days"
            ),
            Self::RuleCountsBetter { rule, model } => write!(
                f,
                "{rule} counted orders better than every model on past days; {model} is served, because a rule says nothing of \
                 money or dates: do not lean on its totals"
            ),
            Self::Drift { auc_change } => write!(
                f,
                "the scores ranked people worse in the period just ended than before (area under the curve {auc_change:+.3}): \
                 something has changed, so expect worse figures than the back-test's"
            ),
            Self::TotalsOff { error } => write!(
                f,
                "on past days the expected orders were {:+.0} % off, most likely the season: today's totals may be as far off",
                100.0 * error
            ),
            Self::NoMoney => write!(
                f,
                "no order has a value in the base currency, so no values are predicted"
            ),
            Self::SpendFollowsFrequency { correlation, served } => write!(
                f,
                "frequent customers spend differently per order (correlation {correlation:.2}): order values are {}",
                served.words()
            ),
            Self::NoMeanOrderValue { q, served } => write!(
                f,
                "gamma_gamma: order values differ too wildly for a mean to exist (q {q:.2}): order values are {} instead",
                served.words()
            ),
            Self::UnstableGroups { stability } => write!(
                f,
                "groups: customers drawn anew fall into other groups (agreement {stability:.2}, and {STABLE} would do): \
                 take them as a rough picture"
            ),
        }
    }
}

/// The date of a day number, such as 2026-11-24; a day outside the calendar is written as its number.
pub fn iso_date(day: i32) -> String {
    const EPOCH: Date = date(1970, 1, 1);
    match EPOCH.checked_add(i64::from(day).days()) {
        Ok(date) => date.to_string(),
        Err(_) => format!("day {day}"),
    }
}
