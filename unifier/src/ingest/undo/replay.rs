//! Which of the tellings of one key are kept, and which are no news: the rule of imports, over all of them at once.

/// One row of one import about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// A hash of what it says.
    pub hash: u128,
    /// The day its file tells of.
    pub day: i32,
    /// Which import, by its place in their order.
    pub import: usize,
    /// The line in its file.
    pub line: u64,
}

/// For each telling, in the order of imports and lines, the kept one that says the same already; nothing for one that is kept itself.
///
/// As [`KnownRows`](crate::ingest::import) does it: a row is no news when an equal one is kept of the same day, or of the last day before it on
/// which anything of the key is kept.
pub fn replay(tellings: &[Telling]) -> Vec<Option<usize>> {
    let mut kept: Vec<usize> = Vec::new();
    let mut verdicts = Vec::with_capacity(tellings.len());
    for (at, telling) in tellings.iter().enumerate() {
        let days = kept.iter().map(|kept| tellings[*kept].day);
        let before = days.filter(|day| *day < telling.day).max();
        let says_it = |kept: &&usize| {
            let kept = &tellings[**kept];
            kept.hash == telling.hash && (kept.day == telling.day || Some(kept.day) == before)
        };
        let verdict = kept.iter().find(says_it).copied();
        if verdict.is_none() {
            kept.push(at);
        }
        verdicts.push(verdict);
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_no_news_on_its_day_and_while_nothing_else_was_told() {
        let telling = |import, day, hash| Telling {
            hash,
            day,
            import,
            line: 2,
        };
        let told = [
            telling(0, 1, 7),
            telling(1, 2, 7),
            telling(2, 3, 8),
            telling(3, 4, 7),
            telling(4, 4, 7),
        ];
        assert_eq!(replay(&told), [None, Some(0), None, None, Some(3)]);
        assert_eq!(replay(&told[1..2]), [None]);
    }
}
