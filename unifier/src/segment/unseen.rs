//! Names that a rule speaks of and no table has: most often a misspelling, which would be an empty segment without a word.

use arrow::array::{AsArray, RecordBatch, StringArray};
use rustc_hash::FxHashSet;

use super::error::{EvaluationError, did_you_mean};
use super::rule::{Rule, Subject};
use super::tables::{TableSet, column, text_column, unusable};

/// A remark for each trait, propensity, event and source that the rule names and nobody has, from left to right.
pub(super) fn remarks(rule: &Rule, tables: &TableSet) -> Result<Vec<String>, EvaluationError> {
    let mut conditions = Vec::new();
    rule.each_condition(&mut |condition| conditions.push(condition));
    let mut remarks = Vec::new();
    for condition in conditions {
        let (name, known, what) = match condition {
            Rule::Compare(Subject::Trait(name), _) => {
                (name, named("traits", &tables.traits, "trait")?, "nobody has a trait")
            }
            Rule::Compare(Subject::Propensity(name) | Subject::PropensityPercentile(name), _) => (
                name,
                named("propensities", &tables.propensities, "propensity")?,
                "nobody has a propensity",
            ),
            Rule::Compare(Subject::Group(name, _), _) => (
                name,
                named("group_members", &tables.groups, "group")?,
                "nobody is in a group",
            ),
            Rule::Event(name, ..) => (
                name,
                named("events_daily", &tables.events_daily, "event")?,
                "nobody did anything on the web named",
            ),
            Rule::FromSource(name) => (name, sources(&tables.people)?, "nobody comes from a source"),
            _ => continue,
        };
        if !known.iter().any(|names| has(names, name)) {
            let distinct: FxHashSet<&str> = known.iter().flat_map(|names| names.iter().flatten()).collect();
            remarks.push(format!("{what} {name:?}{}", did_you_mean(name, distinct)));
        }
    }
    remarks.dedup();
    Ok(remarks)
}

fn has(names: &StringArray, name: &str) -> bool {
    names.iter().flatten().any(|here| here == name)
}

fn named<'a>(
    table: &'static str,
    batches: &'a [RecordBatch],
    name: &str,
) -> Result<Vec<&'a StringArray>, EvaluationError> {
    batches.iter().map(|batch| text_column(table, batch, name)).collect()
}

fn sources(people: &[RecordBatch]) -> Result<Vec<&StringArray>, EvaluationError> {
    let names = |batch| {
        let lists = column("people", batch, "sources")?.as_list_opt::<i32>();
        lists
            .and_then(|lists| lists.values().as_string_opt())
            .ok_or_else(|| unusable("people", "sources"))
    };
    people.iter().map(names).collect()
}
