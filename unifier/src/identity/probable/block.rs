//! Which pairs are compared at all: those that share the key of some rule.
//!
//! A rule whose values are shared by many is narrowed by a further field, and what is still too many is left out, so by each
//! rule a record is in fewer than forty pairs, however many share its value.

use std::hash::{Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::column::{Column, MISSING};
use super::fields::Fields;

/// The most records that one key may hold together. A greater block is narrowed, and left out when it cannot be.
const LARGEST_BLOCK: usize = 40;

/// A part of a key: nothing where the record does not have the field.
type Part<'f> = Box<dyn Fn(u32) -> Option<u64> + Sync + 'f>;

/// So few records that every pair can be looked at.
const FEW: u32 = 1_500;

/// Every pair to be compared, the smaller record first, each once: rule by rule and block by block, so that who is compared one
/// after the other stands in the same few places of memory.
pub(super) fn pairs(fields: &Fields) -> Vec<(u32, u32)> {
    if fields.len() <= FEW {
        return (0..fields.len())
            .flat_map(|a| (a + 1..fields.len()).map(move |b| (a, b)))
            .collect();
    }
    let rules = rules(fields);
    let mut found = Found::new(fields.len(), rules.len());
    let mut pairs = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let blocks = blocks(fields, rule);
        let new = |block: &Vec<u32>| found.new_pairs(block, number);
        pairs.par_extend(blocks.par_iter().flat_map_iter(new));
        found.add(&blocks, number);
    }
    pairs
}

/// In which block of each rule a record is.
struct Found {
    /// By record, then by rule: the number of the block, from 1; 0 where it is in none.
    blocks: Vec<u32>,
    rules: usize,
}

impl Found {
    fn new(records: u32, rules: usize) -> Self {
        Self {
            blocks: vec![0; records as usize * rules],
            rules,
        }
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

/// The blocks of one rule: its records in the order of precedence.
fn blocks(fields: &Fields, rule: &Rule) -> Vec<Vec<u32>> {
    let mut keyed: Vec<(u64, u32)> = (0..fields.len())
        .into_par_iter()
        .filter_map(|record| Some((key(&rule.parts, record)?, record)))
        .collect();
    keyed.par_sort_unstable();
    let mut blocks = Vec::new();
    for block in keyed.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        let records = block.iter().map(|(_, record)| *record).collect();
        narrow(records, &rule.narrowing, &mut blocks);
    }
    blocks
}

/// Adds a block, or where it is too large its parts.
fn narrow(records: Vec<u32>, narrowing: &[Part], blocks: &mut Vec<Vec<u32>>) {
    if records.len() <= LARGEST_BLOCK {
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
        narrow(block.iter().map(|(_, record)| *record).collect(), rest, blocks);
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
struct Rule<'f> {
    parts: Vec<Part<'f>>,
    narrowing: Vec<Part<'f>>,
}

fn rule<'f>(parts: Vec<Part<'f>>, narrowing: Vec<Part<'f>>) -> Rule<'f> {
    Rule { parts, narrowing }
}

fn rules(f: &Fields) -> Vec<Rule<'_>> {
    let narrow = || {
        vec![
            exact(&f.given),
            exact(&f.family),
            exact(&f.birth),
            exact(&f.postcode),
            exact(&f.city),
        ]
    };
    let mut rules = vec![
        rule(vec![exact(&f.email)], narrow()),
        rule(vec![exact(&f.phone)], narrow()),
        rule(vec![exact(&f.mobile)], narrow()),
        rule(vec![local_part(&f.email)], narrow()),
        rule(vec![tail(&f.phone)], narrow()),
        rule(
            vec![name_bag(f)],
            vec![exact(&f.birth), exact(&f.postcode), exact(&f.city), exact(&f.region)],
        ),
        rule(vec![sound(&f.family), exact(&f.birth)], narrow()),
        rule(vec![sound(&f.given), exact(&f.birth)], narrow()),
        rule(vec![exact(&f.birth), exact(&f.postcode)], narrow()),
        rule(vec![exact(&f.birth), exact(&f.city)], narrow()),
        rule(vec![exact(&f.door)], narrow()),
        rule(vec![exact(&f.postcode), sound(&f.family)], narrow()),
        rule(vec![exact(&f.postcode), sound(&f.given)], narrow()),
        rule(vec![exact(&f.city), sound(&f.family), initial(&f.given)], narrow()),
        rule(vec![exact(&f.street), sound(&f.given)], narrow()),
        rule(vec![exact(&f.city), sound(&f.given), initial(&f.family)], narrow()),
        rule(
            vec![sound(&f.given), sound(&f.family)],
            vec![year(&f.birth), exact(&f.postcode), exact(&f.region)],
        ),
        rule(
            vec![year(&f.birth), sound(&f.family), initial(&f.given)],
            vec![month_day(&f.birth), exact(&f.city)],
        ),
        rule(
            vec![year(&f.birth), sound(&f.given)],
            vec![month_day(&f.birth), initial(&f.family)],
        ),
        rule(vec![month_day(&f.birth), sound(&f.family)], narrow()),
        rule(vec![month_day(&f.birth), sound(&f.given)], narrow()),
    ];
    for (_, column) in &f.identifiers {
        rules.push(rule(vec![exact(column)], narrow()));
    }
    for (_, column) in &f.traits {
        rules.push(rule(vec![exact(column), sound(&f.family)], narrow()));
        rules.push(rule(vec![exact(column), exact(&f.birth)], narrow()));
        rules.push(rule(vec![exact(column), sound(&f.given)], narrow()));
    }
    rules
}

fn exact(column: &Column) -> Part<'_> {
    Box::new(|record| {
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
    Box::new(move |record| keys[column.get(record) as usize])
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
    Box::new(|record| {
        let (given, family) = (f.given.text(record), f.family.text(record));
        (!given.is_empty() && !family.is_empty()).then(|| hashed(given).wrapping_add(hashed(family)))
    })
}
