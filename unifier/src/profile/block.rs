//! Names and addresses are chosen as one block: the halves of a name and the lines of an address come from one row.
//!
//! Owns which fields belong together and how gaps are filled; how candidates are compared is survivorship's business.
//!
//! Only the most complete tellings compete, and the configured rules (under `profile.traits.name` and `.address`, or the
//! default) pick one of them. A field it lacks is taken from another telling only when the two may be parts of one name or
//! address. A trait with rules of its own leaves its block and is chosen alone.

use rustc_hash::FxHashMap;

use super::survivorship::{Candidates, Evidence, Rule, Survivor, decide};
use crate::config::{Profile, Survivorship};
use crate::record::RecordId;

/// Fields that are chosen together.
#[derive(Debug)]
pub struct Block {
    /// The name under which rules for the whole block are configured.
    pub name: &'static str,
    /// The traits.
    pub fields: &'static [&'static str],
    completeness: fn(&Telling<'_>) -> u8,
    may_complete: fn(&Telling<'_>, &Telling<'_>) -> bool,
}

/// The blocks there are.
pub const BLOCKS: [Block; 2] = [
    Block {
        name: "name",
        fields: &["given_name", "family_name", "full_name"],
        completeness: name_completeness,
        may_complete: |name, _| name_completeness(name) == 0,
    },
    Block {
        name: "address",
        fields: &["street", "street_number", "postcode", "city", "region", "country"],
        completeness: address_completeness,
        may_complete: same_place,
    },
];

/// Both halves, or the whole in one field, or one half.
fn name_completeness(name: &Telling<'_>) -> u8 {
    if name.has("given_name") && name.has("family_name") {
        2
    } else {
        u8::from(name.has("full_name"))
    }
}

/// A street in a town, or a town, or less.
fn address_completeness(address: &Telling<'_>) -> u8 {
    let town = address.has("postcode") || address.has("city");
    u8::from(town) + u8::from(town && address.has("street"))
}

/// Whether two addresses can be one: they name the same street, postcode or city, and contradict each other nowhere.
fn same_place(one: &Telling<'_>, other: &Telling<'_>) -> bool {
    let agrees = |field: &str| Some(one.value(field)?.to_lowercase() == other.value(field)?.to_lowercase());
    let contradicts = one.values.iter().any(|(field, _)| agrees(field) == Some(false));
    !contradicts
        && ["street", "postcode", "city"]
            .into_iter()
            .any(|field| agrees(field) == Some(true))
}

/// What one row says of a block.
#[derive(Clone, Debug)]
struct Telling<'a> {
    /// Any value that stands in the row itself; it names the row.
    row: Evidence<'a>,
    /// The values by field, in the order of the fields' names.
    values: Vec<(&'a str, Evidence<'a>)>,
}

impl<'a> Telling<'a> {
    fn value(&self, field: &str) -> Option<&'a str> {
        self.evidence(field).map(|evidence| evidence.value)
    }

    fn evidence(&self, field: &str) -> Option<Evidence<'a>> {
        self.values.iter().find(|value| value.0 == field).map(|value| value.1)
    }

    fn has(&self, field: &str) -> bool {
        self.evidence(field).is_some()
    }

    /// Takes the fields it lacks from another telling.
    fn fill(&mut self, other: &Self) {
        let missing = other.values.iter().filter(|value| !self.has(value.0));
        let missing: Vec<_> = missing.copied().collect();
        self.values.extend(missing);
        self.values.sort_by_key(|value| value.0);
    }

    /// The values in one text, by which tellings are compared. Both separators are control characters no value holds.
    fn text(&self) -> String {
        let values = self.values.iter();
        values
            .flat_map(|(field, evidence)| [*field, "\u{1f}", evidence.value, "\u{1e}"])
            .collect()
    }
}

impl Block {
    /// The block's fields that have no rules of their own.
    pub fn fields_together<'c>(&self, config: &'c Profile) -> impl Iterator<Item = &'static str> + use<'c> {
        let fields = self.fields.iter().copied();
        fields.filter(|field| config.own_rules(field).is_none())
    }

    /// Decides the block's fields, each given with all its candidates.
    pub fn decide<'a>(&self, fields: &[Candidates<'a>], config: &Profile) -> Vec<Survivor<'a>> {
        let rules = config.rules(self.name);
        let tellings = tellings(fields, rules);
        let Some((chosen, rule)) = self.choose(&tellings, rules) else {
            return Vec::new();
        };
        let completed = self.completed(&tellings, chosen);
        let survivor = |field: &Candidates<'a>| {
            let winner = completed.evidence(field.name)?;
            let rule = if chosen.has(field.name) { rule } else { Rule::FilledGap };
            Some(Survivor::new(field.name, winner, rule, &field.evidence))
        };
        fields.iter().filter_map(survivor).collect()
    }

    /// The telling that wins, and why.
    fn choose<'t, 'a>(&self, tellings: &'t [Telling<'a>], rules: &[Survivorship]) -> Option<(&'t Telling<'a>, Rule)> {
        let best = tellings.iter().map(self.completeness).max()?;
        let complete: Vec<_> = tellings
            .iter()
            .filter(|telling| (self.completeness)(telling) == best)
            .collect();
        let texts: Vec<String> = complete.iter().map(|telling| telling.text()).collect();
        let as_one = complete.iter().zip(&texts).map(|(telling, text)| Evidence {
            value: text,
            ..telling.row
        });
        let (winner, rule) = decide(&as_one.collect::<Vec<_>>(), rules)?;
        let chosen = complete.into_iter().find(|telling| telling.row.same_row(&winner))?;
        let rule = if rule == Rule::Only { Rule::MostComplete } else { rule };
        Some((chosen, rule))
    }

    /// The chosen telling with its gaps filled by the others, the best evidence first.
    fn completed<'a>(&self, tellings: &[Telling<'a>], chosen: &Telling<'a>) -> Telling<'a> {
        let mut completed = chosen.clone();
        for other in tellings {
            if (self.may_complete)(&completed, other) {
                completed.fill(other);
            }
        }
        completed
    }
}

/// The candidates of all fields by the row they stand in, in the order of standing.
fn tellings<'a>(fields: &[Candidates<'a>], rules: &[Survivorship]) -> Vec<Telling<'a>> {
    let mut values: Vec<(&'a str, Evidence<'a>)> = Vec::new();
    for field in fields {
        values.extend(field.evidence.iter().map(|evidence| (field.name, *evidence)));
    }
    values.sort_by(|a, b| a.1.row().cmp(&b.1.row()));
    let rows = values.chunk_by(|a, b| a.1.same_row(&b.1));
    let telling = |row: &[(&'a str, Evidence<'a>)]| {
        Some(Telling {
            row: row.first()?.1,
            values: one_of_each(row, rules),
        })
    };
    let mut rows: Vec<Telling<'a>> = rows.filter_map(telling).collect();
    as_of_each(&mut rows);
    rows
}

/// Fills each row with what older rows of its record say, where it says nothing. Exports tell a record whole each time, and of a
/// value told again only the first telling is kept. A web event tells what it holds and no more.
fn as_of_each(rows: &mut [Telling<'_>]) {
    let mut so_far: FxHashMap<RecordId, Telling<'_>> = FxHashMap::default();
    for row in rows.iter_mut().rev() {
        let mut whole = row.clone();
        if let Some(older) = so_far.get(&row.row.record) {
            whole.fill(older);
        }
        if row.row.origin.line > 0 {
            *row = whole.clone();
        }
        so_far.insert(row.row.record, whole);
    }
}

/// One value of each field. A row that holds two is rare, and the rules decide there too.
fn one_of_each<'a>(row: &[(&'a str, Evidence<'a>)], rules: &[Survivorship]) -> Vec<(&'a str, Evidence<'a>)> {
    let fields = row.chunk_by(|a, b| a.0 == b.0);
    let best = |values: &[(&'a str, Evidence<'a>)]| {
        let candidates: Vec<_> = values.iter().map(|value| value.1).collect();
        Some((values.first()?.0, decide(&candidates, rules)?.0))
    };
    fields.filter_map(best).collect()
}

#[cfg(test)]
mod tests {
    use event_schema::Timestamp;

    use super::*;
    use crate::record::Origin;

    /// One row: its source, rank, day and fields.
    type Row<'a> = (&'a str, u32, i64, &'a [(&'a str, &'a str)]);

    fn evidence<'a>(&(source, rank, at, _): &Row<'a>, value: &'a str, origin: &'a Origin) -> Evidence<'a> {
        Evidence {
            value,
            source,
            rank,
            observed_at: Timestamp::from_millis(at),
            origin,
            record: RecordId::new(source, "1"),
        }
    }

    /// The block's survivors as `field=value rule`, in the order of the block's fields.
    fn decided(block: &Block, rows: &[Row<'_>]) -> Vec<String> {
        let origin = Origin {
            file: "a.csv".into(),
            line: 1,
        };
        let candidates = |name: &&'static str| {
            let told = rows.iter().flat_map(|row| row.3.iter().map(move |field| (row, field)));
            let told = told.filter(|(_, field)| field.0 == *name);
            Candidates::new(name, told.map(|(row, field)| evidence(row, field.1, &origin)).collect())
        };
        let fields: Vec<_> = block.fields.iter().map(candidates).collect();
        let survivors = block.decide(&fields, &Profile::default());
        survivors
            .iter()
            .map(|s| format!("{}={} {}", s.name, s.winner.value, s.rule.as_str()))
            .collect()
    }

    #[test]
    fn halves_of_two_names_are_never_mixed() {
        let rows: [Row<'_>; 2] = [
            ("crm", 1, 9, &[("given_name", "Anna")]),
            ("shop", 2, 1, &[("given_name", "Beat"), ("family_name", "Keller")]),
        ];
        assert_eq!(
            decided(&BLOCKS[0], &rows),
            ["given_name=Beat most_complete", "family_name=Keller only"]
        );
    }

    #[test]
    fn two_halves_make_a_name_when_no_row_has_both() {
        let rows: [Row<'_>; 2] = [
            ("crm", 1, 9, &[("given_name", "Anna")]),
            ("shop", 2, 1, &[("family_name", "Keller")]),
        ];
        assert_eq!(
            decided(&BLOCKS[0], &rows),
            ["given_name=Anna only", "family_name=Keller only"]
        );
    }

    #[test]
    fn among_complete_addresses_the_rules_decide() {
        let rows: [Row<'_>; 3] = [
            ("crm", 1, 1, &[("street", "Gasse"), ("city", "Bern")]),
            ("crm", 1, 2, &[("street", "Weg"), ("city", "Thun")]),
            ("web", 3, 9, &[("country", "DE")]),
        ];
        assert_eq!(
            decided(&BLOCKS[1], &rows),
            ["street=Weg most_recent", "city=Thun most_recent"]
        );
    }

    #[test]
    fn a_later_row_stands_for_its_whole_record() {
        let rows: [Row<'_>; 2] = [
            ("crm", 1, 1, &[("given_name", "Anna"), ("family_name", "Keller")]),
            ("crm", 1, 2, &[("family_name", "Meier")]),
        ];
        assert_eq!(
            decided(&BLOCKS[0], &rows),
            ["given_name=Anna only", "family_name=Meier most_recent"]
        );
    }

    #[test]
    fn a_gap_is_filled_only_by_an_address_that_agrees() {
        let rows: [Row<'_>; 3] = [
            ("crm", 1, 5, &[("street", "Weg"), ("city", "Thun")]),
            (
                "shop",
                2,
                9,
                &[("postcode", "8001"), ("city", "Zürich"), ("country", "CH")],
            ),
            ("web", 3, 1, &[("postcode", "3600"), ("city", "THUN")]),
        ];
        let expected = ["street=Weg only", "postcode=3600 filled_gap", "city=Thun most_complete"];
        assert_eq!(decided(&BLOCKS[1], &rows), expected);
    }
}
