//! A chance for every rank: the rising line that fits what happened best. It lets a simple rule, which only ranks, say how likely each
//! rank is.

/// How many of everybody a block is drawn towards.
const DRAWN: f64 = 2.0;

/// Points of a rising line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Isotonic {
    /// Scores, ascending, and the chance at each.
    points: Vec<(f64, f64)>,
}

impl Isotonic {
    /// Joins neighbouring scores until chances rise (pool adjacent violators; Ayer et al. 1955). A block's chance is drawn towards
    /// everybody's as if two more of them were in it, so that no small block claims certainty.
    pub fn fit(scores: &[f64], did: &[bool]) -> Self {
        let mut pairs: Vec<(f64, bool)> = scores.iter().copied().zip(did.iter().copied()).collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut blocks: Vec<Block> = Vec::new();
        for equals in pairs.chunk_by(|a, b| a.0 == b.0) {
            let mut block = Block::new(equals);
            while let Some(before) = blocks.pop_if(|before| before.share() >= block.share()) {
                block = before.joined(&block);
            }
            blocks.push(block);
        }
        let all = Block::new(&pairs);
        let points = blocks.iter().map(|block| (block.middle(), block.drawn_to(&all)));
        let mut points: Vec<(f64, f64)> = points.collect();
        // Drawing small blocks to the middle may turn two of them around.
        for at in 1..points.len() {
            points[at].1 = points[at].1.max(points[at - 1].1);
        }
        Self { points }
    }

    /// The chance at a score, on straight lines between the points.
    pub fn chance(&self, score: f64) -> f64 {
        let above = self.points.partition_point(|point| point.0 <= score);
        match (above.checked_sub(1).map(|at| self.points[at]), self.points.get(above)) {
            (Some(low), Some(high)) => low.1 + (high.1 - low.1) * (score - low.0) / (high.0 - low.0),
            (Some(only), None) | (None, Some(&only)) => only.1,
            (None, None) => 0.5,
        }
    }
}

/// Neighbouring scores with one chance.
#[derive(Debug, Clone, Copy)]
struct Block {
    low: f64,
    high: f64,
    did: f64,
    all: f64,
}

impl Block {
    fn new(equals: &[(f64, bool)]) -> Self {
        Self {
            low: equals.first().map_or(0.0, |one| one.0),
            high: equals.last().map_or(0.0, |one| one.0),
            did: equals.iter().filter(|one| one.1).count() as f64,
            all: equals.len() as f64,
        }
    }

    fn joined(&self, next: &Self) -> Self {
        Self {
            low: self.low,
            high: next.high,
            did: self.did + next.did,
            all: self.all + next.all,
        }
    }

    fn share(&self) -> f64 {
        self.did / self.all
    }

    fn drawn_to(&self, everybody: &Self) -> f64 {
        (self.did + DRAWN * everybody.share()) / (self.all + DRAWN)
    }

    fn middle(&self) -> f64 {
        0.5 * (self.low + self.high)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_rise_is_followed_and_nothing_is_certain() {
        let scores: Vec<f64> = (0..1_000).map(|i| f64::from(i / 500)).collect();
        let did: Vec<bool> = (0..1_000).map(|i| i >= 500 || i % 4 == 0).collect();
        let line = Isotonic::fit(&scores, &did);
        assert!((line.chance(0.0) - 0.25).abs() < 0.01 && (0.99..1.0).contains(&line.chance(1.0)));
        assert!((line.chance(0.5) - 0.5 * (line.chance(0.0) + line.chance(1.0))).abs() < 1e-12);
    }

    #[test]
    fn a_rule_that_ranks_the_wrong_way_round_says_the_same_of_everybody() {
        let scores: Vec<f64> = (0..100).map(f64::from).collect();
        let did: Vec<bool> = (0..100).map(|i| i < 50).collect();
        let line = Isotonic::fit(&scores, &did);
        assert_eq!((line.chance(-5.0), line.chance(500.0)), (0.5, 0.5));
        assert_eq!(Isotonic::fit(&[], &[]).chance(1.0), 0.5);
    }

    proptest! {
        #[test]
        fn chances_rise_with_scores(told in prop::collection::vec((0u8..20, any::<bool>()), 1..80)) {
            let (scores, did): (Vec<f64>, Vec<bool>) = told.into_iter().map(|(s, d)| (f64::from(s), d)).unzip();
            let line = Isotonic::fit(&scores, &did);
            let chances: Vec<f64> = (-4..88).map(|i| line.chance(f64::from(i) / 4.0)).collect();
            prop_assert!(chances.is_sorted() && chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
        }
    }
}
