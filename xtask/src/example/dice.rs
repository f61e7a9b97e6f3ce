//! Chance that repeats: a small generator, seeded by a topic and a number, so that a change in one part of the example
//! moves nothing in the others.

/// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", figure 17).
pub struct Dice(u64);

impl Dice {
    /// The dice of one topic for one thing: `Dice::of("phone", 17)` always rolls the same.
    pub fn of(topic: &str, number: u64) -> Self {
        // FNV-1a over the topic; SplitMix64 itself mixes the rest.
        let topic = topic.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mut dice = Self(topic ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.roll();
        dice
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `end` - 1. The bias of a remainder is far below anything the example shows.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    /// True in `percent` of 100 rolls.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, each as likely as the others.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// One of `choices`, the first ones more often: names and towns are not equally common.
    pub fn pick_early<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let (one, other) = (self.below(choices.len()), self.below(choices.len()));
        &choices[one.min(other)]
    }

    /// 32 hexadecimal digits in the shape of a random (version 4) UUID.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.roll(), self.roll());
        let version = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
        let variant = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        let hex = format!("{version:016x}{variant:016x}");
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_and_a_number_always_roll_the_same_and_others_roll_otherwise() {
        let rolls = |topic, number| {
            let mut dice = Dice::of(topic, number);
            (0..4).map(|_| dice.roll()).collect::<Vec<_>>()
        };
        assert_eq!(rolls("phone", 17), rolls("phone", 17));
        assert_ne!(rolls("phone", 17), rolls("phone", 18));
        assert_ne!(rolls("phone", 17), rolls("name", 17));
    }

    #[test]
    fn uuids_have_the_form_of_version_4() {
        let id = Dice::of("uuid", 1).uuid();
        assert_eq!((id.len(), &id[14..15]), (36, "4"), "{id}");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    }
}
