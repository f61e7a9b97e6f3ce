//! The names of the edge's objects: from its name alone it can be told what an object holds and whether it is whole.

use event_schema::Timestamp;

/// The prefix of batches that no shard took.
const SPILL: &str = "spill/v1/";
/// The ending of every object.
const ENDING: &str = ".ndjson.gz";

/// `seg/v1/03/0000000000000001-0000000000000040-<hash>.ndjson.gz` or `spill/v1/2026-11-19/<batch>-<hash>.ndjson.gz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKey {
    key: String,
    range: Option<(u64, u64)>,
}

impl ObjectKey {
    /// Reads a name; nothing when it is none of the edge's.
    pub fn parse(key: &str) -> Option<Self> {
        let (stem, hash) = key.strip_suffix(ENDING)?.rsplit_once('-')?;
        let sound = hash.len() == 32 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let range = if is_spill(key) {
            None
        } else {
            let (lo, hi) = stem.strip_prefix("seg/v1/")?.split_once('/')?.1.split_once('-')?;
            // Digits only: a sign would be read as a number, too, and break the order of the names.
            let digits = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = |text: &str| digits(text).then(|| text.parse::<u64>().ok())?;
            Some((number(lo)?, number(hi)?)).filter(|(lo, hi)| lo <= hi)
        };
        (sound && (is_spill(key) || range.is_some())).then(|| Self {
            key: key.to_owned(),
            range,
        })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.key
    }

    /// The first batch in it; 0 for a spilled object.
    pub fn lo(&self) -> u64 {
        self.range.map_or(0, |(lo, _)| lo)
    }

    /// The last batch in it; 0 for a spilled object.
    pub fn hi(&self) -> u64 {
        self.range.map_or(0, |(_, hi)| hi)
    }

    /// The first 32 hexadecimal digits of the SHA-256 of its bytes.
    pub fn hash(&self) -> &str {
        let end = self.key.len() - ENDING.len();
        &self.key[end - 32..end]
    }
}

/// Whether a prefix or a key is one of spilled batches.
pub fn is_spill(key: &str) -> bool {
    key.starts_with(SPILL)
}

/// From where the spilled objects are listed when `last` was the last one read: two days before it, since a batch is spilled
/// under the day it came in, and days overlap at midnight.
pub fn spill_start(last: &str) -> String {
    let day = last.strip_prefix(SPILL).and_then(|rest| rest.get(..10));
    let midnight: Option<Timestamp> = day.and_then(|day| format!("{day}T00:00:00Z").parse().ok());
    midnight.map_or_else(String::new, |at| {
        let before = Timestamp::from_millis(at.as_millis() - 2 * 24 * 60 * 60 * 1_000).to_string();
        format!("{SPILL}{}", &before[..10])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_tell_range_and_hash() {
        let hash = "0eeaa476449aedb902feeff27cab752b";
        let key = ObjectKey::parse(&format!("seg/v1/03/0000000000000041-0000000000000080-{hash}.ndjson.gz")).unwrap();
        assert_eq!((key.lo(), key.hi(), key.hash()), (41, 80, hash));
        let spilled = ObjectKey::parse(&format!("spill/v1/2026-11-19/b-7-{hash}.ndjson.gz")).unwrap();
        assert_eq!((spilled.hi(), spilled.hash()), (0, hash));
        for strange in [
            "",
            "seg/v1/03/1-2-x.ndjson.gz",
            "seg/v1/03/readme.txt",
            &format!("seg/v1/03/0000000000000002-0000000000000001-{hash}.ndjson.gz"),
            &format!("seg/v1/03/+000000000000001-0000000000000002-{hash}.ndjson.gz"),
        ] {
            assert_eq!(ObjectKey::parse(strange), None, "{strange}");
        }
    }

    #[test]
    fn spilled_objects_are_listed_again_from_two_days_before() {
        assert_eq!(spill_start("spill/v1/2026-03-01/b-x.ndjson.gz"), "spill/v1/2026-02-27");
        assert_eq!(spill_start(""), "");
    }

    proptest! {
        #[test]
        fn no_name_panics(name in "(seg|spill)/v1/[0-9é/-]{0,60}(.ndjson.gz)?") {
            let _ = (ObjectKey::parse(&name).map(|key| key.hash().to_owned()), spill_start(&name));
        }
    }
}
