//! What is served: what did best when it was tried on the past, or, where there is no past to try it on, the model that explains the
//! purchases best together with the simplest rule.

use super::backtest::Choice;
use super::candidate::{Candidate, Fitted, report};
use super::gates::Sufficiency;
use super::model::PurchaseModel;
use super::note::Note;
use super::scorer::Scorer;
use super::tally::Tally;
use super::{FittedModel, PredictConfig};

/// Every candidate fitted to all of today's customers, and who of them says what.
pub struct Champion {
    /// Whose probabilities of an order are served.
    pub scorer: Scorer,
    /// Which model says how many orders come, and when.
    pub orders: Candidate,
    fitted: Vec<(Candidate, Fitted)>,
}

impl Champion {
    /// Fits every candidate, reports all of them and chooses.
    pub fn choose(
        tally: &Tally,
        choice: Option<&Choice>,
        config: &PredictConfig,
        notes: &mut Vec<Note>,
    ) -> (Vec<FittedModel>, Option<Self>) {
        let little_data = Sufficiency::is_little(tally.customers as usize, tally.repeaters as usize, config);
        let fitted: Vec<(Candidate, Fitted)> = Candidate::ALL
            .iter()
            .map(|candidate| (*candidate, candidate.fit(tally, little_data)))
            .collect();
        let reports: Vec<FittedModel> = fitted
            .iter()
            .map(|(_, fitted)| report(fitted.model.as_ref(), tally, config.time_unit))
            .collect();
        let likelihoods = Candidate::ALL.into_iter().zip(&reports);
        let likeliest = likelihoods.reduce(|a, b| if b.1.log_likelihood > a.1.log_likelihood { b } else { a });
        let Some((likeliest, _)) = likeliest else {
            return (reports, None);
        };
        let champion = Self {
            scorer: choice.map_or(Scorer::Blend(likeliest), |choice| choice.scorer),
            orders: choice.map_or(likeliest, |choice| choice.orders),
            fitted,
        };
        let used = champion
            .fitted
            .iter()
            .filter(|(candidate, _)| champion.uses(*candidate));
        notes.extend(used.filter_map(|(_, fitted)| fitted.remark.clone()));
        (reports, Some(champion))
    }

    fn uses(&self, candidate: Candidate) -> bool {
        candidate == self.orders || candidate == self.scorer.candidate()
    }

    /// The fitted model of a candidate.
    pub fn model(&self, candidate: Candidate) -> Option<&dyn PurchaseModel> {
        let found = self.fitted.iter().find(|fitted| fitted.0 == candidate);
        found.map(|(_, fitted)| fitted.model.as_ref())
    }
}
