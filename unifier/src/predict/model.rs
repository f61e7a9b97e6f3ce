//! What every purchase model can be asked. A model is a few parameters with the unit of time "day"; it knows no customer,
//! no calendar and no money.

use serde::{Deserialize, Serialize};

use super::tally::Tally;

/// The unit in which fitted parameters are reported. Inside, time is always counted in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// One day.
    Day,
    /// Seven days: the unit of the literature.
    #[default]
    Week,
    /// A twelfth of 365.25 days.
    Month,
}

impl TimeUnit {
    /// The unit's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The length in days.
    pub fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => 30.4375,
        }
    }
}

/// A customer as the purchase models see one: x repeat purchases, the last of them at t_x, observed until T. Times count from
/// the first purchase, in the unit of the model's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// x
    pub repeats: f64,
    /// t_x; 0 when x is 0.
    pub last: f64,
    /// T
    pub age: f64,
}

/// What one customer is likely to do, under one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Probability that the customer has not dropped out, 0 to 1.
    pub p_alive: f64,
    /// Probability of at least one order within the horizon, 0 to 1.
    pub p_buy: f64,
    /// Expected number of orders within the long horizon.
    pub expected_orders: f64,
}

/// How far a forecast looks ahead, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizons {
    /// For [`Forecast::p_buy`].
    pub buy: f64,
    /// For [`Forecast::expected_orders`]; 0 when nobody asks for them.
    pub orders: f64,
}

/// A fitted model of when customers buy and when they stop.
pub trait PurchaseModel: Send + Sync {
    /// The model's name in reports.
    fn name(&self) -> &'static str;

    /// The parameters by name, in the given unit of time.
    fn parameters(&self, unit: TimeUnit) -> Vec<(&'static str, f64)>;

    /// ln of the likelihood of one customer's purchases.
    fn log_likelihood(&self, customer: Observed) -> f64;

    /// ln of the likelihood of all customers of a tally.
    fn total_log_likelihood(&self, tally: &Tally) -> f64;

    /// Probability that the customer has not dropped out.
    fn p_alive(&self, customer: Observed) -> f64;

    /// Expected orders in (T, T + ahead].
    fn expected_orders(&self, customer: Observed, ahead: f64) -> f64;

    /// Probability of at least one order in (T, T + ahead].
    fn p_buy(&self, customer: Observed, ahead: f64) -> f64;

    /// Shape and rate of the gamma distribution of the purchase rate, given the purchases of a customer who is still alive.
    fn purchase_rate(&self, customer: Observed) -> (f64, f64);

    /// Shape and rate of the wait for the next order, given that it comes: P(wait > t) = (rate / (rate + t))^shape. Where customers
    /// may drop out while they wait, orders that come at all come sooner.
    fn wait(&self, customer: Observed) -> (f64, f64) {
        self.purchase_rate(customer)
    }

    /// Whether the fit to these customers lies at the edge of what was searched, so that a parameter means little.
    fn is_at_edge(&self, tally: &Tally) -> bool;

    /// Whether drop-out is too rare to matter (under 1 in 1,000 per purchase, or per mean of T), which makes it a plain NBD.
    fn never_drops_out(&self, tally: &Tally) -> bool;

    /// The forecasts of all rows of a tally; what rows share is computed once.
    fn forecast(&self, tally: &Tally, horizons: Horizons) -> Vec<Forecast>;
}
