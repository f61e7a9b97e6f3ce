//! Pareto/NBD (Schmittlein, Morrison and Colombo 1987): customers buy at a rate λ ~ gamma(r, α) and may drop out at any moment, at
//! a rate μ ~ gamma(s, β). It owns the model's answers for one customer and its forecasts; the likelihood of many customers and
//! its maximum are in `pareto_likelihood`.
//!
//! All answers come from one integral over the moment y of dropping out. With f(y) = (α + y)^−(r+x) (β + y)^−(s+1), the
//! likelihood is Γ(r+x)/Γ(r) α^r β^s [ f(T) (β + T) + s ∫ f(y) dy from t_x to T ]: still alive, or dropped out in between.

use super::gamma::ln_gamma_ratio;
use super::logistic::logistic;
use super::model::{Forecast, Horizons, Observed, PurchaseModel, TimeUnit};
use super::pareto_likelihood::DropOutIntegrals;
use super::quadrature::{Decay, integral, saturation};
use super::tally::Tally;

/// The fitted model; α and β have the unit of the times it is asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    /// Shape of the purchase rate's distribution.
    pub r: f64,
    /// Rate of the purchase rate's distribution, in units of time.
    pub alpha: f64,
    /// Shape of the drop-out rate's distribution.
    pub s: f64,
    /// Rate of the drop-out rate's distribution, in units of time.
    pub beta: f64,
}

impl ParetoNbd {
    /// ln of the odds of having dropped out since t_x, against being alive; −∞ when there was no time for it.
    fn ln_odds_of_drop_out(&self, customer: Observed) -> f64 {
        let silence = customer.age - customer.last;
        let factors = [
            Decay {
                power: self.r + customer.repeats,
                rate: self.alpha + customer.last,
            },
            Decay {
                power: self.s + 1.0,
                rate: self.beta + customer.last,
            },
        ];
        self.ln_odds(integral(factors, silence).ln(), factors, customer)
    }

    /// The odds from ln ∫ f(y)/f(t_x) dy, where `factors` say how f falls from t_x on.
    pub(super) fn ln_odds(&self, ln_integral: f64, factors: [Decay; 2], customer: Observed) -> f64 {
        let silence = customer.age - customer.last;
        let fallen = factors[0].exponent(silence) + factors[1].exponent(silence);
        self.s.ln() + ln_integral + fallen - (self.beta + customer.age).ln()
    }

    /// Probability that someone who is alive now orders within `ahead` before dropping out.
    fn buys_within(&self, customer: Observed, ahead: f64) -> f64 {
        let (shape, rate) = self.purchase_rate(customer);
        let next_order = Decay {
            power: shape + 1.0,
            rate,
        };
        let alive_until_then = Decay {
            power: self.s,
            rate: self.beta + customer.age,
        };
        shape / rate * integral([next_order, alive_until_then], ahead)
    }

    /// Expected orders within `ahead` of someone who is alive now.
    fn orders_while_alive(&self, customer: Observed, ahead: f64) -> f64 {
        let (shape, rate) = self.purchase_rate(customer);
        let drop_out_rate = self.beta + customer.age;
        shape / rate * drop_out_rate * saturation(self.s - 1.0, (ahead / drop_out_rate).ln_1p())
    }
}

impl PurchaseModel for ParetoNbd {
    fn name(&self) -> &'static str {
        "pareto_nbd"
    }

    fn parameters(&self, unit: TimeUnit) -> Vec<(&'static str, f64)> {
        vec![
            ("r", self.r),
            ("alpha", self.alpha / unit.days()),
            ("s", self.s),
            ("beta", self.beta / unit.days()),
        ]
    }

    fn log_likelihood(&self, customer: Observed) -> f64 {
        let alive = self.r * (self.alpha / (self.alpha + customer.age)).ln()
            - customer.repeats * (self.alpha + customer.age).ln()
            - self.s * (customer.age / self.beta).ln_1p();
        ln_gamma_ratio(self.r, customer.repeats) + alive + logistic(self.ln_odds_of_drop_out(customer)).1
    }

    fn total_log_likelihood(&self, tally: &Tally) -> f64 {
        self.log_likelihood_of(tally).0
    }

    fn p_alive(&self, customer: Observed) -> f64 {
        logistic(-self.ln_odds_of_drop_out(customer)).0
    }

    fn expected_orders(&self, customer: Observed, ahead: f64) -> f64 {
        self.p_alive(customer) * self.orders_while_alive(customer, ahead)
    }

    fn p_buy(&self, customer: Observed, ahead: f64) -> f64 {
        self.p_alive(customer) * self.buys_within(customer, ahead)
    }

    fn purchase_rate(&self, customer: Observed) -> (f64, f64) {
        (self.r + customer.repeats, self.alpha + customer.age)
    }

    /// The order and the drop-out compete: the hazard of either is shape/(rate + t) + s/(β + T + t). One Pareto
    /// distribution with the same slope at 0 stands for both; it is exact where α = β, and they are of a kind in most shops.
    fn wait(&self, customer: Observed) -> (f64, f64) {
        let (shape, rate) = self.purchase_rate(customer);
        (shape + self.s * rate / (self.beta + customer.age), rate)
    }

    fn is_at_edge(&self, tally: &Tally) -> bool {
        self.is_unsettled(tally)
    }

    fn never_drops_out(&self, tally: &Tally) -> bool {
        self.s * tally.mean_age() < 1e-3 * self.beta
    }

    fn forecast(&self, tally: &Tally, horizons: Horizons) -> Vec<Forecast> {
        let integrals = DropOutIntegrals::new(self, tally);
        tally.map_rows(|range| {
            let mut alive: Option<((u32, u32), f64)> = None;
            tally.rows[range]
                .iter()
                .map(|row| {
                    let customer = tally.observed(row);
                    // Neighbouring rows mostly share x and T, and with them all but the probability of being alive.
                    let key = (row.x, row.age);
                    let known = alive.filter(|known| known.0 == key);
                    let (_, buys) = known.unwrap_or_else(|| (key, self.buys_within(customer, horizons.buy)));
                    alive = Some((key, buys));
                    let p_alive = logistic(-integrals.ln_odds_of_drop_out(row)).0;
                    let expected_orders = p_alive * self.orders_while_alive(customer, horizons.orders);
                    Forecast {
                        p_alive,
                        p_buy: p_alive * buys,
                        expected_orders,
                    }
                })
                .collect()
        })
    }
}
