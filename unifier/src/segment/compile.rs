//! Every rule of a configuration, checked together and put in the order in which they can be evaluated.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use arrow::array::{Array, BooleanArray, StringArray};
use arrow::compute::{concat, filter};
use event_schema::Timestamp;
use rayon::prelude::*;

use super::error::{EvaluationError, RuleError, SegmentError};
use super::evaluate::Evaluation;
use super::membership::Memberships;
use super::parse::{Vocabulary, parse_with_references};
use super::rule::Rule;
use super::tables::{Needs, Partition, TableSet};
use crate::config::SegmentRule;

/// The checked segments of a configuration.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    rules: BTreeMap<String, Rule>,
    /// The names, each after the segments its rule speaks of.
    order: Vec<String>,
    vocabulary: Vocabulary,
}

/// Checks the rules of all segments.
///
/// # Errors
/// The first defect of each rule that has one: text that means nothing, or segments that depend on themselves.
pub fn compile(rules: &BTreeMap<String, SegmentRule>, purposes: &[String]) -> Result<Segments, Vec<SegmentError>> {
    let vocabulary = Vocabulary {
        purposes: purposes.to_vec(),
        segments: rules.keys().cloned().collect(),
    };
    let (mut parsed, mut defects) = (BTreeMap::new(), Vec::new());
    for (name, configured) in rules {
        match parse_with_references(&configured.rule, &vocabulary) {
            Ok(referring) => drop(parsed.insert(name.as_str(), referring)),
            Err(error) => defects.push(SegmentError {
                segment: name.clone(),
                error,
            }),
        }
    }
    let references = parsed
        .iter()
        .map(|(name, (_, references))| (*name, references.as_slice()))
        .collect();
    let (order, cycles) = in_order(&references);
    defects.extend(cycles.into_iter().map(|cycle| cycle_error(&cycle, rules)));
    if !defects.is_empty() {
        defects.sort_by(|a, b| a.segment.cmp(&b.segment));
        return Err(defects);
    }
    Ok(Segments {
        rules: parsed
            .into_iter()
            .map(|(name, (rule, _))| (name.to_owned(), rule))
            .collect(),
        order,
        vocabulary,
    })
}

impl Segments {
    /// The segments and their rules, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Rule)> {
        self.rules.iter().map(|(name, rule)| (name.as_str(), rule))
    }

    /// The rule of a segment.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.get(name)
    }

    /// What rules can speak of.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Reads a rule that may speak of these segments.
    ///
    /// # Errors
    /// [`RuleError`] with the first defect.
    pub fn parse(&self, text: &str) -> Result<Rule, RuleError> {
        super::parse::parse(text, &self.vocabulary)
    }

    /// Says who is in which segment at `now`.
    ///
    /// # Errors
    /// [`EvaluationError`] when a column is missing or holds something else than `docs/tables.md` says.
    pub fn evaluate(&self, tables: &TableSet, now: Timestamp) -> Result<Memberships, EvaluationError> {
        let parts: Vec<Vec<StringArray>> = tables
            .partitions()?
            .par_iter()
            .map(|partition| self.members(partition, now))
            .collect::<Result<_, _>>()?;
        let mut members = BTreeMap::new();
        for (index, name) in self.rules.keys().enumerate() {
            let parts: Vec<&dyn Array> = parts.iter().map(|part| &part[index] as _).collect();
            members.insert(name.clone(), joined(&parts)?);
        }
        Ok(Memberships::new(members))
    }

    /// The people of a partition who are in each segment, in the order of the names.
    fn members(&self, partition: &Partition, now: Timestamp) -> Result<Vec<StringArray>, EvaluationError> {
        let masks = self.masks(partition, now, self.order.iter())?;
        masks.values().map(|mask| members_of(&partition.ids, mask)).collect()
    }

    fn masks<'a>(
        &'a self,
        partition: &Partition,
        now: Timestamp,
        names: impl Iterator<Item = &'a String>,
    ) -> Result<BTreeMap<&'a str, BooleanArray>, EvaluationError> {
        let mut masks = BTreeMap::new();
        for name in names {
            if let Some(rule) = self.rules.get(name) {
                let mask = Evaluation::new(partition, now, &masks).mask(rule)?;
                masks.insert(name.as_str(), mask);
            }
        }
        Ok(masks)
    }

    /// What one rule says of the people of a partition; the segments it speaks of are evaluated first.
    pub(super) fn mask(
        &self,
        rule: &Rule,
        partition: &Partition,
        now: Timestamp,
    ) -> Result<BooleanArray, EvaluationError> {
        let named = self.spoken_of(rule);
        let masks = self.masks(
            partition,
            now,
            self.order.iter().filter(|name| named.contains(name.as_str())),
        )?;
        Evaluation::new(partition, now, &masks).mask(rule)
    }

    /// What a rule reads, by itself and through the segments it speaks of.
    pub(super) fn needs(&self, rule: &Rule) -> Needs {
        let mut needs = Needs::default();
        needs.add(rule);
        for name in self.spoken_of(rule) {
            if let Some(rule) = self.rules.get(name) {
                needs.add(rule);
            }
        }
        needs
    }

    /// The segments a rule speaks of, also through others.
    fn spoken_of<'a>(&'a self, rule: &'a Rule) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open = rule.segments();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(self.rules.get(name).into_iter().flat_map(Rule::segments));
            }
        }
        found
    }
}

/// The ids that a mask says yes to.
pub(super) fn members_of(ids: &StringArray, mask: &BooleanArray) -> Result<StringArray, EvaluationError> {
    Ok(StringArray::from(filter(ids, mask)?.to_data()))
}

fn joined(parts: &[&dyn Array]) -> Result<StringArray, EvaluationError> {
    if parts.is_empty() {
        return Ok(StringArray::from(Vec::<&str>::new()));
    }
    Ok(StringArray::from(concat(parts)?.to_data()))
}

type References<'a> = BTreeMap<&'a str, &'a [(String, Range<usize>)]>;

/// A way from a segment back to itself: the names, and where the first names the second.
struct Cycle<'a> {
    path: Vec<&'a str>,
    span: Range<usize>,
}

/// The names, each after those it refers to, and the ways that lead back to where they began: one for each name that
/// closes one.
fn in_order<'a>(references: &References<'a>) -> (Vec<String>, Vec<Cycle<'a>>) {
    let (mut order, mut done, mut cycles) = (Vec::new(), BTreeSet::new(), Vec::new());
    for name in references.keys() {
        visit(name, references, &mut Vec::new(), &mut done, &mut order, &mut cycles);
    }
    (order, cycles)
}

fn visit<'a>(
    name: &'a str,
    references: &References<'a>,
    path: &mut Vec<(&'a str, Range<usize>)>,
    done: &mut BTreeSet<&'a str>,
    order: &mut Vec<String>,
    cycles: &mut Vec<Cycle<'a>>,
) {
    if let Some(start) = path.iter().position(|(visited, _)| *visited == name) {
        let names = path[start..].iter().map(|(visited, _)| *visited).chain([name]);
        cycles.push(Cycle {
            path: names.collect(),
            span: path[start].1.clone(),
        });
        return;
    }
    if done.contains(name) {
        return;
    }
    for (referred, span) in references.get(name).copied().unwrap_or_default() {
        path.push((name, span.clone()));
        visit(referred, references, path, done, order, cycles);
        path.pop();
    }
    if done.insert(name) {
        order.push(name.to_owned());
    }
}

fn cycle_error(cycle: &Cycle<'_>, rules: &BTreeMap<String, SegmentRule>) -> SegmentError {
    let segment = cycle.path.first().copied().unwrap_or_default();
    let text = rules.get(segment).map_or("", |configured| configured.rule.as_str());
    let message = format!("the segment depends on itself: {}", cycle.path.join(" -> "));
    SegmentError {
        segment: segment.to_owned(),
        error: RuleError::new(text, cycle.span.clone(), message),
    }
}
