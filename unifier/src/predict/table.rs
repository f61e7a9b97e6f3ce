//! The table `scores`.

use std::sync::Arc;

use arrow::array::{Date32Builder, Float64Builder, Int64Builder, RecordBatch, StringBuilder};
use arrow::error::ArrowError;

use super::reasons::Reason;
use super::{Predictions, Score};
use crate::columns::{Columns, texts_builder};
use crate::record::PersonId;

/// The scores of those who have any, in the order of `people`, of which [`Predictions::scores`] holds one each.
///
/// # Errors
/// [`ArrowError`] when there are more rows than a batch can hold.
pub fn scores(people: impl Iterator<Item = PersonId>, predictions: &Predictions) -> Result<RecordBatch, ArrowError> {
    let scored = people
        .zip(&predictions.scores)
        .filter_map(|(person, score)| Some((person, score.as_ref()?)));
    let mut rows = Rows::default();
    let model = predictions
        .champion
        .map(|scorer| scorer.to_string())
        .unwrap_or_default();
    scored.for_each(|(person, score)| rows.add(person, score, &model));
    rows.batch()
}

#[derive(Default)]
struct Rows {
    person: StringBuilder,
    rfm: StringBuilder,
    quintiles: [Int64Builder; 3],
    /// p_alive, p_buy_90d, p_buy_percentile, expected_orders_365d, expected_value_365d
    numbers: [Float64Builder; 5],
    next_order: [Date32Builder; 3],
    model: StringBuilder,
    reasons: Option<arrow::array::ListBuilder<StringBuilder>>,
}

impl Rows {
    fn add(&mut self, person: PersonId, score: &Score, model: &str) {
        self.person.append_value(person.to_string());
        self.rfm.append_value(score.rfm.to_string());
        let rfm = [score.rfm.recency, score.rfm.frequency, score.rfm.monetary];
        self.quintiles
            .iter_mut()
            .zip(rfm)
            .for_each(|(column, quintile)| column.append_value(quintile.into()));
        let numbers = [
            Some(score.p_alive),
            Some(score.p_buy),
            Some(score.p_buy_percentile),
            Some(score.expected_orders),
            score.expected_value,
        ];
        self.numbers
            .iter_mut()
            .zip(numbers)
            .for_each(|(column, number)| column.append_option(number));
        let next = [score.next_order.p25, score.next_order.median, score.next_order.p75];
        self.next_order
            .iter_mut()
            .zip(next)
            .for_each(|(column, day)| column.append_value(day));
        self.model.append_value(model);
        let reasons = self.reasons.get_or_insert_with(texts_builder);
        score
            .reasons
            .iter()
            .flatten()
            .map(Reason::to_string)
            .for_each(|reason| reasons.values().append_value(reason));
        reasons.append(true);
    }

    fn batch(self) -> Result<RecordBatch, ArrowError> {
        let mut columns = Columns::default();
        let Rows {
            mut person,
            mut rfm,
            quintiles,
            numbers,
            next_order,
            mut model,
            reasons,
        } = self;
        columns.add("person_id", Arc::new(person.finish()));
        columns.add("rfm", Arc::new(rfm.finish()));
        for (name, mut column) in ["recency", "frequency", "monetary"].into_iter().zip(quintiles) {
            columns.add(name, Arc::new(column.finish()));
        }
        let names = [
            "p_alive",
            "p_buy_90d",
            "p_buy_percentile",
            "expected_orders_365d",
            "expected_value_365d",
        ];
        for (name, mut column) in names.into_iter().zip(numbers) {
            columns.add_nullable(name, Arc::new(column.finish()));
        }
        let names = ["next_order_p25", "next_order_median", "next_order_p75"];
        for (name, mut column) in names.into_iter().zip(next_order) {
            columns.add_nullable(name, Arc::new(column.finish()));
        }
        columns.add("model", Arc::new(model.finish()));
        columns.add("reasons", Arc::new(reasons.unwrap_or_else(texts_builder).finish()));
        columns.batch()
    }
}
