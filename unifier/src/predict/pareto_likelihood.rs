//! The Pareto/NBD likelihood of many customers, its gradient and its maximum. The integral over the moment of dropping out is
//! tabulated once per x over the days that occur, so a customer costs a look-up and not an integration: a million customers fit in
//! seconds.
//!
//! The table runs backwards. With f falling, g(i) = ∫ f(y) dy / f(t_i) from t_i to the last day obeys
//! g(i) = cell(i) + f(t_{i+1})/f(t_i) g(i+1); all of these are moderate numbers where f itself would underflow, and
//! g(t_x) − f(T)/f(t_x) g(T), the integral that a customer needs, loses few digits because g is dominated by what is near t_x.

use rayon::prelude::*;

use super::gamma::{digamma, ln_gamma_ratio};
use super::likelihood::Region;
use super::logistic::logistic;
use super::optimise::Evaluation;
use super::pareto_nbd::ParetoNbd;
use super::quadrature::{Decay, gauss_legendre, panel};
use super::tally::{Row, Tally};

/// r, α, s and β, the rates in means of T.
const REGION: Region<4> = Region {
    low: [-8.0, -8.0, -9.0, -9.0],
    high: [8.0, 9.0, 7.0, 12.0],
    starts: &[[-0.6, -0.6, -0.5, -0.6], [0.4, 0.4, 1.0, 3.0], [-1.2, -1.5, -1.5, -2.0]],
    prior: [(-0.7, 1.5), (-0.7, 1.5), (-0.5, 1.0), (-0.5, 1.0)],
};

/// ∫ of f, and of f times ln(α + y), 1/(α + y), ln(β + y) and 1/(β + y): what the gradient needs.
type Integrals = [f64; 5];

impl ParetoNbd {
    /// The parameters of maximum likelihood, with α and β in days. With `weak_prior` the likelihood is weighed against a broad
    /// prior that counts about as much as one customer.
    pub fn fit(tally: &Tally, weak_prior: bool) -> Self {
        let model = |[r, alpha, s, beta]: [f64; 4]| Self { r, alpha, s, beta };
        model(REGION.maximise(units(tally), tally.customers, weak_prior, |at| {
            model(at).log_likelihood_of(tally)
        }))
    }

    /// Whether the maximum lies at the edge of what is searched.
    pub(super) fn is_unsettled(&self, tally: &Tally) -> bool {
        REGION.is_at_edge([self.r, self.alpha, self.s, self.beta], units(tally))
    }

    /// The log-likelihood of all customers and its gradient in (r, α, s, β).
    pub fn log_likelihood_of(&self, tally: &Tally) -> Evaluation<4> {
        let integrals = DropOutIntegrals::new(self, tally);
        let per_x: Vec<(f64, f64)> = tally
            .repeats
            .iter()
            .map(|&x| {
                let x = f64::from(x);
                let ln_powers = self.r * self.alpha.ln() + self.s * self.beta.ln();
                (
                    ln_gamma_ratio(self.r, x) + ln_powers,
                    digamma(self.r + x) - digamma(self.r),
                )
            })
            .collect();
        let [value, r, alpha, s, beta] = tally.sum(|row: &Row| {
            let (constant, by_r) = per_x[row.x as usize];
            let [value, r, alpha, s, beta] = integrals.ln_alive_or_dropped(row);
            [
                constant + value,
                by_r + self.alpha.ln() + r,
                self.r / self.alpha + alpha,
                self.beta.ln() + s,
                self.s / self.beta + beta,
            ]
        });
        (value, [r, alpha, s, beta])
    }
}

fn units(tally: &Tally) -> [f64; 4] {
    [1.0, tally.mean_age(), 1.0, tally.mean_age()]
}

/// The tables for one set of parameters.
pub struct DropOutIntegrals<'a> {
    model: &'a ParetoNbd,
    tally: &'a Tally,
    /// Per time: ln(α + t), 1/(α + t), ln(β + t), 1/(β + t).
    per_time: Vec<[f64; 4]>,
    /// Per x and time: the integrals from that time to the last one, over f at that time.
    tables: Vec<Vec<Integrals>>,
}

impl<'a> DropOutIntegrals<'a> {
    /// Tabulates every x of the tally.
    pub fn new(model: &'a ParetoNbd, tally: &'a Tally) -> Self {
        let per_time: Vec<[f64; 4]> = tally.times.iter().map(|&t| logs(model, f64::from(t))).collect();
        let earliest = earliest_last(tally);
        let table = |(x, from): (&u32, &usize)| table(model, &tally.times, &per_time, f64::from(*x), *from);
        let tables = tally.repeats.par_iter().zip(&earliest).map(table).collect();
        Self {
            model,
            tally,
            per_time,
            tables,
        }
    }

    /// ln of the odds of having dropped out since t_x, against being alive.
    pub fn ln_odds_of_drop_out(&self, row: &Row) -> f64 {
        self.parts(row).0
    }

    /// The odds, and the integrals over (t_x, T) divided by f(t_x).
    fn parts(&self, row: &Row) -> (f64, Integrals) {
        let (last, age) = (self.per_time[row.last as usize], self.per_time[row.age as usize]);
        let shape = self.model.r + f64::from(self.tally.repeats[row.x as usize]);
        let fallen = shape * (age[0] - last[0]) + (self.model.s + 1.0) * (age[2] - last[2]);
        let table = &self.tables[row.x as usize];
        let (from, to) = (&table[row.last as usize], &table[row.age as usize]);
        let rest = (-fallen).exp();
        let between: Integrals = std::array::from_fn(|i| from[i] - rest * to[i]);
        (self.model.s.ln() + between[0].ln() + fallen - age[2], between)
    }

    /// ln( f(T) (β + T) + s ∫ f ) and its gradient in (r, α, s, β).
    fn ln_alive_or_dropped(&self, row: &Row) -> [f64; 5] {
        let model = self.model;
        let age = self.per_time[row.age as usize];
        let shape = model.r + f64::from(self.tally.repeats[row.x as usize]);
        let alive = [-age[0], -shape * age[1], -age[2], -model.s * age[3]];
        let (ln_odds, integrals) = self.parts(row);
        let (p_dropped, softplus) = logistic(ln_odds);
        let value = -shape * age[0] - model.s * age[2] + softplus;
        if p_dropped == 0.0 {
            return [value, alive[0], alive[1], alive[2], alive[3]];
        }
        let mean = |i: usize| integrals[i] / integrals[0];
        let dropped = [
            -mean(1),
            -shape * mean(2),
            1.0 / model.s - mean(3),
            -(model.s + 1.0) * mean(4),
        ];
        let by = |i: usize| alive[i] + p_dropped * (dropped[i] - alive[i]);
        [value, by(0), by(1), by(2), by(3)]
    }
}

fn logs(model: &ParetoNbd, t: f64) -> [f64; 4] {
    let (alpha, beta) = (model.alpha + t, model.beta + t);
    [alpha.ln(), 1.0 / alpha, beta.ln(), 1.0 / beta]
}

/// Per x, the index of the earliest t_x: the table need not go further back, where f may be too steep to be worth it.
fn earliest_last(tally: &Tally) -> Vec<usize> {
    let mut earliest = vec![tally.times.len(); tally.repeats.len()];
    for row in &tally.rows {
        let known = &mut earliest[row.x as usize];
        *known = (*known).min(row.last as usize);
    }
    earliest
}

fn table(model: &ParetoNbd, times: &[u32], per_time: &[[f64; 4]], x: f64, earliest: usize) -> Vec<Integrals> {
    let (shape, s) = (model.r + x, model.s + 1.0);
    let mut table = vec![[0.0; 5]; times.len()];
    for i in (earliest..times.len().saturating_sub(1)).rev() {
        let (from, to) = (f64::from(times[i]), f64::from(times[i + 1]));
        let here = per_time[i];
        let f = |ln_alpha: f64, ln_beta: f64| (-shape * (ln_alpha - here[0]) - s * (ln_beta - here[2])).exp();
        let rest = f(per_time[i + 1][0], per_time[i + 1][2]);
        let mut sum = table[i + 1].map(|later| rest * later);
        let factors = |at: f64| {
            [
                Decay {
                    power: shape,
                    rate: model.alpha + at,
                },
                Decay {
                    power: s,
                    rate: model.beta + at,
                },
            ]
        };
        let mut start = from;
        while start < to {
            let end = (start + panel(factors(start), 0.0)).min(to);
            for (y, weight) in gauss_legendre(start, end) {
                let [ln_alpha, by_alpha, ln_beta, by_beta] = logs(model, y);
                let value = weight * f(ln_alpha, ln_beta);
                let terms = [1.0, ln_alpha, by_alpha, ln_beta, by_beta];
                sum.iter_mut().zip(terms).for_each(|(sum, term)| *sum += value * term);
            }
            start = end;
        }
        table[i] = sum;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::model::PurchaseModel;
    use crate::predict::summary::Summary;

    fn tally() -> Tally {
        let summary = |repeats: u32, last: u32, age: u32| Summary {
            repeats,
            last,
            age,
            ..Summary::default()
        };
        Tally::new(&[
            summary(0, 0, 400),
            summary(0, 0, 0),
            summary(3, 40, 41),
            summary(3, 40, 700),
            summary(90, 91, 600),
            summary(7, 33, 33),
            summary(1, 1, 3_650),
        ])
    }

    const MODEL: ParetoNbd = ParetoNbd {
        r: 0.55,
        alpha: 74.0,
        s: 0.61,
        beta: 82.0,
    };

    #[test]
    fn the_tables_agree_with_integrating_for_each_customer() {
        let tally = tally();
        let table = DropOutIntegrals::new(&MODEL, &tally);
        for row in &tally.rows {
            let (p, expected) = (
                logistic(-table.ln_odds_of_drop_out(row)).0,
                MODEL.p_alive(tally.observed(row)),
            );
            assert!((p - expected).abs() <= 1e-11 * expected, "{row:?}: {p} {expected}");
        }
        let one_by_one = tally.sum(|row| [MODEL.log_likelihood(tally.observed(row))])[0];
        assert!((MODEL.log_likelihood_of(&tally).0 / one_by_one - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_likelihood() {
        let tally = tally();
        let (_, gradient) = MODEL.log_likelihood_of(&tally);
        let at = |change: [f64; 4]| {
            let [r, alpha, s, beta] = change;
            let model = ParetoNbd {
                r: MODEL.r + r,
                alpha: MODEL.alpha + alpha,
                s: MODEL.s + s,
                beta: MODEL.beta + beta,
            };
            model.log_likelihood_of(&tally).0
        };
        for i in 0..4 {
            let mut step = [0.0; 4];
            step[i] = 1e-5 * [MODEL.r, MODEL.alpha, MODEL.s, MODEL.beta][i];
            let slope = (at(step) - at(step.map(|v| -v))) / (2.0 * step[i]);
            assert!(
                (gradient[i] - slope).abs() < 1e-6 * (1.0 + slope.abs()),
                "{i}: {} {slope}",
                gradient[i]
            );
        }
    }
}
