//! Why somebody's chance is high or low, in three facts. Each fact is tried against the typical person's: how would the chance change if
//! only this had been typical? It explains the answer that is served and adds nothing to it.

use super::features::{Column, Fact, Features};
use super::matrix::Matrix;
use super::timeline::Kind;

/// A change of the log-odds smaller than this is not worth a word.
const NEGLIGIBLE: f64 = 0.02;

/// A fact, what is typical, and which way it pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// Which column shows the fact.
    pub column: Column,
    /// For this person.
    pub value: u32,
    /// The median of everybody.
    pub typical: u32,
    /// Whether the chance is higher for it.
    pub raises: bool,
}

/// Up to three reasons, the strongest first.
pub type Reasons = [Option<Reason>; 3];

impl Reason {
    /// The reason as a clause.
    pub fn words(&self, event: &str, kinds: &[Kind]) -> String {
        let fact = self.column.words(self.value, event, kinds);
        let which = if self.raises { "more" } else { "less" };
        format!("{fact} (typically {}): {which} likely", self.typical)
    }
}

/// The typical person, and which columns belong together.
pub struct Typical {
    medians: Vec<f32>,
    /// The columns of each fact.
    facts: Vec<Vec<usize>>,
    columns: Vec<Column>,
}

impl Typical {
    /// The medians of everybody who is scored.
    pub fn new(features: &Features, known: &Matrix) -> Self {
        let mut facts: Vec<(Fact, Vec<usize>)> = Vec::new();
        for (at, column) in features.columns.iter().enumerate() {
            match facts.iter_mut().find(|(fact, _)| *fact == column.fact) {
                Some((_, columns)) => columns.push(at),
                None => facts.push((column.fact, vec![at])),
            }
        }
        Self {
            medians: known.medians(),
            facts: facts.into_iter().map(|(_, columns)| columns).collect(),
            columns: features.columns.clone(),
        }
    }

    /// Compares somebody's log-odds with what they would be if each fact were typical.
    pub fn explain(&self, row: &[f32], log_odds: impl Fn(&[f32]) -> f64) -> Reasons {
        let own = log_odds(row);
        let mut instead = row.to_vec();
        let mut found: Vec<(f64, Reason)> = Vec::new();
        for columns in &self.facts {
            let Some(shown) = self.shown(row, columns) else {
                continue;
            };
            columns.iter().for_each(|&at| instead[at] = self.medians[at]);
            let effect = own - log_odds(&instead);
            columns.iter().for_each(|&at| instead[at] = row[at]);
            if effect.abs() > NEGLIGIBLE {
                let raises = effect > 0.0;
                found.push((effect.abs(), Reason { raises, ..shown }));
            }
        }
        // Stable: of equals the first fact comes first.
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut reasons = found.into_iter().map(|(_, reason)| reason);
        [reasons.next(), reasons.next(), reasons.next()]
    }

    /// The column that differs most from what is typical; nothing when none differs.
    fn shown(&self, row: &[f32], columns: &[usize]) -> Option<Reason> {
        let told = columns.iter().map(|&at| {
            let reason = Reason {
                column: self.columns[at],
                value: Column::whole(row[at]),
                typical: Column::whole(self.medians[at]),
                raises: false,
            };
            ((row[at] - self.medians[at]).abs(), reason)
        });
        let differing = told.filter(|(_, reason)| reason.value != reason.typical);
        let furthest = differing.reduce(|a, b| if b.0 > a.0 { b } else { a });
        furthest.map(|(_, reason)| reason)
    }
}

#[cfg(test)]
mod tests {
    use super::super::timeline::Timelines;
    use super::*;

    fn typical() -> (Features, Typical) {
        let features = Features::learn(&Timelines::default(), "order", 0, 30);
        let median = vec![1.0; features.columns.len()];
        let typical = Typical::new(&features, &Matrix::new(median.len(), median));
        (features, typical)
    }

    #[test]
    fn the_fact_that_moves_the_chance_most_comes_first() {
        let (features, typical) = typical();
        let mut row = vec![1.0; features.columns.len()];
        row[Features::SILENCE] = 11f32.ln();
        row[Features::EVENTS] = 8f32.ln();
        let log_odds = |row: &[f32]| f64::from(2.0 * row[Features::EVENTS] - 0.5 * row[Features::SILENCE]);
        let told = typical
            .explain(&row, log_odds)
            .map(|reason| reason.map(|r| r.words("order", &[])));
        let expected = [
            "\"order\" 7 times in all (typically 2): more likely",
            "last seen 10 days ago (typically 2): less likely",
        ];
        assert_eq!(told, [Some(expected[0].to_owned()), Some(expected[1].to_owned()), None]);
    }

    #[test]
    fn the_typical_person_has_no_reasons() {
        let (features, typical) = typical();
        let row = vec![1.0; features.columns.len()];
        assert_eq!(typical.explain(&row, |row| f64::from(row[0])), [None; 3]);
    }
}
