//! Text to tree: what a condition is. The grammar stands in `docs/segments.md`.

use jiff::civil::Date;

use super::error::RuleError;
use super::field::{FIELDS, Field, Kind};
use super::parse::Parser;
use super::rule::{Comparison, DayTest, Duration, GroupFigure, Rule, Subject, Test, TextTest, Times, Unit};
use super::token::Token;

/// The words a condition can begin with, besides the fields.
const OPENINGS: [&str; 10] = [
    "event",
    "no",
    "consents",
    "refuses",
    "in",
    "from",
    "trait",
    "propensity",
    "group",
    "not",
];

impl Parser<'_> {
    /// One condition.
    pub(super) fn condition(&mut self) -> Result<Rule, RuleError> {
        let Token::Word(word) = *self.peek() else {
            return Err(self.wrong("a condition is missing here, as orders >= 2"));
        };
        if let Some(field) = Field::named(word) {
            self.take();
            let test = self.field_test(field)?;
            return Ok(Rule::Compare(Subject::Field(field), test));
        }
        match word.to_ascii_lowercase().as_str() {
            "event" => self.event(),
            "no" => self.no_event(),
            "consents" => {
                self.take();
                self.expect_word("to")?;
                self.purpose().map(Rule::Consents)
            }
            "refuses" => {
                self.take();
                self.purpose().map(Rule::Refuses)
            }
            "in" => self.in_segment(),
            "from" => {
                self.take();
                self.expect_word("source")?;
                self.expect_text("\"hubspot\"").map(Rule::FromSource)
            }
            "trait" => self.free_trait(),
            "propensity" => self.propensity(),
            "group" => self.group(),
            _ => {
                let known: Vec<&str> = FIELDS.iter().map(|field| field.name).chain(OPENINGS).collect();
                Err(self.unknown("field", word, &known))
            }
        }
    }

    fn event(&mut self) -> Result<Rule, RuleError> {
        self.take();
        let name = self.expect_text("\"Product Viewed\"")?;
        let times = if self.take_word("exactly") {
            Times::Exactly(self.times(0)?)
        } else if self.take_word("at") {
            if self.take_word("most") {
                Times::AtMost(self.times(0)?)
            } else {
                self.expect_word("least")?;
                Times::AtLeast(self.times(1)?)
            }
        } else {
            Times::AtLeast(1)
        };
        Ok(Rule::Event(name, times, self.window()?))
    }

    fn no_event(&mut self) -> Result<Rule, RuleError> {
        self.take();
        self.expect_word("event")?;
        let name = self.expect_text("\"Product Viewed\"")?;
        Ok(Rule::Event(name, Times::None, self.window()?))
    }

    fn times(&mut self, least: u32) -> Result<u32, RuleError> {
        let count = match *self.peek() {
            Token::Number(n) if n.fract() == 0.0 && n >= f64::from(least) && n <= f64::from(u32::MAX) => n as u32,
            _ => {
                return Err(self.wrong(format!(
                    "how many times is missing here: a whole number, {least} or more"
                )));
            }
        };
        self.take();
        if !self.take_word("time") {
            self.expect_word("times")?;
        }
        Ok(count)
    }

    fn window(&mut self) -> Result<Option<Duration>, RuleError> {
        if self.take_word("within") {
            self.duration().map(Some)
        } else {
            Ok(None)
        }
    }

    fn purpose(&mut self) -> Result<String, RuleError> {
        let name = match self.peek() {
            Token::Word(word) => (*word).to_owned(),
            Token::Text(text) => text.clone(),
            _ => return Err(self.wrong("a purpose is missing here, as email_marketing")),
        };
        let known: Vec<&str> = self.vocabulary.purposes.iter().map(String::as_str).collect();
        if !known.contains(&name.as_str()) {
            return Err(self.unknown("purpose", &name, &known));
        }
        self.take();
        Ok(name)
    }

    fn in_segment(&mut self) -> Result<Rule, RuleError> {
        self.take();
        self.expect_word("segment")?;
        let span = self.span();
        if let Token::Text(name) = self.peek() {
            let known: Vec<&str> = self.vocabulary.segments.iter().map(String::as_str).collect();
            if !known.contains(&name.as_str()) {
                return Err(self.unknown("segment", name, &known));
            }
        }
        let name = self.expect_text("\"vip\"")?;
        self.references.push((name.clone(), span));
        Ok(Rule::InSegment(name))
    }

    fn free_trait(&mut self) -> Result<Rule, RuleError> {
        self.take();
        let name = self.expect_text("\"loyalty_tier\"")?;
        let test = match self.known_or_unknown() {
            Some(test) => test,
            None if self.starts_day_test() => Test::Day(self.day_test(&name)?),
            None if self.starts_number_test() => self.number_test(&name)?,
            None => self.text_test(&name)?,
        };
        Ok(Rule::Compare(Subject::Trait(name), test))
    }

    fn propensity(&mut self) -> Result<Rule, RuleError> {
        self.take();
        let name = self.expect_text("\"order-soon\"")?;
        let percentile = self.take_word("percentile");
        let test = match self.known_or_unknown() {
            Some(test) => test,
            None => self.number_test(if percentile { "percentile" } else { "propensity" })?,
        };
        let subject = if percentile {
            Subject::PropensityPercentile(name)
        } else {
            Subject::Propensity(name)
        };
        Ok(Rule::Compare(subject, test))
    }

    fn group(&mut self) -> Result<Rule, RuleError> {
        self.take();
        let name = self.expect_text("\"household\"")?;
        let word = self.word_here().unwrap_or_default();
        let known = GroupFigure::ALL.map(|(_, column)| column);
        let Some((figure, column)) = GroupFigure::ALL
            .into_iter()
            .find(|(_, column)| column.eq_ignore_ascii_case(word))
        else {
            return Err(match word {
                "" => self.wrong(format!("what of the group is missing here: {}", known.join(", "))),
                _ => self.unknown("figure of a group", word, &known),
            });
        };
        self.take();
        let test = match (self.known_or_unknown(), figure) {
            (Some(test), _) => test,
            (None, GroupFigure::LastOrder) => Test::Day(self.day_test(column)?),
            (None, GroupFigure::Name) => self.text_test(column)?,
            (None, _) => self.number_test(column)?,
        };
        Ok(Rule::Compare(Subject::Group(name, figure), test))
    }

    fn field_test(&mut self, field: &Field) -> Result<Test, RuleError> {
        if let Some(test) = self.known_or_unknown() {
            return Ok(test);
        }
        match field.kind {
            Kind::Text => self.text_test(field.name),
            Kind::Number => self.number_test(field.name),
            Kind::Day => self.day_test(field.name).map(Test::Day),
            Kind::YesNo => self.yes_or_no(field.name),
        }
    }

    fn known_or_unknown(&mut self) -> Option<Test> {
        if !self.next_is("is") {
            return None;
        }
        let test = match self.word_after() {
            Some(word) if word.eq_ignore_ascii_case("known") => Test::Known,
            Some(word) if word.eq_ignore_ascii_case("unknown") => Test::Unknown,
            _ => return None,
        };
        self.take();
        self.take();
        Some(test)
    }

    fn yes_or_no(&mut self, name: &str) -> Result<Test, RuleError> {
        if self.take_word("is") {
            if self.take_word("yes") {
                return Ok(Test::YesNo(true));
            }
            if self.take_word("no") {
                return Ok(Test::YesNo(false));
            }
        }
        Err(self.wrong(format!("{name} is yes or no: write {name} is yes, or {name} is no")))
    }

    fn number_test(&mut self, name: &str) -> Result<Test, RuleError> {
        if let Token::Sign(sign) = *self.peek()
            && let Some((comparison, _)) = Comparison::ALL.into_iter().find(|(_, written)| *written == sign)
        {
            self.take();
            return Ok(Test::Number(comparison, self.number(name)?));
        }
        let holds = !self.take_word("not");
        if self.take_word("in") {
            return Ok(Test::NumberIn(holds, self.list(|parser| parser.number(name))?));
        }
        Err(self.wrong(format!("{name} is a number: compare it with =, !=, <, <=, >, >= or in")))
    }

    fn number(&mut self, name: &str) -> Result<f64, RuleError> {
        match *self.peek() {
            Token::Number(number) => {
                self.take();
                Ok(number)
            }
            Token::Text(_) => Err(self.wrong(format!("{name} is a number: write it without quotes"))),
            _ => Err(self.wrong("a number is missing here, as 100 or 99.5")),
        }
    }

    fn text_test(&mut self, name: &str) -> Result<Test, RuleError> {
        if self.take_sign("=") {
            return Ok(Test::Text(true, TextTest::Is(self.text()?)));
        }
        if self.take_sign("!=") {
            return Ok(Test::Text(false, TextTest::Is(self.text()?)));
        }
        let holds = !self.take_word("not");
        let test = if self.take_word("in") {
            TextTest::In(self.list(Self::text)?)
        } else if self.take_word("contains") {
            TextTest::Contains(self.text()?)
        } else if self.take_word("starts") {
            self.expect_word("with")?;
            TextTest::StartsWith(self.text()?)
        } else if self.take_word("ends") {
            self.expect_word("with")?;
            TextTest::EndsWith(self.text()?)
        } else {
            return Err(self.wrong(format!(
                "{name} is text: compare it with =, !=, in, contains, starts with, ends with, is known or is unknown"
            )));
        };
        Ok(Test::Text(holds, test))
    }

    fn text(&mut self) -> Result<String, RuleError> {
        self.expect_text("\"Bern\"")
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, RuleError>) -> Result<Vec<T>, RuleError> {
        self.expect_sign("(", "an opening parenthesis")?;
        let mut items = vec![item(self)?];
        while self.take_sign(",") {
            items.push(item(self)?);
        }
        self.expect_sign(")", "a comma or a closing parenthesis")?;
        Ok(items)
    }

    fn day_test(&mut self, name: &str) -> Result<DayTest, RuleError> {
        let holds = !self.take_word("not");
        if self.take_word("within") {
            let next = self.take_word("next");
            let test = if next { DayTest::WithinNext } else { DayTest::Within };
            return Ok(test(holds, self.duration()?));
        }
        let test = match self.peek() {
            Token::Word(word) if holds => day_comparison(&word.to_ascii_lowercase()),
            _ => None,
        };
        let Some(test) = test else {
            return Err(self.wrong(format!(
                "{name} is a day: compare it with before, after, since, until, on or within"
            )));
        };
        self.take();
        self.day().map(test)
    }

    fn day(&mut self) -> Result<Date, RuleError> {
        match *self.peek() {
            Token::Day(day) => {
                self.take();
                Ok(day)
            }
            _ => Err(self.wrong("a day is missing here, as 2026-01-31, without quotes")),
        }
    }

    pub(super) fn duration(&mut self) -> Result<Duration, RuleError> {
        let span = self.span();
        let Token::Number(count) = *self.peek() else {
            return Err(self.wrong("a length of time is missing here, as 90 days"));
        };
        self.take();
        let found = match self.peek() {
            Token::Word(word) => Unit::ALL
                .into_iter()
                .find(|(_, one, several, _)| word.eq_ignore_ascii_case(one) || word.eq_ignore_ascii_case(several)),
            _ => None,
        };
        let Some((unit, _, several, most)) = found else {
            return Err(self.wrong("a unit of time is missing here: days, weeks, months or years"));
        };
        if count.fract() != 0.0 || !(1.0..=f64::from(most)).contains(&count) {
            return Err(self.wrong_at(span, format!("a whole number from 1 to {most} stands before {several}")));
        }
        self.take();
        Ok(Duration {
            count: count as u16,
            unit,
        })
    }

    fn next_is(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(here) if here.eq_ignore_ascii_case(word))
    }

    /// Whether a trait's test speaks of days: by its word, or by the word after `not`.
    fn starts_day_test(&self) -> bool {
        let word = if self.next_is("not") {
            self.word_after()
        } else {
            self.word_here()
        };
        word.is_some_and(|word| {
            let word = word.to_ascii_lowercase();
            word == "within" || day_comparison(&word).is_some()
        })
    }

    /// Whether a trait's test speaks of numbers: by a sign that only numbers have, or by the number it leads to.
    fn starts_number_test(&self) -> bool {
        let mut tokens = self.ahead();
        match tokens.next() {
            Some(Token::Sign("=" | "!=")) => matches!(tokens.next(), Some(Token::Number(_))),
            Some(Token::Sign(sign)) => !matches!(*sign, "(" | ")" | ","),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("in") => leads_to_number(tokens),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") => {
                matches!(tokens.next(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("in"))
                    && leads_to_number(tokens)
            }
            _ => false,
        }
    }
}

/// Whether a list of numbers follows.
fn leads_to_number<'t, 'a: 't>(mut tokens: impl Iterator<Item = &'t Token<'a>>) -> bool {
    matches!(tokens.next(), Some(Token::Sign("("))) && matches!(tokens.next(), Some(Token::Number(_)))
}

fn day_comparison(word: &str) -> Option<fn(Date) -> DayTest> {
    match word {
        "before" => Some(DayTest::Before),
        "after" => Some(DayTest::After),
        "since" => Some(DayTest::Since),
        "until" => Some(DayTest::Until),
        "on" => Some(DayTest::On),
        _ => None,
    }
}
