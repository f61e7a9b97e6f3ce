//! Tree to text. What is printed parses to the same tree.

use std::fmt::{self, Display, Formatter};

use super::rule::{DayTest, Duration, Rule, Subject, Test, TextTest, Times, Unit};

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Rule::All(rules) => separated(f, rules.iter().map(Part), " and "),
            Rule::Any(rules) => separated(f, rules.iter().map(Part), " or "),
            Rule::Not(rule) => write!(f, "not {}", Part(rule)),
            Rule::Compare(subject, test) => write!(f, "{subject} {test}"),
            Rule::Event(name, times, window) => event(f, name, *times, *window),
            Rule::Consents(purpose) => write!(f, "consents to {}", Purpose(purpose)),
            Rule::Refuses(purpose) => write!(f, "refuses {}", Purpose(purpose)),
            Rule::InSegment(name) => write!(f, "in segment {}", Quoted(name)),
            Rule::FromSource(name) => write!(f, "from source {}", Quoted(name)),
        }
    }
}

/// A rule inside another: in parentheses where it is joined of several, so that nobody has to know which word binds first.
struct Part<'a>(&'a Rule);

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            joined @ (Rule::All(_) | Rule::Any(_)) => write!(f, "({joined})"),
            single => write!(f, "{single}"),
        }
    }
}

fn event(f: &mut Formatter<'_>, name: &str, times: Times, window: Option<Duration>) -> fmt::Result {
    let name = Quoted(name);
    match times {
        Times::None => write!(f, "no event {name}")?,
        Times::AtLeast(1) => write!(f, "event {name}")?,
        Times::AtLeast(count) => write!(f, "event {name} at least {count} times")?,
        Times::AtMost(count) => write!(f, "event {name} at most {count} {}", time_word(count))?,
        Times::Exactly(count) => write!(f, "event {name} exactly {count} {}", time_word(count))?,
    }
    window.map_or(Ok(()), |window| write!(f, " within {window}"))
}

fn time_word(count: u32) -> &'static str {
    if count == 1 { "time" } else { "times" }
}

impl Display for Subject {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Field(field) => f.write_str(field.name),
            Subject::Trait(name) => write!(f, "trait {}", Quoted(name)),
            Subject::Propensity(name) => write!(f, "propensity {}", Quoted(name)),
            Subject::PropensityPercentile(name) => write!(f, "propensity {} percentile", Quoted(name)),
            Subject::Group(name, figure) => write!(f, "group {} {}", Quoted(name), figure.column()),
        }
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Test::Known => f.write_str("is known"),
            Test::Unknown => f.write_str("is unknown"),
            Test::Number(comparison, number) => write!(f, "{} {number}", comparison.sign()),
            Test::NumberIn(holds, numbers) => {
                write!(f, "{}in (", not(*holds))?;
                separated(f, numbers.iter(), ", ")?;
                f.write_str(")")
            }
            Test::Text(holds, test) => text(f, *holds, test),
            Test::Day(test) => write!(f, "{test}"),
            Test::YesNo(yes) => f.write_str(if *yes { "is yes" } else { "is no" }),
        }
    }
}

fn text(f: &mut Formatter<'_>, holds: bool, test: &TextTest) -> fmt::Result {
    let not = not(holds);
    match test {
        TextTest::Is(text) => write!(f, "{} {}", if holds { "=" } else { "!=" }, Quoted(text)),
        TextTest::In(texts) => {
            write!(f, "{not}in (")?;
            separated(f, texts.iter().map(|text| Quoted(text)), ", ")?;
            f.write_str(")")
        }
        TextTest::Contains(text) => write!(f, "{not}contains {}", Quoted(text)),
        TextTest::StartsWith(text) => write!(f, "{not}starts with {}", Quoted(text)),
        TextTest::EndsWith(text) => write!(f, "{not}ends with {}", Quoted(text)),
    }
}

impl Display for DayTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            DayTest::Before(day) => write!(f, "before {day}"),
            DayTest::After(day) => write!(f, "after {day}"),
            DayTest::Since(day) => write!(f, "since {day}"),
            DayTest::Until(day) => write!(f, "until {day}"),
            DayTest::On(day) => write!(f, "on {day}"),
            DayTest::Within(holds, duration) => write!(f, "{}within {duration}", not(*holds)),
            DayTest::WithinNext(holds, duration) => write!(f, "{}within next {duration}", not(*holds)),
        }
    }
}

impl Display for Duration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names = Unit::ALL.into_iter().find(|(unit, ..)| *unit == self.unit);
        let word = names.map_or(
            "days",
            |(_, one, several, _)| if self.count == 1 { one } else { several },
        );
        write!(f, "{} {word}", self.count)
    }
}

fn not(holds: bool) -> &'static str {
    if holds { "" } else { "not " }
}

/// A text in double quotes.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// A purpose: bare when it reads as a word, else in quotes.
struct Purpose<'a>(&'a str);

impl Display for Purpose<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && self.0.chars().all(word) {
            f.write_str(self.0)
        } else {
            write!(f, "{}", Quoted(self.0))
        }
    }
}

fn separated<T: Display>(f: &mut Formatter<'_>, items: impl Iterator<Item = T>, separator: &str) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}
