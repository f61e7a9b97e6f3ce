//! Which column is what: header and values weighed against each other.

use serde::Serialize;

use crate::ingest::layout::Reading;
use crate::ingest::{Field, Kind, preset};
use crate::normalise::text::snake_case;

use super::class::{Class, Profile};
use super::vocabulary::{Fit, Meaning, meanings, words};

/// How far a proposal can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One of the two speaks for it, and weakly: look at it.
    Guess,
    /// One of the two speaks for it.
    Likely,
    /// Header and values both speak for it.
    Sure,
}

/// What a column is proposed to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// The record's key.
    Key,
    /// One of our fields.
    Field(&'static str),
    /// An identifier of that type.
    Identifier(&'static str),
    /// An answer to that purpose; whether a yes is a refusal; the column that says when.
    Consent {
        /// What was asked for.
        purpose: &'static str,
        /// Whether a yes in the column is a no to the purpose.
        refusal: bool,
        /// The column that says when a yes was given; a no may be younger.
        at: Option<String>,
    },
    /// When an answer was given: it stands with the answer.
    Answered,
    /// A trait of that name.
    Trait(String),
    /// Nothing: it has no name or that of a column before it, or holds addresses of computers.
    Nothing,
}

/// What is proposed for one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProposedColumn {
    /// Its header.
    pub header: String,
    /// What it is.
    #[serde(rename = "use")]
    pub used: Use,
    /// How far that can be trusted.
    pub confidence: Confidence,
    /// The kind of its values.
    pub class: Option<Class>,
    /// Values of that kind in the sample.
    pub fitting: usize,
    /// Values in the sample.
    pub told: usize,
}

/// A mapping that is proposed for a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The preset that reads the file without a mapping, if there is one.
    pub preset: Option<&'static str>,
    /// A name for the source, from the file's.
    pub source: String,
    /// What the rows are.
    pub kind: &'static str,
    /// The columns, in the order of the file.
    pub columns: Vec<ProposedColumn>,
    /// Rows looked at.
    pub rows: usize,
}

/// Proposes a mapping. `rows` is a sample of rows, `country` the company's (ISO 3166-1 alpha-2), for telephone numbers.
pub fn propose(file_name: &str, header: &[String], rows: &[Vec<String>], country: &str) -> Proposal {
    let cells = |column: usize| rows.iter().map(move |row| row.get(column).map_or("", String::as_str));
    let profiles: Vec<Profile> = (0..header.len())
        .map(|column| Profile::of(cells(column), country))
        .collect();
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    let fits = [Kind::Events, Kind::Consents, Kind::Orders];
    let kind = fits
        .into_iter()
        .find(|kind| is_of_kind(*kind, &names, &profiles))
        .unwrap_or(Kind::People);
    let mut choice = Choice::new(kind, &names, &profiles);
    choice.by_headers();
    choice.by_values();
    choice.settle_names();
    choice.key();
    choice.answers();
    choice.traits();
    Proposal {
        preset: preset::detect(&names).ok().map(|preset| preset.name),
        source: source(file_name),
        kind: kind.as_str(),
        columns: choice.columns(),
        rows: rows.len(),
    }
}

/// Whether a mapping can name the column: it has a name, and the first of that name.
fn has_name(header: &[&str], column: usize) -> bool {
    let name = header[column].trim();
    !name.is_empty() && header[..column].iter().all(|earlier| earlier.trim() != name)
}

/// Whether the columns without which a file is not of that kind are there.
fn is_of_kind(kind: Kind, header: &[&str], profiles: &[Profile]) -> bool {
    let is = |column: usize, field: Field| {
        let mut said = meanings(header[column], kind).into_iter();
        said.any(|said| said == (Fit::Exact, Meaning::Field(field))) && suits(field, &profiles[column])
    };
    let has = |field: Field| (0..header.len()).any(|column| has_name(header, column) && is(column, field));
    let repeats = |field: Field| {
        let mut columns = 0..header.len();
        columns.any(|column| has_name(header, column) && is(column, field) && !profiles[column].is_key)
    };
    match kind {
        Kind::People => true,
        // Without a number of each order, rows of customers who come again.
        Kind::Orders => {
            (has(Field::OrderId) || repeats(Field::Customer)) && has(Field::OrderedAt) && has(Field::Amount)
        }
        Kind::Consents => has(Field::Purpose) && has(Field::Granted),
        Kind::Events => has(Field::Type) && has(Field::Timestamp) && (has(Field::AnonymousId) || has(Field::UserId)),
    }
}

/// Whether the values may be what the field holds. An empty column may be anything.
fn suits(field: Field, profile: &Profile) -> bool {
    let Some(class) = profile.class else { return true };
    match field {
        Field::Email => class == Class::Email,
        _ if field.is_date() => class == Class::Date,
        _ if field.is_amount() => matches!(
            class,
            Class::Money | Class::Number | Class::Postcode | Class::YesNo | Class::Phone
        ),
        Field::Phone | Field::Mobile => matches!(class, Class::Phone | Class::Number | Class::Words | Class::Postcode),
        Field::Granted => class == Class::YesNo,
        Field::Title => profile.is_short && !matches!(class, Class::Email | Class::Date | Class::Money),
        Field::GivenName | Field::FamilyName | Field::FullName | Field::Company | Field::City => !matches!(
            class,
            Class::Email | Class::Date | Class::Money | Class::Number | Class::Phone | Class::Address
        ),
        Field::Country | Field::Region | Field::Language | Field::Gender | Field::Street => !matches!(
            class,
            Class::Email | Class::Date | Class::Money | Class::Phone | Class::Address
        ),
        _ => true,
    }
}

/// Whether the values speak for the field by themselves.
fn shows(field: Field, profile: &Profile) -> bool {
    match profile.class {
        Some(Class::Email) => field == Field::Email,
        Some(Class::Date) => field.is_date(),
        Some(Class::Phone) => matches!(field, Field::Phone | Field::Mobile),
        Some(Class::Money) => field.is_amount(),
        Some(Class::Number) => {
            field.is_amount()
                || matches!(
                    field,
                    Field::Postcode | Field::StreetNumber | Field::Customer | Field::OrderId
                )
        }
        Some(Class::Postcode) => field == Field::Postcode,
        Some(Class::Country) => field == Field::Country,
        Some(Class::YesNo) => field == Field::Granted,
        Some(Class::Words | Class::Code) => !field.is_date() && !field.is_amount(),
        Some(Class::Address) => field == Field::Url,
        None => false,
    }
}

/// A name for the source: the file's, up to its first digit, which is mostly a date's.
fn source(file_name: &str) -> String {
    let stem = file_name
        .split(|c: char| c == '.' || c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    let name = snake_case(stem).replace('_', "-");
    if name.is_empty() {
        "file".to_owned()
    } else {
        name.chars().take(32).collect()
    }
}

/// The columns while they are being chosen.
struct Choice<'a> {
    kind: Kind,
    header: &'a [&'a str],
    profiles: &'a [Profile],
    chosen: Vec<Option<(Use, Confidence)>>,
}

impl<'a> Choice<'a> {
    fn new(kind: Kind, header: &'a [&'a str], profiles: &'a [Profile]) -> Self {
        // Where somebody's computer was is not ours to keep.
        let unused = |column: usize| !has_name(header, column) || words(header[column]).iter().any(|word| word == "ip");
        let nothing = |column| unused(column).then_some((Use::Nothing, Confidence::Sure));
        Self {
            kind,
            header,
            profiles,
            chosen: (0..header.len()).map(nothing).collect(),
        }
    }

    fn is_free(&self, used: &Use) -> bool {
        self.chosen.iter().flatten().all(|(taken, _)| match (taken, used) {
            (Use::Consent { purpose: a, .. }, Use::Consent { purpose: b, .. }) => a != b,
            _ => taken != used,
        })
    }

    /// Takes what the headers say where the values do not speak against it: exact words first, then words within others. A
    /// refusal goes before all, since it must not be lost to an agreement of the same purpose.
    fn by_headers(&mut self) {
        let is_refusal = |meaning: &Meaning| matches!(meaning, Meaning::Consent(_, Reading::Refusal));
        for (wanted, refusals) in [
            (Fit::Exact, true),
            (Fit::Within, true),
            (Fit::Exact, false),
            (Fit::Within, false),
        ] {
            for column in 0..self.header.len() {
                let said = meanings(self.header[column], self.kind).into_iter();
                for (_, meaning) in said.filter(|(fit, said)| *fit == wanted && is_refusal(said) == refusals) {
                    self.take(column, wanted, meaning);
                }
            }
        }
    }

    fn take(&mut self, column: usize, fit: Fit, meaning: Meaning) {
        let profile = &self.profiles[column];
        let (used, possible, shown) = match meaning {
            Meaning::Field(field) => (Use::Field(field.as_str()), suits(field, profile), shows(field, profile)),
            Meaning::Identifier(kind) => (
                Use::Identifier(kind),
                profile.class != Some(Class::YesNo),
                profile.told > 0,
            ),
            Meaning::Consent(purpose, reading) => {
                let refusal = reading == Reading::Refusal;
                let used = Use::Consent {
                    purpose,
                    refusal,
                    at: None,
                };
                (used, profile.class == Some(Class::YesNo), true)
            }
            Meaning::Answered => (Use::Answered, profile.class == Some(Class::Date), true),
            Meaning::Key => return,
        };
        if self.chosen[column].is_none() && possible && self.is_free(&used) {
            let confidence = match (fit, shown) {
                (Fit::Exact, true) => Confidence::Sure,
                (Fit::Exact, false) | (Fit::Within, true) => Confidence::Likely,
                (Fit::Within, false) => Confidence::Guess,
            };
            self.chosen[column] = Some((used, confidence));
        }
    }

    /// E-mail addresses and telephone numbers are known by themselves.
    fn by_values(&mut self) {
        if self.kind == Kind::Events {
            return;
        }
        for column in 0..self.header.len() {
            let fields: &[Field] = match self.profiles[column].class {
                Some(Class::Email) => &[Field::Email],
                Some(Class::Phone) => &[Field::Phone, Field::Mobile],
                _ => &[],
            };
            let free = fields
                .iter()
                .map(|field| Use::Field(field.as_str()))
                .find(|used| self.is_free(used));
            if let (None, Some(used)) = (&self.chosen[column], free) {
                self.chosen[column] = Some((used, Confidence::Likely));
            }
        }
    }

    /// Beside a given name, a column that is only called *name* is the family's, as in German and French.
    fn settle_names(&mut self) {
        let (given, family, full) = (Field::GivenName, Field::FamilyName, Field::FullName);
        let is_used = |field: Field| !self.is_free(&Use::Field(field.as_str()));
        if is_used(given) && !is_used(family) && is_used(full) {
            let full = Use::Field(full.as_str());
            for (used, confidence) in self.chosen.iter_mut().flatten().filter(|(used, _)| *used == full) {
                (*used, *confidence) = (Use::Field(family.as_str()), Confidence::Likely);
            }
        }
    }

    /// The record's key: a column that is called one and has a value of its own in every row. An order's is its number.
    fn key(&mut self) {
        if matches!(self.kind, Kind::Orders | Kind::Events) {
            return;
        }
        let named = |column: &usize| {
            let said = meanings(self.header[*column], self.kind);
            let fit = said
                .iter()
                .find(|(_, meaning)| *meaning == Meaning::Key)
                .map(|(fit, _)| *fit)?;
            (self.chosen[*column].is_none() && self.profiles[*column].is_key).then_some((fit, *column))
        };
        // Of several, the first of those that are called exactly so.
        let best = (0..self.header.len())
            .filter_map(|column| named(&column))
            .max_by_key(|(fit, column)| (*fit, std::cmp::Reverse(*column)));
        if let Some((fit, column)) = best {
            let confidence = if fit == Fit::Exact {
                Confidence::Sure
            } else {
                Confidence::Likely
            };
            self.chosen[column] = Some((Use::Key, confidence));
        }
    }

    /// An agreement gets its time; a time without an agreement is a trait like any other, and no refusal's.
    fn answers(&mut self) {
        let answered = self
            .chosen
            .iter()
            .position(|chosen| matches!(chosen, Some((Use::Answered, _))));
        let Some(answered) = answered else { return };
        let time = self.header[answered].to_owned();
        let mut dated = false;
        for (used, _) in self.chosen.iter_mut().flatten() {
            if let Use::Consent { at, refusal: false, .. } = used {
                *at = Some(time.clone());
                dated = true;
            }
        }
        if !dated {
            self.chosen[answered] = None;
        }
    }

    /// What is left are traits, under names of their own.
    fn traits(&mut self) {
        let mut taken: Vec<String> = Field::ALL.iter().map(|field| field.as_str().to_owned()).collect();
        for column in 0..self.header.len() {
            if self.chosen[column].is_some() {
                continue;
            }
            let name = match snake_case(self.header[column]) {
                name if name.is_empty() => "column".to_owned(),
                name => name,
            };
            let numbered = (2..).map(|number| format!("{name}_{number}"));
            let free = std::iter::once(name.clone())
                .chain(numbered)
                .find(|name| !taken.contains(name));
            let name = free.unwrap_or(name);
            let told = self.profiles[column].told > 0;
            let confidence = if told { Confidence::Likely } else { Confidence::Guess };
            taken.push(name.clone());
            self.chosen[column] = Some((Use::Trait(name), confidence));
        }
    }

    fn columns(self) -> Vec<ProposedColumn> {
        let chosen = self.chosen.into_iter().zip(self.header.iter().zip(self.profiles));
        chosen
            .map(|(chosen, (header, profile))| {
                let (used, confidence) = chosen.unwrap_or((Use::Nothing, Confidence::Guess));
                ProposedColumn {
                    header: (*header).to_owned(),
                    used,
                    confidence,
                    class: profile.class,
                    fitting: profile.fitting,
                    told: profile.told,
                }
            })
            .collect()
    }
}
