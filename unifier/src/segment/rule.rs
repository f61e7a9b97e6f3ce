//! The tree of a rule: what the parser makes, the printer writes, a form edits, and the evaluation follows.

use jiff::civil::Date;

use super::field::Field;

/// A rule. Its [`Display`](std::fmt::Display) is text that parses to the same rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// All of them; two or more.
    All(Vec<Rule>),
    /// Any of them; two or more.
    Any(Vec<Rule>),
    /// Not this. Where this is unknown, so is its contrary.
    Not(Box<Rule>),
    /// A field or a trait passes a test.
    Compare(Subject, Test),
    /// What the person did on the web: the event's name, how often, and since when.
    Event(String, Times, Option<Duration>),
    /// The person agreed to a purpose. Never asked is no.
    Consents(String),
    /// The person refused a purpose. Never asked is no refusal.
    Refuses(String),
    /// The person is in another segment.
    InSegment(String),
    /// One of the person's records comes from the source.
    FromSource(String),
}

/// What a test is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A column of people or scores.
    Field(&'static Field),
    /// A free trait; the test says whether its value is read as text, number or day.
    Trait(String),
    /// The chance of a configured propensity, from 0 to 1.
    Propensity(String),
    /// Where that chance stands among all, from 0 to below 100.
    PropensityPercentile(String),
    /// What the people of one's configured group are or bought together.
    Group(String, GroupFigure),
}

/// A column of the table group_members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupFigure {
    /// How many people belong to it.
    People,
    /// Their purchases.
    Orders,
    /// What they paid, in the company's currency.
    Revenue,
    /// The day of their last purchase.
    LastOrder,
    /// What they share, as it is written.
    Name,
}

impl GroupFigure {
    /// Every figure with its word, which is the column's name.
    pub const ALL: [(GroupFigure, &'static str); 5] = [
        (GroupFigure::People, "people"),
        (GroupFigure::Orders, "orders"),
        (GroupFigure::Revenue, "revenue"),
        (GroupFigure::LastOrder, "last_order"),
        (GroupFigure::Name, "name"),
    ];

    /// The word in the language, and the column's name.
    pub fn column(self) -> &'static str {
        let named = Self::ALL.into_iter().find(|(figure, _)| *figure == self);
        named.map_or("name", |(_, column)| column)
    }
}

/// A test of one value. A value that is not known passes [`Test::Unknown`] and no other.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// There is a value.
    Known,
    /// There is none.
    Unknown,
    /// The number compares so.
    Number(Comparison, f64),
    /// The number is, or is not, one of these.
    NumberIn(bool, Vec<f64>),
    /// The text does (true) or does not (false) pass.
    Text(bool, TextTest),
    /// The day passes.
    Day(DayTest),
    /// The answer is yes (true) or no (false).
    YesNo(bool),
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Every comparison with its sign.
    pub const ALL: [(Comparison, &'static str); 6] = [
        (Comparison::Equal, "="),
        (Comparison::NotEqual, "!="),
        (Comparison::Less, "<"),
        (Comparison::AtMost, "<="),
        (Comparison::More, ">"),
        (Comparison::AtLeast, ">="),
    ];

    /// Whether the first number compares so with the second.
    pub fn holds(self, number: f64, with: f64) -> bool {
        match self {
            Comparison::Equal => number == with,
            Comparison::NotEqual => number != with,
            Comparison::Less => number < with,
            Comparison::AtMost => number <= with,
            Comparison::More => number > with,
            Comparison::AtLeast => number >= with,
        }
    }

    /// The sign in the language.
    pub fn sign(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find_map(|(comparison, sign)| (comparison == self).then_some(sign))
            .unwrap_or("=")
    }
}

/// A test of a text, without regard to upper and lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// It is this text.
    Is(String),
    /// It is one of these.
    In(Vec<String>),
    /// It has this in it.
    Contains(String),
    /// It begins so.
    StartsWith(String),
    /// It ends so.
    EndsWith(String),
}

/// A test of a day. Days are UTC days, and today is the night's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayTest {
    /// Earlier than the day.
    Before(Date),
    /// Later than the day.
    After(Date),
    /// On the day or later.
    Since(Date),
    /// On the day or earlier.
    Until(Date),
    /// On the day.
    On(Date),
    /// From so long ago until today, both included; or (false) not in that time.
    Within(bool, Duration),
    /// From today until so long ahead, both included; or (false) not in that time.
    WithinNext(bool, Duration),
}

/// A length of time on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// How many, 1 or more.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
}

impl Duration {
    /// The longest length of time, in years; for shorter units as many as are in so many years.
    pub const MAX_YEARS: u16 = 100;

    /// That long before `today`.
    pub fn before(self, today: Date) -> Date {
        today.checked_sub(self.span()).unwrap_or(Date::MIN)
    }

    /// That long after `today`.
    pub fn after(self, today: Date) -> Date {
        today.checked_add(self.span()).unwrap_or(Date::MAX)
    }

    fn span(self) -> jiff::Span {
        // 65,535 of any unit lies inside the range of a span, so that none of these can panic.
        let span = jiff::Span::new();
        match self.unit {
            Unit::Days => span.days(i32::from(self.count)),
            Unit::Weeks => span.weeks(i32::from(self.count)),
            Unit::Months => span.months(i32::from(self.count)),
            Unit::Years => span.years(self.count.min(Self::MAX_YEARS) as i16),
        }
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// Seven days each.
    Weeks,
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
}

impl Unit {
    /// Every unit: its name for one, for several, and how many of it make [`Duration::MAX_YEARS`].
    pub const ALL: [(Unit, &'static str, &'static str, u16); 4] = [
        (Unit::Days, "day", "days", 365 * Duration::MAX_YEARS),
        (Unit::Weeks, "week", "weeks", 52 * Duration::MAX_YEARS),
        (Unit::Months, "month", "months", 12 * Duration::MAX_YEARS),
        (Unit::Years, "year", "years", Duration::MAX_YEARS),
    ];
}

/// How many times an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Not once.
    None,
    /// So many times or more; 1 or more.
    AtLeast(u32),
    /// So many times or fewer, and also not at all.
    AtMost(u32),
    /// Just so many times.
    Exactly(u32),
}

impl Times {
    /// Whether `count` times is that many.
    pub fn holds(self, count: i64) -> bool {
        match self {
            Times::None => count == 0,
            Times::AtLeast(least) => count >= i64::from(least),
            Times::AtMost(most) => count <= i64::from(most),
            Times::Exactly(times) => count == i64::from(times),
        }
    }
}

impl Rule {
    /// Calls `visit` for every condition in the rule, from left to right.
    pub fn each_condition<'a>(&'a self, visit: &mut impl FnMut(&'a Rule)) {
        match self {
            Rule::All(rules) | Rule::Any(rules) => rules.iter().for_each(|rule| rule.each_condition(visit)),
            Rule::Not(rule) => rule.each_condition(visit),
            condition => visit(condition),
        }
    }

    /// The segments the rule speaks of, from left to right.
    pub fn segments(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.each_condition(&mut |condition| {
            if let Rule::InSegment(name) = condition {
                names.push(name.as_str());
            }
        });
        names
    }
}
