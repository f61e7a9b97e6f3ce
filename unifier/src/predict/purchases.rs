//! Fits the purchase model that is served, and says in words where the data did not settle it.

use super::FittedModel;
use super::beta_geometric::{BetaGeometric, DropOut};
use super::model::{PurchaseModel, TimeUnit};
use super::note::Note;
use super::tally::Tally;

/// Fits BG/NBD. With `little_data` a degenerate maximum is replaced by that under a weak prior.
pub fn fit(tally: &Tally, little_data: bool, notes: &mut Vec<Note>) -> BetaGeometric {
    let mut model = BetaGeometric::fit(tally, DropOut::AfterRepeatPurchase, false);
    if tally.repeaters == 0 {
        notes.push(Note::NobodyCameBack);
    }
    if tally.repeaters == 0 || little_data && (model.is_at_edge(tally) || model.never_drops_out()) {
        model = BetaGeometric::fit(tally, DropOut::AfterRepeatPurchase, true);
        notes.push(Note::WeakPrior { model: model.name() });
    } else if model.never_drops_out() {
        notes.push(Note::NoDropOut { model: model.name() });
    } else if model.is_at_edge(tally) {
        notes.push(Note::EdgeOfSearch { model: model.name() });
    }
    model
}

/// The model as the report shows it. A likelihood is a density per unit of time for each repeat purchase, so it changes with
/// the unit: ln L per unit = ln L per day + Σx ln(days per unit).
pub fn report(model: &impl PurchaseModel, tally: &Tally, unit: TimeUnit) -> FittedModel {
    let [per_day] = tally.sum(|row| [model.log_likelihood(tally.observed(row))]);
    FittedModel {
        name: model.name(),
        parameters: model.parameters(unit),
        log_likelihood: per_day + tally.repeat_purchases as f64 * unit.days().ln(),
        customers: tally.customers as usize,
    }
}
