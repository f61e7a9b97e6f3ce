//! `segment`: the segments of the configuration, and rules that are not in it yet.

use std::fmt;

use serde::Serialize;

use super::{Place, UsageError, export};
use crate::cli;
use crate::report::{Report, grouped, table};
use crate::run;
use crate::segment::{Count, Reach, Rule, Segments};
use crate::store::Night;

/// Does what the command says.
pub(super) fn segment(place: &Place, command: &cli::Segment) -> anyhow::Result<()> {
    match command {
        cli::Segment::List => place.print(&Listed {
            segments: Report::read(&place.tables()?.current()?)?.segments,
        }),
        cli::Segment::Show { name } => place.print(&show(place, name)?),
        cli::Segment::Count { rule } => place.print(&count(place, rule)?),
        cli::Segment::Export { name, to, who } => export::export(place, &format!("segment:{name}"), to, who),
    }
}

/// The segments as the last night found them.
#[derive(Serialize)]
struct Listed {
    segments: Vec<crate::report::SegmentSize>,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.segments.is_empty() {
            return write!(f, "no segments: name some in unifier.toml (docs/segments.md tells how)");
        }
        write!(f, "{}", crate::report::segment_sizes(&self.segments))
    }
}

/// One segment.
#[derive(Serialize)]
struct Shown {
    name: String,
    title: String,
    description: Option<String>,
    purpose: Option<String>,
    #[serde(flatten)]
    counted: Counted,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        if let Some(description) = &self.description {
            writeln!(f, "{description}")?;
        }
        writeln!(
            f,
            "purpose  {}",
            self.purpose.as_deref().unwrap_or("none: a list needs --purpose")
        )?;
        write!(f, "{}", self.counted)
    }
}

/// A rule and the people it matches.
#[derive(Serialize)]
struct Counted {
    rule: String,
    #[serde(flatten)]
    count: Count,
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = &self.count;
        writeln!(f, "rule     {}", self.rule)?;
        let (matched, people) = (grouped(count.matched as u64), grouped(count.people as u64));
        writeln!(f, "matches  {matched} of {people} people")?;
        let mut reach = table(&["purpose", "agreed", "by e-mail", "by telephone"]);
        reach.add_rows(count.reach.iter().map(reach_row));
        writeln!(f, "{reach}")?;
        count
            .remarks
            .iter()
            .try_for_each(|remark| writeln!(f, "mind: {remark}"))?;
        write!(f, "some of them: {}", count.sample.join(" "))
    }
}

fn reach_row(reach: &Reach) -> [String; 4] {
    let [agreed, by_email, by_phone] = [reach.agreed, reach.by_email, reach.by_phone].map(|n| grouped(n as u64));
    [reach.purpose.clone(), agreed, by_email, by_phone]
}

fn show(place: &Place, name: &str) -> anyhow::Result<Shown> {
    let config = place.config()?;
    let segments = run::compile(&config)?;
    let (Some(segment), Some(rule)) = (config.segments.get(name), segments.rule(name)) else {
        return Err(unknown(name, &segments).into());
    };
    let counted = counted(&place.tables()?.current()?, &segments, rule)?;
    Ok(Shown {
        name: name.to_owned(),
        title: segment.title.clone().unwrap_or_else(|| name.to_owned()),
        description: segment.description.clone(),
        purpose: segment.purpose.clone(),
        counted,
    })
}

fn count(place: &Place, text: &str) -> anyhow::Result<Counted> {
    let segments = run::compile(&place.config()?)?;
    let rule = match segments.rule(text) {
        Some(rule) => rule.clone(),
        None => segments.parse(text).map_err(|error| UsageError(error.to_string()))?,
    };
    counted(&place.tables()?.current()?, &segments, &rule)
}

fn counted(night: &Night, segments: &Segments, rule: &Rule) -> anyhow::Result<Counted> {
    let now = Report::read(night)?.now;
    Ok(Counted {
        rule: rule.to_string(),
        count: segments.count(night, rule, now)?,
    })
}

/// No segment has that name.
pub(super) fn unknown(name: &str, segments: &Segments) -> UsageError {
    let names: Vec<&str> = segments.iter().map(|(name, _)| name).collect();
    UsageError(format!("there is no segment {name:?}: there are {}", names.join(", ")))
}
