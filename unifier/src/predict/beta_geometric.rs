//! BG/NBD (Fader, Hardie and Lee 2005) and MBG/NBD (Batislam, Denizel and Filiztekin 2007): customers buy at a rate
//! λ ~ gamma(r, α) and drop out after a purchase with probability p ~ beta(a, b). The two differ in one thing: in BG/NBD the
//! first purchase cannot be the last, in MBG/NBD it can. It owns their likelihood, its maximum and their forecasts.

use super::drop_out::DropOutProbability;
use super::gamma::{digamma, ln_gamma_ratio};
use super::likelihood::Region;
use super::logistic::logistic;
use super::model::{Forecast, Horizons, Observed, PurchaseModel, TimeUnit};
use super::optimise::Evaluation;
use super::tally::{Row, Tally};

/// After which purchases a customer may drop out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropOut {
    /// BG/NBD: after a repeat purchase, so that everyone who bought once is alive.
    AfterRepeatPurchase,
    /// MBG/NBD: after any purchase.
    AfterAnyPurchase,
}

impl DropOut {
    /// How many of the purchases are chances to drop out, beside the x repeat purchases.
    fn extra(self) -> f64 {
        match self {
            Self::AfterRepeatPurchase => 0.0,
            Self::AfterAnyPurchase => 1.0,
        }
    }
}

/// The fitted model; α has the unit of the times it is asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaGeometric {
    /// Shape of the purchase rate's distribution.
    pub r: f64,
    /// Rate of the purchase rate's distribution, in units of time.
    pub alpha: f64,
    /// First parameter of the drop-out probability's distribution.
    pub a: f64,
    /// Second parameter of the drop-out probability's distribution.
    pub b: f64,
    /// Which of the two models it is.
    pub drop_out: DropOut,
}

/// r, α (in means of T), a and b.
const REGION: Region<4> = Region {
    low: [-8.0, -8.0, -9.0, -9.0],
    high: [8.0, 9.0, 9.0, 9.0],
    starts: &[[-0.7, -1.0, -0.2, 0.7], [0.4, 0.4, -2.5, 1.0], [-1.5, -2.5, 0.7, 1.5]],
    prior: [(-0.7, 1.5), (-1.0, 1.5), (0.0, 1.0), (0.7, 1.0)],
};

impl BetaGeometric {
    /// The parameters of maximum likelihood, with α in days. With `weak_prior` the likelihood is weighed against a broad
    /// prior that counts about as much as one customer.
    pub fn fit(tally: &Tally, drop_out: DropOut, weak_prior: bool) -> Self {
        let model = |[r, alpha, a, b]: [f64; 4]| Self {
            r,
            alpha,
            a,
            b,
            drop_out,
        };
        model(REGION.maximise(units(tally), tally.customers, weak_prior, |at| {
            model(at).log_likelihood_of(tally)
        }))
    }

    /// The log-likelihood of all customers and its gradient in (r, α, a, b).
    pub fn log_likelihood_of(&self, tally: &Tally) -> Evaluation<4> {
        let per_x: Vec<Terms> = tally.repeats.iter().map(|&x| self.terms(f64::from(x))).collect();
        let per_time: Vec<(f64, f64)> = tally
            .times
            .iter()
            .map(|&t| {
                let since = self.alpha + f64::from(t);
                (since.ln(), 1.0 / since)
            })
            .collect();
        let [value, r, alpha, a, b] = tally.sum(|row: &Row| {
            let terms = &per_x[row.x as usize];
            terms.log_likelihood(per_time[row.age as usize], per_time[row.last as usize])
        });
        (value, [r, alpha, a, b])
    }

    /// What the likelihood needs of one x; see [`Terms`].
    fn terms(&self, x: f64) -> Terms {
        let Self { r, alpha, a, b, .. } = *self;
        let chances = x + self.drop_out.extra();
        let rise = |z: f64| digamma(z + chances) - digamma(z);
        let psi_b = if chances > 0.0 { rise(b) } else { 0.0 };
        let psi_ab = if chances > 0.0 { rise(a + b) } else { 0.0 };
        Terms {
            x,
            shape: r + x,
            constant: ln_gamma_ratio(r, x) + ln_gamma_ratio(b, chances) - ln_gamma_ratio(a + b, chances),
            ln_alpha: alpha.ln(),
            r,
            alpha,
            by_r: if x > 0.0 { digamma(r + x) - digamma(r) } else { 0.0 },
            by_a: -psi_ab,
            by_b: psi_b - psi_ab,
            last_chance: (chances > 0.0).then(|| LastChance {
                ln_odds: (a / (b + chances - 1.0)).ln(),
                a,
                b: b + chances - 1.0,
            }),
        }
    }

    /// ln of the odds that the customer dropped out at the last purchase, against being alive; −∞ when that is impossible.
    fn ln_odds_of_drop_out(&self, customer: Observed) -> f64 {
        let chances = customer.repeats + self.drop_out.extra();
        if chances == 0.0 {
            return f64::NEG_INFINITY;
        }
        let silence = ((customer.age - customer.last) / (self.alpha + customer.last)).ln_1p();
        (self.a / (self.b + chances - 1.0)).ln() + (self.r + customer.repeats) * silence
    }

    fn drop_out_probability(&self, repeats: f64) -> DropOutProbability {
        DropOutProbability::new(self.a, self.b + repeats + self.drop_out.extra())
    }
}

fn units(tally: &Tally) -> [f64; 4] {
    [1.0, tally.mean_age(), 1.0, 1.0]
}

/// The parts of the likelihood that depend on x alone.
struct Terms {
    x: f64,
    shape: f64,
    constant: f64,
    ln_alpha: f64,
    r: f64,
    alpha: f64,
    by_r: f64,
    by_a: f64,
    by_b: f64,
    last_chance: Option<LastChance>,
}

/// The chance to drop out at the last purchase: odds a / (b + chances − 1).
struct LastChance {
    ln_odds: f64,
    a: f64,
    b: f64,
}

impl Terms {
    /// The log-likelihood and its gradient in (r, α, a, b) of a row, from (ln(α + t), 1/(α + t)) at T and at t_x.
    fn log_likelihood(&self, age: (f64, f64), last: (f64, f64)) -> [f64; 5] {
        let alive = [
            self.constant + self.r * (self.ln_alpha - age.0) - self.x * age.0,
            self.by_r + self.ln_alpha - age.0,
            self.r / self.alpha - self.shape * age.1,
            self.by_a,
            self.by_b,
        ];
        let Some(chance) = &self.last_chance else { return alive };
        let silence = age.0 - last.0;
        let (dropped, softplus) = logistic(chance.ln_odds + self.shape * silence);
        [
            alive[0] + softplus,
            alive[1] + dropped * silence,
            alive[2] + dropped * self.shape * (age.1 - last.1),
            alive[3] + dropped / chance.a,
            alive[4] - dropped / chance.b,
        ]
    }
}

impl PurchaseModel for BetaGeometric {
    fn name(&self) -> &'static str {
        match self.drop_out {
            DropOut::AfterRepeatPurchase => "bg_nbd",
            DropOut::AfterAnyPurchase => "mbg_nbd",
        }
    }

    fn parameters(&self, unit: TimeUnit) -> Vec<(&'static str, f64)> {
        vec![
            ("r", self.r),
            ("alpha", self.alpha / unit.days()),
            ("a", self.a),
            ("b", self.b),
        ]
    }

    fn log_likelihood(&self, customer: Observed) -> f64 {
        let at = |t: f64| ((self.alpha + t).ln(), 1.0 / (self.alpha + t));
        self.terms(customer.repeats)
            .log_likelihood(at(customer.age), at(customer.last))[0]
    }

    fn total_log_likelihood(&self, tally: &Tally) -> f64 {
        self.log_likelihood_of(tally).0
    }

    fn p_alive(&self, customer: Observed) -> f64 {
        logistic(-self.ln_odds_of_drop_out(customer)).0
    }

    fn expected_orders(&self, customer: Observed, ahead: f64) -> f64 {
        let (shape, rate) = self.purchase_rate(customer);
        self.p_alive(customer)
            * self
                .drop_out_probability(customer.repeats)
                .expected_orders(shape, rate, ahead)
    }

    fn p_buy(&self, customer: Observed, ahead: f64) -> f64 {
        let (shape, rate) = self.purchase_rate(customer);
        self.p_alive(customer) * buys_within(shape, rate, ahead)
    }

    fn purchase_rate(&self, customer: Observed) -> (f64, f64) {
        (self.r + customer.repeats, self.alpha + customer.age)
    }

    fn is_at_edge(&self, tally: &Tally) -> bool {
        REGION.is_at_edge([self.r, self.alpha, self.a, self.b], units(tally))
    }

    fn never_drops_out(&self, _: &Tally) -> bool {
        self.a < 1e-3 * (self.a + self.b)
    }

    fn forecast(&self, tally: &Tally, horizons: Horizons) -> Vec<Forecast> {
        let drop_out: Vec<_> = tally
            .repeats
            .iter()
            .map(|&x| self.drop_out_probability(f64::from(x)))
            .collect();
        tally.map_rows(|range| {
            let mut alive: Option<((u32, u32), f64, f64)> = None;
            tally.rows[range]
                .iter()
                .map(|row| {
                    let customer = tally.observed(row);
                    let (shape, rate) = self.purchase_rate(customer);
                    // Neighbouring rows mostly share x and T, and with them all but the probability of being alive.
                    let key = (row.x, row.age);
                    let (_, buys, orders) = alive.filter(|known| known.0 == key).unwrap_or_else(|| {
                        let wanted = horizons.orders > 0.0;
                        let expected = || drop_out[row.x as usize].expected_orders(shape, rate, horizons.orders);
                        let orders = if wanted { expected() } else { 0.0 };
                        (key, buys_within(shape, rate, horizons.buy), orders)
                    });
                    alive = Some((key, buys, orders));
                    let p_alive = self.p_alive(customer);
                    Forecast {
                        p_alive,
                        p_buy: p_alive * buys,
                        expected_orders: p_alive * orders,
                    }
                })
                .collect()
        })
    }
}

/// Probability that someone who is alive orders within `ahead`: 1 − (rate / (rate + ahead))^shape.
fn buys_within(shape: f64, rate: f64, ahead: f64) -> f64 {
    -(-shape * (ahead / rate).ln_1p()).exp_m1()
}
