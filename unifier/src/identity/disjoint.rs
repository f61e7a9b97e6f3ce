//! Disjoint sets (Galler and Fischer 1964): who hangs together with whom.
//!
//! Owns nothing but the membership; the root of a set is its smallest member, so the order of joining cannot show.

/// Members in disjoint sets.
#[derive(Clone, Debug)]
pub(super) struct Disjoint {
    parents: Vec<u32>,
}

impl Disjoint {
    /// Every one of `count` members by itself.
    pub(super) fn new(count: usize) -> Self {
        Self {
            parents: (0..count as u32).collect(),
        }
    }

    /// Sets that are known already, by the smallest member of each member's set.
    pub(super) fn known(roots: &[u32]) -> Self {
        Self {
            parents: roots.to_vec(),
        }
    }

    /// The smallest member of the set that holds `member`.
    pub(super) fn root(&mut self, mut member: u32) -> u32 {
        while self.parents[member as usize] != member {
            // Path halving: every other member on the way points to its grandparent.
            let grandparent = self.parents[self.parents[member as usize] as usize];
            self.parents[member as usize] = grandparent;
            member = grandparent;
        }
        member
    }

    /// Joins the sets of two members. Gives the root that stays and the one that is absorbed; nothing when they were one set.
    pub(super) fn join(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        let (a, b) = (self.root(a), self.root(b));
        let (root, other) = (a.min(b), a.max(b));
        self.parents[other as usize] = root;
        (root != other).then_some((root, other))
    }
}
