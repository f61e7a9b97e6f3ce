//! Lists of people that nobody was looked for in: those who spent most, and those with given ids.

use arrow::array::RecordBatch;

use super::find::PersonRow;
use super::row::{rows, rows_of};
use crate::store::{Night, TablesError, Wanted};

/// The people with the highest revenue, at most `limit`: by revenue, then by id. People without revenue are left out.
///
/// # Errors
/// [`TablesError`] when the table is missing or damaged.
pub fn best(night: &Night, limit: usize) -> Result<Vec<PersonRow>, TablesError> {
    let top = |batch: &RecordBatch| -> Vec<(f64, String)> {
        let spent = rows_of(batch).filter_map(|row| Some((row.money("revenue")?, row.text("person_id")?)));
        let mut spent: Vec<(f64, &str)> = spent.filter(|(revenue, _)| *revenue > 0.0).collect();
        spent.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        spent.truncate(limit);
        spent
            .into_iter()
            .map(|(revenue, id)| (revenue, id.to_owned()))
            .collect()
    };
    let mut spent = night.scan("people", &["person_id", "revenue"], top)?.concat();
    spent.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    spent.truncate(limit);
    let ids: Vec<String> = spent.into_iter().map(|(_, id)| id).collect();
    listed(night, &ids)
}

/// The people with these ids, in the order of the ids.
///
/// # Errors
/// [`TablesError`] when the table is missing or damaged.
pub fn listed(night: &Night, ids: &[String]) -> Result<Vec<PersonRow>, TablesError> {
    let batches = night.rows("people", "person_id", &Wanted::OneOf(ids.iter().cloned().collect()))?;
    let mut people: Vec<PersonRow> = rows(&batches).map(|row| PersonRow::new(row, None)).collect();
    people.sort_by_key(|person| ids.iter().position(|id| *id == person.person_id));
    Ok(people)
}
