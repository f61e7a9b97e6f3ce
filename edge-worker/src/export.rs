//! What the unifier asks of the export, and the answers' shapes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::refusal::Refusal;
use crate::segment;

/// Objects in one page of a listing.
pub const PAGE: u32 = 1000;

/// What a flush did.
#[derive(Debug, Default, Serialize)]
pub struct Flushed {
    /// How many segments were written.
    pub flushed: u64,
    /// The number of the last batch that is in the bucket, by the shard's prefix: what a reader must find.
    pub ends: BTreeMap<String, u64>,
}

/// What became of quarantined events that were judged again.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Events now in the log.
    pub replayed: usize,
    /// Events that were in it before.
    pub duplicate: usize,
    /// Events that still depart from their schema, and stay.
    pub rejected: usize,
    /// Where to go on; nothing at the end.
    pub next: Option<String>,
}

/// A page of a listing.
#[derive(Debug, Serialize)]
pub struct Listing {
    /// The objects, in the order of their keys.
    pub objects: Vec<ObjectEntry>,
    /// Whether there are more after the last one.
    pub more: bool,
}

/// One object of a listing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ObjectEntry {
    /// Its name.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
}

/// The prefix and the key to go on after, from a listing's query.
///
/// # Errors
/// [`Refusal::BadParameter`] for a prefix that is not one of the log's.
pub fn listing_of(query: &str) -> Result<(String, Option<String>), Refusal> {
    let prefix = parameter(query, "prefix").filter(|prefix| segment::prefixes().contains(prefix));
    let after = parameter(query, "after").filter(|after| !after.is_empty());
    if after.as_deref().is_some_and(|after| !segment::is_key(after)) {
        return Err(Refusal::BadParameter("after"));
    }
    Ok((prefix.ok_or(Refusal::BadParameter("prefix"))?, after))
}

/// Where a replay goes on, from its query.
pub fn replay_after(query: &str) -> Option<String> {
    parameter(query, "after").filter(|after| after.starts_with(&segment::shard_prefix(segment::QUARANTINE)))
}

/// The object's name, from a query.
///
/// # Errors
/// [`Refusal::BadParameter`] for a name that no object of the log has.
pub fn key_of(query: &str) -> Result<String, Refusal> {
    parameter(query, "key")
        .filter(|key| segment::is_key(key))
        .ok_or(Refusal::BadParameter("key"))
}

fn parameter(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(given, _)| given == name)
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_logs_prefixes_are_listed_and_only_its_keys_fetched() {
        assert_eq!(
            listing_of("prefix=seg%2Fv1%2F00%2F"),
            Ok(("seg/v1/00/".to_owned(), None))
        );
        let after = listing_of("prefix=spill/v1/&after=spill/v1/2026-11-24/a-b.ndjson.gz")
            .unwrap()
            .1;
        assert_eq!(after.as_deref(), Some("spill/v1/2026-11-24/a-b.ndjson.gz"));
        assert_eq!(listing_of("prefix=s"), Err(Refusal::BadParameter("prefix")));
        assert_eq!(
            listing_of("prefix=seg/v1/00/&after=../x"),
            Err(Refusal::BadParameter("after"))
        );
        assert_eq!(
            key_of("key=seg/v1/00/%2e%2e/%2e%2e/salt"),
            Err(Refusal::BadParameter("key"))
        );
        assert_eq!(key_of(""), Err(Refusal::BadParameter("key")));
    }
}
