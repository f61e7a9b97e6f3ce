//! How many orders and how much money was expected of each customer at one past day, against what came: the figures by which the
//! model of orders and the way of valuing an order are chosen. Who would buy at all is judged in `trial`.

use super::candidate::Candidate;
use super::exact;
use super::gains::Gains;
use super::order_value::{ValueMethod, Valued};
use super::snapshot::Snapshot;
use super::summary::Summary;

/// What can say how many orders a customer will place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// A model.
    Model(Candidate),
    /// As many a day as since the first order.
    OwnRate,
    /// As many as in the period just ended.
    LastPeriod,
}

impl Counter {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model(candidate) => candidate.name(),
            Self::OwnRate => "own_rate",
            Self::LastPeriod => "last_period",
        }
    }

    fn of_rule(self, customer: &Summary, horizon: f64) -> f64 {
        match self {
            Self::OwnRate => f64::from(customer.repeats) / f64::from(customer.age.max(1)) * horizon,
            _ => f64::from(customer.recent_orders),
        }
    }
}

/// Expected orders against orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrdersOutcome {
    /// Who expected.
    pub counter: Counter,
    /// Mean absolute difference per customer.
    pub mae: f64,
    /// Root of the mean squared difference per customer.
    pub rmse: f64,
    /// Orders expected of all.
    pub expected: f64,
    /// Orders that came.
    pub actual: f64,
}

/// Expected value of an order against the mean value of the orders that came, among those who ordered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueOutcome {
    /// Who expected.
    pub method: ValueMethod,
    /// Mean absolute difference, in the base currency.
    pub mae: f64,
}

/// Expected money against money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendOutcome {
    /// Who expected the orders.
    pub orders: Candidate,
    /// Who valued them.
    pub method: ValueMethod,
    /// Mean absolute difference per customer, in the base currency.
    pub mae: f64,
    /// Money expected of all.
    pub expected: f64,
    /// Money that came.
    pub actual: f64,
    /// See [`Gains::gini`].
    pub gini: f64,
    /// The share of all money that came from the tenth of whom most was expected.
    pub best_tenth: f64,
}

/// How every model and the two simplest rules fared at counting; `expected` holds what each model expects of each customer.
pub fn orders(snapshot: &Snapshot, expected: &[(Candidate, Vec<f64>)], horizon: u32) -> Vec<OrdersOutcome> {
    let rules = [Counter::OwnRate, Counter::LastPeriod].map(|rule| {
        let of = |customer| rule.of_rule(customer, f64::from(horizon));
        (rule, snapshot.customers.iter().map(of).collect::<Vec<f64>>())
    });
    let models = expected
        .iter()
        .map(|(candidate, expected)| (Counter::Model(*candidate), expected));
    let rules = rules.iter().map(|(rule, expected)| (*rule, expected));
    models
        .chain(rules)
        .map(|(counter, expected)| orders_outcome(snapshot, counter, expected))
        .collect()
}

fn orders_outcome(snapshot: &Snapshot, counter: Counter, expected: &[f64]) -> OrdersOutcome {
    let actual: Vec<f64> = snapshot.after.iter().map(|after| f64::from(after.orders)).collect();
    let squares: Vec<f64> = expected.iter().zip(&actual).map(|(e, a)| (e - a).powi(2)).collect();
    OrdersOutcome {
        counter,
        mae: mean_absolute_difference(expected, &actual),
        rmse: exact::mean(&squares).sqrt(),
        expected: exact::sum(expected),
        actual: exact::sum(&actual),
    }
}

/// How every way of valuing an order fared.
pub fn values(snapshot: &Snapshot, valued: &[Valued]) -> Vec<ValueOutcome> {
    let paying = || {
        snapshot
            .customers
            .iter()
            .zip(&snapshot.after)
            .filter(|one| one.1.paid_orders > 0)
    };
    let actual: Vec<f64> = paying()
        .map(|(_, after)| after.spend / f64::from(after.paid_orders))
        .collect();
    let outcome = |valued: &Valued| {
        let expected: Vec<f64> = paying()
            .map(|(c, _)| valued.value.expected(c.paid_orders, c.spend))
            .collect();
        ValueOutcome {
            method: valued.method,
            mae: mean_absolute_difference(&expected, &actual),
        }
    };
    if actual.is_empty() {
        return Vec::new();
    }
    valued.iter().map(outcome).collect()
}

/// How every pair of a model of orders and a way of valuing them fared.
pub fn spends(snapshot: &Snapshot, expected: &[(Candidate, Vec<f64>)], valued: &[Valued]) -> Vec<SpendOutcome> {
    let actual: Vec<f64> = snapshot.after.iter().map(|after| after.spend).collect();
    let outcome = |candidate: Candidate, orders: &[f64], valued: &Valued| {
        let customers = snapshot.customers.iter().zip(orders);
        let expected: Vec<f64> = customers
            .map(|(customer, orders)| orders * valued.value.expected(customer.paid_orders, customer.spend))
            .collect();
        let gains = Gains::new(&expected, &actual);
        SpendOutcome {
            orders: candidate,
            method: valued.method,
            mae: mean_absolute_difference(&expected, &actual),
            expected: exact::sum(&expected),
            actual: exact::sum(&actual),
            gini: gains.gini,
            best_tenth: gains.share_of_best_tenth(),
        }
    };
    let pairs = expected
        .iter()
        .flat_map(|(candidate, orders)| valued.iter().map(move |v| (*candidate, orders, v)));
    pairs
        .map(|(candidate, orders, valued)| outcome(candidate, orders, valued))
        .collect()
}

fn mean_absolute_difference(expected: &[f64], actual: &[f64]) -> f64 {
    let differences: Vec<f64> = expected.iter().zip(actual).map(|(e, a)| (e - a).abs()).collect();
    exact::mean(&differences)
}
