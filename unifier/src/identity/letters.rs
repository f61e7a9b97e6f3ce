//! What of two texts can be told from their letters alone, without looking at their order: how alike they are at most, and by how
//! many typing errors they differ at least. Most pairs of names are dismissed by it.

/// The letters of a text, each counted up to twice, and what stands at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letters {
    /// Two bits for each letter: it is there, it is there twice. One for each digit, one for a space.
    found: u64,
    /// The first bytes, as Winkler's measure looks at them.
    first: [u8; 4],
    /// How many letters there are.
    length: u8,
    /// How many of them `found` does not tell.
    untold: u8,
}

/// The place of the space's bit; those of the digits follow, and those of the letters are before it.
const SPACE: u32 = 52;
/// Of a text that is too long or not of ASCII letters: anything may be in it.
const ANYTHING: Letters = Letters {
    found: u64::MAX,
    first: [0; 4],
    length: u8::MAX,
    untold: u8::MAX,
};
/// A sum of three rounded quotients is no more off than this.
const ROUNDING: f64 = 1e-9;

impl Letters {
    /// The letters of a text.
    pub(super) fn of(text: &str) -> Self {
        if text.len() >= usize::from(u8::MAX) || !text.is_ascii() {
            return ANYTHING;
        }
        let mut letters = Self {
            found: 0,
            first: [0; 4],
            length: text.len() as u8,
            untold: 0,
        };
        letters
            .first
            .iter_mut()
            .zip(text.bytes())
            .for_each(|(first, byte)| *first = byte);
        for byte in text.bytes() {
            let (once, times) = match byte {
                b'a'..=b'z' => (u32::from(byte - b'a') * 2, 2),
                b' ' => (SPACE, 1),
                b'0'..=b'9' => (SPACE + 1 + u32::from(byte - b'0'), 1),
                _ => (0, 0),
            };
            match (once..once + times).find(|place| letters.found >> place & 1 == 0) {
                Some(place) => letters.found |= 1 << place,
                None => letters.untold += 1,
            }
        }
        letters
    }

    /// The number of letters; at least this where the text is long.
    pub(super) fn len(self) -> usize {
        usize::from(self.length)
    }

    /// Whether the first letters may be the same.
    pub(super) fn begins_like(self, other: Self) -> bool {
        self == ANYTHING || other == ANYTHING || self.first[0] == other.first[0]
    }

    /// Whether there may be a space among them.
    pub(super) fn may_have_a_space(self) -> bool {
        self.found >> SPACE & 1 == 1
    }

    /// How many letters the two can have in common at most.
    fn common(self, other: Self) -> u32 {
        let told = (self.found & other.found).count_ones();
        (told + u32::from(self.untold.min(other.untold))).min(u32::from(self.length.min(other.length)))
    }

    /// By how many typing errors the two differ at least.
    pub(super) fn fewest_errors(self, other: Self) -> usize {
        if self == ANYTHING || other == ANYTHING {
            return 0;
        }
        usize::from(self.length.max(other.length)) - self.common(other) as usize
    }

    /// The Jaro-Winkler similarity that the two have at most.
    pub(super) fn most_similar(self, other: Self) -> f64 {
        if self == ANYTHING || other == ANYTHING {
            return 1.0;
        }
        let common = f64::from(self.common(other));
        if common == 0.0 {
            return if self.length.max(other.length) == 0 { 1.0 } else { 0.0 };
        }
        let jaro = (common / f64::from(self.length) + common / f64::from(other.length) + 1.0) / 3.0 + ROUNDING;
        let same = self.first.iter().zip(&other.first).take_while(|(a, b)| a == b).count();
        jaro + 0.1 * same as f64 * (1.0 - jaro).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::similarity;
    use super::*;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![6 => "[abc]{0,9}", 4 => "[a-z0-9 .-]{0,20}", 1 => "[ab]{250,260}", 1 => "[aéß]{0,5}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn nothing_is_dismissed_that_is_alike(a in text(), b in text()) {
            let (x, y) = (Letters::of(&a), Letters::of(&b));
            prop_assert!(x.fewest_errors(y) <= similarity::errors(&a, &b));
            prop_assert!(x.most_similar(y) >= similarity::jaro_winkler(&a, &b));
            prop_assert!(x.may_have_a_space() || !a.contains(' '));
        }
    }

    #[test]
    fn what_has_little_in_common_is_dismissed() {
        let letters = Letters::of;
        assert!(letters("anna").most_similar(letters("robert")) < 0.1);
        assert_eq!(letters("meier").fewest_errors(letters("meyer")), 1);
        assert_eq!(letters("").most_similar(letters("anna")), 0.0);
    }
}
