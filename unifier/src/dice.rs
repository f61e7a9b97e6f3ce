//! Numbers that look drawn and are the same on every machine: `SplitMix64` (Steele, Lea and Flood 2014, *Fast splittable
//! pseudorandom number generators*). Nothing secret hangs on them.

/// How far the generator's state moves with each number: 2^64 divided by the golden ratio, odd.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A sequence of numbers that its seed decides.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number, any of 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next one from 0 to below `bound`; 0 where there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound.max(1) as u64) as usize
    }

    /// The next one from 0 to below 1.
    pub fn uniform(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A well-mixed number for each number: the one at this place of the sequence of seed 0.
pub fn mixed(place: u64) -> u64 {
    Dice(place.wrapping_mul(STEP)).roll()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        let mut dice = Dice(1_234_567);
        let drawn = [dice.roll(), dice.roll(), dice.roll()];
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
        let mut first = Dice(0);
        assert!((0..9).all(|place| mixed(place) == first.roll()));
        assert_eq!(Dice(1).below(0), 0);
        assert!((0..99).all(|seed| (0.0..1.0).contains(&Dice(seed).uniform())));
    }
}
