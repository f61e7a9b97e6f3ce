//! What can be wrong with a rule, told so that its author sees where and what would do; and why an evaluation failed.

use std::fmt;
use std::ops::Range;

use arrow::error::ArrowError;

use crate::store::TablesError;

/// A defect of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// What is wrong, and what would do.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The character within the line, from 1.
    pub column: usize,
    /// The line, and under it a mark below the place.
    pub excerpt: String,
}

impl RuleError {
    /// A defect at the bytes `span` of `text`.
    pub(super) fn new(text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let start = span.start.min(text.len());
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let column = text[line_start..start].chars().count();
        let width = text[start..span.end.clamp(start, line_end)].chars().count().max(1);
        Self {
            message: message.into(),
            line: before.matches('\n').count() + 1,
            column: column + 1,
            excerpt: format!(
                "  {}\n  {}{}",
                &text[line_start..line_end],
                " ".repeat(column),
                "^".repeat(width)
            ),
        }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            message,
            line,
            column,
            excerpt,
        } = self;
        write!(f, "line {line}, column {column}: {message}\n{excerpt}")
    }
}

impl std::error::Error for RuleError {}

/// A defect of one configured segment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("segments.{segment}: {error}")]
pub struct SegmentError {
    /// The segment's name.
    pub segment: String,
    /// What is wrong with its rule.
    pub error: RuleError,
}

/// Why rules could not be evaluated, though they are right.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A table lacks a column, or it holds something else than `docs/tables.md` says.
    #[error("the table {table} has no column {column} that can be used here: run the night again with this version")]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
    },
    /// A table cannot be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// The columns do not fit together.
    #[error("the tables cannot be evaluated: {0}")]
    Arrow(#[from] ArrowError),
}

/// The candidate that `word` is most probably a misspelling of, in whatever case; nothing when none is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let (distance, candidate) = candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .min()?;
    (distance <= candidate.chars().count().div_ceil(3)).then_some(candidate)
}

/// `; did you mean "…"?`, or nothing when no candidate is near.
pub(super) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |candidate| format!("; did you mean {candidate:?}?"))
}
