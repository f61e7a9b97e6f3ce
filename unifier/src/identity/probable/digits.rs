//! Numbers of up to fifteen digits, as telephone numbers (E.164) and dates, in one word, so that typing errors are found by
//! arithmetic.

/// Bits of a digit.
const DIGIT: u32 = 4;
/// Where the number of digits stands.
const LENGTH: u32 = 60;

/// The digits of a number, the last one lowest, and how many there are; none where there is no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Digits(u64);

impl Digits {
    /// The digits of a text that is made of them alone; of a longer one none.
    pub(super) fn of(text: &str) -> Self {
        if text.len() > 15 {
            return Self::default();
        }
        let digits = text
            .bytes()
            .fold(0, |digits, byte| digits << DIGIT | u64::from(byte & 15));
        Self(digits | (text.len() as u64) << LENGTH)
    }

    /// How many there are.
    pub(super) fn len(self) -> usize {
        (self.0 >> LENGTH) as usize
    }

    /// Whether there is no number.
    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The digits from the `from`th last one on, `count` of them before it and with it.
    pub(super) fn part(self, from: u32, count: u32) -> u64 {
        self.0 >> (from * DIGIT) & ((1 << (count * DIGIT)) - 1)
    }

    /// Whether one typing error makes the one of the other: a digit too much or too few, another one, or two neighbours changed
    /// round.
    pub(super) fn differs_by_one_error(self, other: Self) -> bool {
        match self.len().cmp(&other.len()) {
            std::cmp::Ordering::Equal => self.differs_in_place(other),
            std::cmp::Ordering::Less => other.has_one_more_than(self),
            std::cmp::Ordering::Greater => self.has_one_more_than(other),
        }
    }

    /// Of two that are equally long.
    fn differs_in_place(self, other: Self) -> bool {
        let differing = self.0 ^ other.0;
        if differing == 0 {
            return false;
        }
        let lowest = differing.trailing_zeros() / DIGIT;
        let changed_round = || {
            let [a, b] = [self, other].map(|digits| (digits.part(lowest, 1), digits.part(lowest + 1, 1)));
            a == (b.1, b.0)
        };
        match differing >> (lowest * DIGIT) {
            1..=0xf => true,
            0x10..=0xff => changed_round(),
            _ => false,
        }
    }

    fn has_one_more_than(self, other: Self) -> bool {
        let length = self.len() as u32;
        let without = |place: u32| {
            let above = self.part(place + 1, length - place - 1);
            above << (place * DIGIT) | self.part(0, place)
        };
        self.len() == other.len() + 1 && (0..length).any(|place| without(place) == other.part(0, length - 1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::similarity;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn one_error_is_one_of_the_general_measure(a in "[0-3]{0,15}", b in "[0-3]{0,15}", place in 0usize..15, with in "[0-9]{0,2}") {
            let mut near = a.clone();
            near.replace_range(place.min(a.len())..(place + 1).min(a.len()), &with);
            for b in [&b, &near[..near.len().min(15)]] {
                let one = Digits::of(&a).differs_by_one_error(Digits::of(b));
                prop_assert_eq!(one, similarity::errors(&a, b) == 1, "{} {}", a, b);
            }
        }

        #[test]
        fn neighbours_changed_round_are_one_error(a in "[0-9]{2,15}", place in 0usize..14) {
            let mut round: Vec<u8> = a.bytes().collect();
            let place = place.min(a.len() - 2);
            round.swap(place, place + 1);
            let round = String::from_utf8(round).unwrap();
            prop_assert_eq!(Digits::of(&a).differs_by_one_error(Digits::of(&round)), a != round);
        }
    }

    #[test]
    fn parts_are_counted_from_the_end() {
        let date = Digits::of("19840305");
        assert_eq!(
            (date.part(4, 4), date.part(2, 2), date.part(0, 2)),
            (0x1984, 0x03, 0x05)
        );
        assert!(Digits::of("").is_none() && Digits::of("1234567890123456").is_none());
        assert!(!Digits::of("0").is_none());
    }
}
