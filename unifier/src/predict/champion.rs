//! What is served: the way of scoring that did best when it was tried on the past, or, where there is no past to try it on, the
//! model that explains the purchases best.

use super::backtest::Evaluation;
use super::candidate::{Candidate, Fitted, report};
use super::gates::Sufficiency;
use super::note::Note;
use super::scorer::Scorer;
use super::tally::Tally;
use super::{FittedModel, PredictConfig};

/// What scores people, with its model fitted to all of today's customers.
pub struct Champion {
    /// Whose probabilities of an order are served.
    pub scorer: Scorer,
    /// The scorer's model, which answers everything else.
    pub fitted: Fitted,
}

/// Fits every candidate, reports all of them and chooses one.
pub fn choose(
    tally: &Tally,
    evaluation: Option<&Evaluation>,
    config: &PredictConfig,
    notes: &mut Vec<Note>,
) -> (Vec<FittedModel>, Option<Champion>) {
    let little_data = Sufficiency::is_little(tally.customers as usize, tally.repeaters as usize, config);
    let fitted: Vec<Fitted> = Candidate::ALL
        .iter()
        .map(|candidate| candidate.fit(tally, little_data))
        .collect();
    let reports: Vec<FittedModel> = fitted
        .iter()
        .map(|fitted| report(fitted.model.as_ref(), tally, config.time_unit))
        .collect();
    let likelihoods = Candidate::ALL
        .into_iter()
        .zip(&reports)
        .map(|(candidate, report)| (candidate, report.log_likelihood));
    let likeliest = likelihoods.reduce(|a, b| if b.1 > a.1 { b } else { a });
    let scorer = match evaluation {
        Some(evaluation) => Some(evaluation.champion),
        None => likeliest.map(|(candidate, _)| Scorer::Model(candidate)),
    };
    let chosen = Candidate::ALL
        .into_iter()
        .zip(fitted)
        .find(|(candidate, _)| Some(*candidate) == scorer.map(Scorer::candidate));
    let champion = scorer
        .zip(chosen)
        .map(|(scorer, (_, fitted))| Champion { scorer, fitted });
    notes.extend(champion.as_ref().and_then(|champion| champion.fitted.remark.clone()));
    notes.extend(verdict(evaluation, config));
    (reports, champion)
}

fn verdict(evaluation: Option<&Evaluation>, config: &PredictConfig) -> Option<Note> {
    let Some(evaluation) = evaluation else {
        return Some(Note::NotTried {
            needed: config.minimum_outcomes,
        });
    };
    let comparison = evaluation.comparison;
    (!comparison.model_is_better).then_some(Note::NoBetterThanRule {
        model: evaluation.best_model,
        rule: evaluation.best_rule,
        difference: [comparison.difference, comparison.low, comparison.high],
    })
}
