//! The prediction report in the words of those who act on it: one sentence per trait, tables for what takes more than a sentence.

use std::fmt::{self, Display, Formatter};

use super::calibration::{Tenth, held};
use super::evaluation::Evaluation;
use super::gates::Badge;
use super::report::{Counted, PredictionReport, Total};
use crate::report::{grouped, table};

impl Display for PredictionReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let horizon = self.horizon_days;
        writeln!(f, "Predictions as of {}, {horizon} days ahead\n", self.trained_at)?;
        self.data(f)?;
        self.expected(f)?;
        if !self.evaluation.origins.is_empty() {
            self.who_buys(f)?;
            self.how_much(f)?;
            tables(f, &self.evaluation)?;
        }
        self.propensities
            .iter()
            .try_for_each(|propensity| write!(f, "{propensity}"))?;
        self.groups(f)?;
        self.fitted(f)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "· {note}"))
    }
}

impl PredictionReport {
    fn data(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let badge = match self.sufficiency.badge {
            Badge::Nothing => "NOTHING TO GO BY: nobody has a purchase yet",
            Badge::RankingOnly => "RANKING ONLY: people can be ranked, sums would mislead; the reasons are at the end",
            Badge::Sufficient => "SUFFICIENT: scores and totals can be used",
        };
        let s = &self.sufficiency;
        writeln!(f, "How much there is to go by\n  {badge}")?;
        writeln!(
            f,
            "  {} customers, of whom {} came back; {} days of orders\n",
            grouped(s.customers as u64),
            grouped(s.repeaters as u64),
            grouped(u64::from(s.history_days))
        )
    }

    fn expected(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "What is expected")?;
        if self.totals.is_empty() {
            writeln!(f, "  no totals: the reasons are at the end")?;
        }
        self.totals
            .iter()
            .try_for_each(|total| writeln!(f, "  {}", self.sentence(total)))?;
        writeln!(f)
    }

    fn sentence(&self, total: &Total) -> String {
        let whole = |value: f64| grouped(value.round().max(0.0) as u64);
        let (expected, days) = (whole(total.expected), total.within_days);
        let what = match total.of {
            Counted::Buyers => format!(
                "{expected} of {} customers order within {days} days",
                grouped(self.customers)
            ),
            Counted::Orders => format!("{expected} orders come within {days} days"),
            Counted::Value => format!("{expected} {} come in within {days} days", self.currency),
        };
        match total.low.zip(total.high) {
            Some((low, high)) => format!(
                "{what}; four times in five it is between {} and {}",
                whole(low),
                whole(high)
            ),
            None => format!("{what}; how far this may be off was not tried"),
        }
    }

    fn who_buys(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let evaluation = &self.evaluation;
        let champion = self.champion.as_deref().unwrap_or_default();
        writeln!(f, "Who orders (p_buy): {champion}")?;
        if let (Some(best), Some(origin)) = (evaluation.held().next(), evaluation.origins.first()) {
            let of_hundred = |part: u64, all: u64| (100.0 * part as f64 / all.max(1) as f64).round();
            let all = origin.customers as u64;
            writeln!(
                f,
                "  of the {} customers who scored best ({} of 100), {} of 100 ordered within {} days of {}; of all customers, {} \
                 of 100 did",
                grouped(best.customers),
                of_hundred(best.customers, all),
                of_hundred(best.bought, best.customers),
                evaluation.horizon_days,
                origin.day,
                of_hundred(origin.buyers as u64, all)
            )?;
        }
        for curve in &evaluation.lift {
            let share = |part: usize| (100.0 * curve.shares.get(part).copied().unwrap_or(0.0)).round();
            writeln!(
                f,
                "  {} found {} of 100 buyers in its best tenth, {} in its best fifth",
                curve.name,
                share(2),
                share(4)
            )?;
        }
        if let Some(c) = &evaluation.comparison {
            let verdict = if c.model_is_better {
                "ranks better than"
            } else {
                "ranks no better than"
            };
            writeln!(
                f,
                "  {} {verdict} {} (area under the curve {:+.3}, between {:+.3} and {:+.3})",
                c.model, c.rule, c.difference, c.low, c.high
            )?;
        }
        writeln!(f)
    }

    fn how_much(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(served) = &self.served else { return Ok(()) };
        let evaluation = &self.evaluation;
        writeln!(f, "How many orders (expected_orders): {}", served.orders)?;
        if let Some(orders) = evaluation.orders.iter().find(|result| result.name == served.orders) {
            writeln!(
                f,
                "  on average it was {:.2} orders off per customer, and its total {:+.1} % off",
                orders.mae,
                100.0 * orders.total_error
            )?;
        }
        if let Some(value) = &served.value {
            writeln!(f, "What an order is worth (expected_value): {value}")?;
            if let Some(result) = evaluation.values.iter().find(|result| result.name == *value) {
                writeln!(
                    f,
                    "  on average it was {:.2} {} off per customer",
                    result.mae, self.currency
                )?;
            }
        }
        if let Some(spend) = evaluation.spend {
            writeln!(
                f,
                "  the tenth of whom most was expected brought {:.0} % of all money; the total was {:+.1} % off",
                100.0 * spend.share_of_best_tenth,
                100.0 * spend.total_error
            )?;
        }
        if let Some(drift) = evaluation.drift {
            writeln!(f, "Drift: {}", drift.words())?;
        }
        writeln!(f)
    }

    fn groups(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(stability) = self.cluster_stability else {
            return Ok(());
        };
        let mut groups = table(&[
            "group",
            "customers",
            "days since last order",
            "order days",
            "spent in all",
        ]);
        for cluster in &self.clusters {
            groups.add_row([
                cluster.name.clone(),
                grouped(cluster.customers),
                format!("{:.0}", cluster.silence_days),
                format!("{:.1}", cluster.order_days),
                format!("{:.0} {}", cluster.spend, self.currency),
            ]);
        }
        writeln!(
            f,
            "Groups of customers who are alike (agreement when drawn anew {stability:.2}, where 1 is the same again)\n{groups}\n"
        )
    }

    fn fitted(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.models.is_empty() {
            return Ok(());
        }
        let mut models = table(&["model", "parameters", "log-likelihood", "customers", "served"]);
        for model in &self.models {
            let parameters = model
                .parameters
                .iter()
                .map(|(name, value)| format!("{name} {value:.4}"));
            models.add_row([
                model.name.clone(),
                parameters.collect::<Vec<_>>().join("  "),
                format!("{:.2}", model.log_likelihood),
                grouped(model.customers as u64),
                if model.served { "yes" } else { "" }.to_owned(),
            ]);
        }
        let unit = self.models.iter().find_map(|model| model.time_unit);
        let unit = unit.map_or(String::new(), |unit| format!(" (time in {}s)", unit.name()));
        writeln!(f, "Fitted models{unit}\n{models}\n")
    }
}

fn tables(f: &mut Formatter<'_>, evaluation: &Evaluation) -> fmt::Result {
    let origins = evaluation.origins.iter().map(|origin| origin.day.as_str());
    let days = origins.collect::<Vec<_>>().join(", ");
    writeln!(
        f,
        "Tried from {days}, {} days ahead each; means ({})",
        evaluation.horizon_days, evaluation.id
    )?;
    let mut results = table(&[
        "who orders",
        "AUC",
        "log-loss",
        "Brier",
        "calibration",
        "lift",
        "buyers off",
    ]);
    for r in &evaluation.results {
        results.add_row(r.row());
    }
    let mut orders = table(&["how many orders", "MAE", "RMSE", "total off"]);
    for r in &evaluation.orders {
        let off = format!("{:+.1} %", 100.0 * r.total_error);
        orders.add_row([r.name.clone(), format!("{:.3}", r.mae), format!("{:.3}", r.rmse), off]);
    }
    writeln!(f, "{results}\n{orders}")?;
    let first_day = evaluation.origins.first().map_or("", |origin| &origin.day);
    tenths(
        f,
        first_day,
        &evaluation.tenths,
        ["customers", "predicted buyers", "buyers"],
    )
}

/// What was predicted against what happened, under names for people, those expected and those who did it. Equals stay together, so that
/// a row may hold more or fewer than a tenth.
pub(super) fn tenths(f: &mut Formatter<'_>, day: &str, tenths: &[Tenth], names: [&str; 3]) -> fmt::Result {
    let [people, expected, did] = names;
    writeln!(
        f,
        "Predicted against what happened, from {day}: {people} by tenths, with equals together, the best first"
    )?;
    let mut rows = table(&["chance from", people, expected, did, "found so far"]);
    let (mut found, all) = (0, held(tenths).map(|tenth| tenth.bought).sum::<u64>());
    for tenth in held(tenths) {
        found += tenth.bought;
        rows.add_row([
            format!("{:.1} %", 100.0 * tenth.from),
            grouped(tenth.customers),
            format!("{:.1}", tenth.predicted),
            grouped(tenth.bought),
            format!("{:.0} %", 100.0 * found as f64 / all.max(1) as f64),
        ]);
    }
    writeln!(f, "{rows}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::calibration::Tenth;
    use crate::predict::evaluation::{LiftCurve, Origin};

    #[test]
    fn equals_that_stay_together_are_told_as_how_many_they_are() {
        let tenth = |from, customers, predicted, bought| Tenth {
            from,
            customers,
            predicted,
            bought,
        };
        let evaluation = Evaluation {
            origins: vec![Origin {
                day: "2026-08-26".to_owned(),
                customers: 400,
                buyers: 100,
                auc: 0.7,
                expected_buyers: 90.0,
            }],
            tenths: vec![
                tenth(0.1, 300, 30.0, 20),
                Tenth::default(),
                tenth(0.6, 100, 60.0, 80),
                Tenth::default(),
            ],
            // Equals share what they find: a tenth of all customers is less than all who score best.
            lift: vec![LiftCurve {
                name: "recency".to_owned(),
                shares: (0..=20).map(|part| f64::from(part) / 20.0).collect(),
            }],
            ..Evaluation::default()
        };
        let text = PredictionReport {
            evaluation,
            ..PredictionReport::default()
        }
        .to_string();
        assert!(
            text.contains("of the 100 customers who scored best (25 of 100), 80 of 100 ordered"),
            "{text}"
        );
        let rows: Vec<Vec<&str>> = text
            .lines()
            .skip_while(|line| !line.contains("chance from"))
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|words| words.contains(&"%"))
            .collect();
        let expected = [
            ["60.0", "%", "100", "60.0", "80", "80", "%"],
            ["10.0", "%", "300", "30.0", "20", "100", "%"],
        ];
        let told: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| {
                row.iter()
                    .copied()
                    .filter(|word| word.parse::<f64>().is_ok() || *word == "%")
                    .collect()
            })
            .collect();
        assert_eq!(told, expected, "{text}");
    }
}
