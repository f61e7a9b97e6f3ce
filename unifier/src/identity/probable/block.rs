//! Which pairs are compared at all: those that share the key of some rule.
//!
//! A rule whose values are shared by many is narrowed by a further field, and what is still too many is left out, so by each
//! rule a record is in fewer than forty pairs, however many share its value.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::column::{Column, MISSING};
use super::fields::Fields;
use crate::dice::mixed;

/// The most records that one key may hold together. A greater block is narrowed, and left out when it cannot be.
const LARGEST_BLOCK: usize = 40;

/// A part of a key: nothing where the record does not have the field.
type Part<'f> = Arc<dyn Fn(u32) -> Option<u64> + Send + Sync + 'f>;

/// So few records that every pair can be looked at.
const FEW: u32 = 1_500;

/// Every pair to be compared, the smaller record first, each once: rule by rule and block by block, so that who is compared one
/// after the other stands in the same few places of memory.
pub(super) fn pairs(fields: &Fields, rules: &[Rule]) -> Vec<(u32, u32)> {
    Found::by(fields, rules, 1).0
}

/// The pairs that there would be among every so many-th record, each with the rules that bring it together, a bit for each.
pub(super) fn sampled(fields: &Fields, rules: &[Rule], every: u32) -> Vec<((u32, u32), u64)> {
    let (pairs, found) = Found::by(fields, rules, every);
    pairs
        .into_par_iter()
        .map(|(a, b)| ((a, b), found.rules_of(a, b)))
        .collect()
}

/// Of each pair the names of the rules that bring it together.
pub(super) fn together(fields: &Fields, rules: &[Rule], pairs: &[(u32, u32)]) -> Vec<Vec<String>> {
    if fields.len() <= FEW {
        return vec![vec!["all pairs of few records".to_owned()]; pairs.len()];
    }
    let asked: FxHashSet<u32> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    let mut names = vec![Vec::new(); pairs.len()];
    for rule in rules {
        let shares = |a: u32, b: u32| key(&rule.parts, a).is_some_and(|shared| key(&rule.parts, b) == Some(shared));
        // Most rules bring none of them together, which is soon seen.
        if !pairs.iter().any(|&(a, b)| shares(a, b)) {
            continue;
        }
        let blocks = blocks(fields, rule, 1);
        let numbered = blocks.iter().zip(0usize..);
        let of_asked = numbered.flat_map(|(block, number)| block.iter().map(move |&record| (record, number)));
        let block_of: FxHashMap<u32, usize> = of_asked.filter(|(record, _)| asked.contains(record)).collect();
        for (names, (a, b)) in names.iter_mut().zip(pairs) {
            if block_of.get(a).is_some_and(|block| block_of.get(b) == Some(block)) {
                names.push(rule.name.clone());
            }
        }
    }
    names
}

/// In which block of each rule a record is.
struct Found {
    /// By record, then by rule: the number of the block, from 1; 0 where it is in none.
    blocks: Vec<u32>,
    rules: usize,
}

impl Found {
    /// Finds the pairs among every so many-th record by rule after rule; all of them where there are few.
    fn by(fields: &Fields, rules: &[Rule], every: u32) -> (Vec<(u32, u32)>, Self) {
        let mut found = Self {
            blocks: vec![0; fields.len() as usize * rules.len()],
            rules: rules.len(),
        };
        if fields.len() <= FEW {
            let after = |a: u32| (a + 1..fields.len()).map(move |b| (a, b));
            return ((0..fields.len()).flat_map(after).collect(), found);
        }
        let mut pairs = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let blocks = blocks(fields, rule, every);
            let new = |block: &Vec<u32>| found.new_pairs(block, number);
            pairs.par_extend(blocks.par_iter().flat_map_iter(new));
            found.add(&blocks, number);
        }
        (pairs, found)
    }

    /// The rules that bring two records together, a bit for each.
    fn rules_of(&self, a: u32, b: u32) -> u64 {
        let of = |record: u32| &self.blocks[record as usize * self.rules..][..self.rules];
        let bits = of(a).iter().zip(of(b)).zip(0u32..);
        bits.fold(0, |rules, ((a, b), bit)| rules | u64::from(a == b && *a != 0) << bit)
    }

    fn add(&mut self, blocks: &[Vec<u32>], rule: usize) {
        for (number, block) in (1..).zip(blocks) {
            for &record in block {
                self.blocks[record as usize * self.rules + rule] = number;
            }
        }
    }

    /// The pairs of a block that no rule before this one has found.
    fn new_pairs(&self, block: &[u32], rule: usize) -> Vec<(u32, u32)> {
        let of = |record: u32| &self.blocks[record as usize * self.rules..][..rule];
        let mut pairs = Vec::new();
        for (place, &a) in block.iter().enumerate() {
            let others = block[place + 1..].iter().map(|&b| (a, b));
            pairs.extend(others.filter(|&(a, b)| !share_a_block(of(a), of(b))));
        }
        pairs
    }
}

/// Whether two records are in one block of some rule.
fn share_a_block(a: &[u32], b: &[u32]) -> bool {
    // Without a way out in between, so that many rules are compared at once.
    a.iter().zip(b).fold(false, |share, (a, b)| share | (a == b && *a != 0))
}

/// The blocks of one rule among every so many-th record: their records in the order of precedence.
fn blocks(fields: &Fields, rule: &Rule, every: u32) -> Vec<Vec<u32>> {
    let mut keyed: Vec<(u64, u32)> = (0..fields.len())
        .into_par_iter()
        .filter(|record| every == 1 || mixed(u64::from(*record)).is_multiple_of(u64::from(every)))
        .filter_map(|record| Some((key(&rule.parts, record)?, record)))
        .collect();
    keyed.par_sort_unstable();
    // Of a sample a block has fewer, and is as large all the same.
    let most = LARGEST_BLOCK / every as usize;
    let mut blocks = Vec::new();
    for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        let records = block.iter().map(|(_, record)| *record).collect();
        narrow(records, &rule.narrowing, most, &mut blocks);
    }
    blocks
}

/// Adds a block, or where it is too large its parts.
fn narrow(records: Vec<u32>, narrowing: &[Part], most: usize, blocks: &mut Vec<Vec<u32>>) {
    if records.len() <= most {
        blocks.push(records);
        return;
    }
    let Some((part, rest)) = narrowing.split_first() else {
        return;
    };
    let mut keyed: Vec<(u64, u32)> = records
        .iter()
        .filter_map(|&record| Some((part(record)?, record)))
        .collect();
    keyed.sort_unstable();
    for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        narrow(block.iter().map(|(_, record)| *record).collect(), rest, most, blocks);
    }
}

fn key(parts: &[Part], record: u32) -> Option<u64> {
    let mut hasher = FxHasher::default();
    for part in parts {
        part(record)?.hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// A rule: records with the same parts are compared; where those are too many, with the same narrowing parts in turn.
pub(super) struct Rule<'f> {
    pub(super) name: String,
    parts: Vec<Part<'f>>,
    narrowing: Vec<Part<'f>>,
}

fn rule<'f, const PARTS: usize>(name: &str, parts: [&Part<'f>; PARTS], narrowing: &[&Part<'f>]) -> Rule<'f> {
    Rule {
        name: name.to_owned(),
        parts: parts.map(Part::clone).into(),
        narrowing: narrowing.iter().map(|part| Part::clone(part)).collect(),
    }
}

/// All rules there are, those first that bring the fewest strangers together.
pub(super) fn rules(f: &Fields) -> Vec<Rule<'_>> {
    let exactly = [&f.given, &f.family, &f.birth, &f.email, &f.phone, &f.mobile].map(exact);
    let [given, family, birth, email, phone, mobile] = &exactly;
    let exactly = [&f.street, &f.postcode, &f.city, &f.region, &f.door].map(exact);
    let [street, postcode, city, region, door] = &exactly;
    let [given_sound, family_sound] = &[&f.given, &f.family].map(sound);
    let [given_initial, family_initial] = &[&f.given, &f.family].map(initial);
    let (year, month_day) = (&year(&f.birth), &month_day(&f.birth));
    let (mailbox, number, names) = (&local_part(&f.email), &tail(&f.phone), &name_bag(f));
    let narrow = &[given, family, birth, postcode, city];
    let mut rules = vec![
        rule("e-mail", [email], narrow),
        rule("telephone", [phone], narrow),
        rule("mobile", [mobile], narrow),
        rule("e-mail before the @", [mailbox], narrow),
        rule("end of the telephone number", [number], narrow),
        rule("names in any order", [names], &[birth, postcode, city, region]),
        rule("sound of family name, birth date", [family_sound, birth], narrow),
        rule("sound of given name, birth date", [given_sound, birth], narrow),
        rule("birth date, postcode", [birth, postcode], narrow),
        rule("birth date, town", [birth, city], narrow),
        rule("door", [door], narrow),
        rule("postcode, sound of family name", [postcode, family_sound], narrow),
        rule("postcode, sound of given name", [postcode, given_sound], narrow),
        rule(
            "town, sound of family name, initial",
            [city, family_sound, given_initial],
            narrow,
        ),
        rule("street, sound of given name", [street, given_sound], narrow),
        rule(
            "town, sound of given name, initial",
            [city, given_sound, family_initial],
            narrow,
        ),
        rule(
            "sound of both names",
            [given_sound, family_sound],
            &[year, postcode, region],
        ),
        rule(
            "birth year, sound of family name, initial",
            [year, family_sound, given_initial],
            &[month_day, city],
        ),
        rule(
            "birth year, sound of given name",
            [year, given_sound],
            &[month_day, family_initial],
        ),
        rule("birthday, sound of family name", [month_day, family_sound], narrow),
        rule("birthday, sound of given name", [month_day, given_sound], narrow),
    ];
    for (name, column) in &f.identifiers {
        rules.push(rule(name, [&exact(column)], narrow));
    }
    for (name, column) in &f.traits {
        let value = &exact(column);
        rules.push(rule(
            &format!("{name}, sound of family name"),
            [value, family_sound],
            narrow,
        ));
        rules.push(rule(&format!("{name}, birth date"), [value, birth], narrow));
        rules.push(rule(
            &format!("{name}, sound of given name"),
            [value, given_sound],
            narrow,
        ));
    }
    rules
}

fn exact(column: &Column) -> Part<'_> {
    Arc::new(|record| {
        Some(column.get(record))
            .filter(|&value| value != MISSING)
            .map(u64::from)
    })
}

fn hashed(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A part that is made of each value once.
fn derived<'f>(column: &'f Column, of: impl Fn(&str) -> Option<String>) -> Part<'f> {
    let keys: Vec<Option<u64>> = column.texts().map(|text| of(text).map(|part| hashed(&part))).collect();
    Arc::new(move |record| keys[column.get(record) as usize])
}

fn local_part(column: &Column) -> Part<'_> {
    derived(column, |text| {
        let local = text.split_once('@')?.0;
        (local.len() > 4).then(|| local.to_owned())
    })
}

fn tail(column: &Column) -> Part<'_> {
    derived(column, |text| Some(text.get(text.len().checked_sub(7)?..)?.to_owned()))
}

fn initial(column: &Column) -> Part<'_> {
    derived(column, |text| text.get(..1).map(str::to_owned))
}

fn year(column: &Column) -> Part<'_> {
    derived(column, |text| text.get(..4).map(str::to_owned))
}

fn month_day(column: &Column) -> Part<'_> {
    derived(column, |text| {
        text.get(4..).filter(|rest| !rest.is_empty()).map(str::to_owned)
    })
}

/// How a name sounds, roughly: its first letter and its consonants, doubled ones once.
fn sound(column: &Column) -> Part<'_> {
    derived(column, |text| {
        let first = *text.as_bytes().first()?;
        let mut key = vec![first];
        for c in text.bytes().skip(1) {
            let class = match c {
                b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' | b' ' => continue,
                b'b' | b'p' | b'f' | b'v' => b'p',
                b'c' | b'k' | b'q' | b'g' | b'j' => b'k',
                b's' | b'z' | b'x' => b's',
                b'd' | b't' => b't',
                b'm' | b'n' => b'n',
                other => other,
            };
            if key.last() != Some(&class) || key.len() == 1 {
                key.push(class);
            }
        }
        key.truncate(5);
        String::from_utf8(key).ok()
    })
}

/// Given and family name in either order.
fn name_bag(f: &Fields) -> Part<'_> {
    Arc::new(|record| {
        let (given, family) = (f.given.text(record), f.family.text(record));
        (!given.is_empty() && !family.is_empty()).then(|| hashed(given).wrapping_add(hashed(family)))
    })
}
