//! The purchase models that compete, and what to say when the data did not settle one of them.

use super::FittedModel;
use super::beta_geometric::{BetaGeometric, DropOut};
use super::model::{PurchaseModel, TimeUnit};
use super::note::Note;
use super::pareto_nbd::ParetoNbd;
use super::tally::Tally;

/// A purchase model that can be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidate {
    /// One-time buyers are always alive.
    BgNbd,
    /// One-time buyers may be gone.
    MbgNbd,
    /// Customers may be gone at any moment.
    ParetoNbd,
}

impl Candidate {
    /// In the order in which ties are resolved.
    pub const ALL: [Self; 3] = [Self::MbgNbd, Self::ParetoNbd, Self::BgNbd];

    /// The model's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::BgNbd => "bg_nbd",
            Self::MbgNbd => "mbg_nbd",
            Self::ParetoNbd => "pareto_nbd",
        }
    }

    /// Fits the model. Where there is `little_data` a maximum without meaning is replaced by the one under a weak prior.
    pub fn fit(self, tally: &Tally, little_data: bool) -> Fitted {
        let model = self.maximise(tally, false);
        let name = self.name();
        let settled = tally.repeaters > 0 && !model.is_at_edge(tally) && !model.never_drops_out(tally);
        if !settled && (little_data || tally.repeaters == 0) {
            return Fitted {
                model: self.maximise(tally, true),
                remark: Some(Note::WeakPrior { model: name }),
            };
        }
        let remark = if model.never_drops_out(tally) {
            Some(Note::NoDropOut { model: name })
        } else {
            model.is_at_edge(tally).then_some(Note::EdgeOfSearch { model: name })
        };
        Fitted { model, remark }
    }

    fn maximise(self, tally: &Tally, weak_prior: bool) -> Box<dyn PurchaseModel> {
        match self {
            Self::BgNbd => Box::new(BetaGeometric::fit(tally, DropOut::AfterRepeatPurchase, weak_prior)),
            Self::MbgNbd => Box::new(BetaGeometric::fit(tally, DropOut::AfterAnyPurchase, weak_prior)),
            Self::ParetoNbd => Box::new(ParetoNbd::fit(tally, weak_prior)),
        }
    }
}

/// A model with what has to be said about its fit.
pub struct Fitted {
    /// The model.
    pub model: Box<dyn PurchaseModel>,
    /// When its parameters need explaining.
    pub remark: Option<Note>,
}

/// The model as the report shows it. A likelihood is a density per unit of time for each repeat purchase, so it changes with
/// the unit: ln L per unit = ln L per day + Σx ln(days per unit).
pub fn report(model: &dyn PurchaseModel, tally: &Tally, unit: TimeUnit) -> FittedModel {
    FittedModel {
        name: model.name(),
        parameters: model.parameters(unit),
        log_likelihood: model.total_log_likelihood(tally) + tally.repeat_purchases as f64 * unit.days().ln(),
        customers: tally.customers as usize,
    }
}
