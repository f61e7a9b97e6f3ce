//! Why a customer's chance of an order is high or low, in three facts. Each fact is tried against the shop's typical customer:
//! how would the chance change if only this had been typical? It explains the purchase model's answer and adds nothing to it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::logistic::ln_odds;
use super::model::{Observed, PurchaseModel};
use super::summary::Summary;

/// A change of the log-odds smaller than this is not worth a word.
const NEGLIGIBLE: f64 = 0.02;

/// A fact about a customer that moves the chance of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// Days with an order.
    OrderDays,
    /// Days since the last order.
    Silence,
    /// Days since the first order.
    Tenure,
}

/// A fact, what is typical, and which way it pushes. Displayed as a clause and serialised as it is displayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// What is being compared.
    pub fact: Fact,
    /// For this customer.
    pub value: u32,
    /// The median of all customers.
    pub typical: u32,
    /// Whether the chance of an order is higher for it.
    pub raises: bool,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, typical, .. } = self;
        match self.fact {
            Fact::OrderDays => write!(f, "ordered on {value} days (typically {typical})"),
            Fact::Silence => write!(f, "last order {value} days ago (typically {typical})"),
            Fact::Tenure => write!(f, "first order {value} days ago (typically {typical})"),
        }?;
        write!(
            f,
            ": {}",
            if self.raises {
                "more likely to order"
            } else {
                "less likely to order"
            }
        )
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Up to three reasons, the strongest first.
pub type Reasons = [Option<Reason>; 3];

/// The median customer, fact by fact.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Typical {
    repeats: u32,
    silence: u32,
    age: u32,
}

impl Typical {
    /// The (lower) medians of x, T − t_x and T.
    pub fn new(summaries: &[Summary]) -> Self {
        let median = |fact: fn(&Summary) -> u32| {
            let mut values: Vec<u32> = summaries.iter().map(fact).collect();
            let middle = values.len().saturating_sub(1) / 2;
            if values.is_empty() {
                0
            } else {
                *values.select_nth_unstable(middle).1
            }
        };
        Self {
            repeats: median(|s| s.repeats),
            silence: median(Summary::silence),
            age: median(|s| s.age),
        }
    }

    /// Compares the customer's chance of an order within `ahead` with what it would be if each fact were typical.
    pub fn explain(&self, customer: Observed, model: &dyn PurchaseModel, ahead: f64) -> Reasons {
        let chance = ln_odds(model.p_buy(customer, ahead));
        let silence = customer.age - customer.last;
        let once = customer.repeats == 0.0;
        let facts = [
            (Fact::OrderDays, customer.repeats + 1.0, self.repeats + 1),
            (Fact::Silence, silence, self.silence),
            // Someone who ordered once has been silent ever since: one fact, told once.
            (
                Fact::Tenure,
                customer.age,
                if once { customer.age as u32 } else { self.age },
            ),
        ];
        let mut reasons = facts.map(|(fact, value, typical)| {
            // What is typical moves nothing, and need not be tried.
            if value as u32 == typical {
                return (0.0, None);
            }
            let effect = chance - ln_odds(model.p_buy(self.instead(fact, customer), ahead));
            let reason = Reason {
                fact,
                value: value as u32,
                typical,
                raises: effect > 0.0,
            };
            (effect.abs(), (effect.abs() > NEGLIGIBLE).then_some(reason))
        });
        reasons.sort_by(|a, b| b.1.is_some().cmp(&a.1.is_some()).then(b.0.total_cmp(&a.0)));
        reasons.map(|(_, reason)| reason)
    }

    /// The customer with one fact as it typically is.
    fn instead(&self, fact: Fact, customer: Observed) -> Observed {
        match fact {
            Fact::OrderDays => with_repeats(customer, f64::from(self.repeats)),
            Fact::Silence => with_silence(customer, f64::from(self.silence)),
            Fact::Tenure => self.with_tenure(customer),
        }
    }

    fn with_tenure(&self, customer: Observed) -> Observed {
        let silence = customer.age - customer.last;
        let age = f64::from(self.age).max(silence);
        Observed {
            age,
            last: if customer.repeats > 0.0 { age - silence } else { 0.0 },
            ..customer
        }
    }
}

fn with_repeats(customer: Observed, repeats: f64) -> Observed {
    Observed {
        repeats,
        last: if repeats > 0.0 { customer.last } else { 0.0 },
        ..customer
    }
}

fn with_silence(customer: Observed, silence: f64) -> Observed {
    if customer.repeats > 0.0 {
        Observed {
            last: (customer.age - silence).max(0.0),
            ..customer
        }
    } else {
        Observed {
            age: silence,
            ..customer
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::beta_geometric::{BetaGeometric, DropOut};

    const MODEL: BetaGeometric = BetaGeometric {
        r: 0.25,
        alpha: 30.0,
        a: 0.8,
        b: 2.4,
        drop_out: DropOut::AfterRepeatPurchase,
    };
    const TYPICAL: Typical = Typical {
        repeats: 1,
        silence: 60,
        age: 200,
    };

    #[test]
    fn a_frequent_buyer_is_likely_for_that_reason_first() {
        let reasons = TYPICAL.explain(
            Observed {
                repeats: 12.0,
                last: 190.0,
                age: 200.0,
            },
            &MODEL,
            90.0,
        );
        let first = reasons[0].unwrap();
        assert_eq!((first.fact, first.raises), (Fact::OrderDays, true));
        assert_eq!(
            first.to_string(),
            "ordered on 13 days (typically 2): more likely to order"
        );
    }

    #[test]
    fn a_long_silence_after_many_orders_makes_an_order_less_likely() {
        let reasons = TYPICAL.explain(
            Observed {
                repeats: 12.0,
                last: 60.0,
                age: 200.0,
            },
            &MODEL,
            90.0,
        );
        let first = reasons[0].unwrap();
        assert_eq!((first.fact, first.raises), (Fact::Silence, false));
    }

    #[test]
    fn the_typical_customer_has_no_reasons() {
        let reasons = TYPICAL.explain(
            Observed {
                repeats: 1.0,
                last: 140.0,
                age: 200.0,
            },
            &MODEL,
            90.0,
        );
        assert_eq!(reasons, [None; 3]);
    }
}
