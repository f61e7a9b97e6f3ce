//! What each person did, day by day: web events and orders side by side. It holds days and counts, and knows no person beyond them.

use super::super::Purchase;
use super::settings::ORDER;

/// A kind of thing that people do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An order, by the channel that told of it: `web`, `offline` or `both`.
    Order(String),
    /// A web event, by its name.
    Event(String),
}

impl Kind {
    /// Whether doing it is what a target's `event` means.
    pub fn is(&self, event: &str) -> bool {
        match self {
            Self::Order(_) => event == ORDER,
            Self::Event(name) => event != ORDER && name == event,
        }
    }
}

/// One kind of thing done on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    /// UTC day, in days since 1970-01-01.
    pub day: i32,
    /// The index among [`Timelines::kinds`].
    pub kind: u32,
    /// How many times.
    pub count: u32,
}

/// One person's days.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    deeds: Vec<Deed>,
    purchases: Vec<Purchase>,
}

impl Timeline {
    /// Takes deeds and purchases in any order.
    pub fn new(mut deeds: Vec<Deed>, mut purchases: Vec<Purchase>) -> Self {
        deeds.sort_unstable();
        purchases.sort_by(|a, b| {
            let value = |purchase: &Purchase| purchase.value.unwrap_or(0.0);
            a.day.cmp(&b.day).then(value(a).total_cmp(&value(b)))
        });
        Self { deeds, purchases }
    }

    /// What was done, in the order of days.
    pub fn deeds(&self) -> &[Deed] {
        &self.deeds
    }

    /// What was done up to the end of `day`.
    pub fn until(&self, day: i32) -> &[Deed] {
        &self.deeds[..self.deeds.partition_point(|deed| deed.day <= day)]
    }

    /// What was done after `day` and up to the end of the day `until`.
    pub fn between(&self, day: i32, until: i32) -> &[Deed] {
        let from = self.until(day).len();
        &self.deeds[from..self.until(until).len().max(from)]
    }

    /// The purchases up to the end of `day`, in the order of days.
    pub fn purchases_until(&self, day: i32) -> &[Purchase] {
        &self.purchases[..self.purchases.partition_point(|purchase| purchase.day <= day)]
    }
}

/// Everybody's days.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timelines {
    /// What can be done, in their order.
    pub kinds: Vec<Kind>,
    /// One for each person.
    pub people: Vec<Timeline>,
}

impl Timelines {
    /// For each kind, whether it is what `event` means.
    pub fn meant_by(&self, event: &str) -> Vec<bool> {
        self.kinds.iter().map(|kind| kind.is(event)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_after_its_first_day_and_holds_its_last() {
        let deed = |day| Deed { day, kind: 0, count: 1 };
        let timeline = Timeline::new([9, 5, 7, 6].map(deed).to_vec(), Vec::new());
        let days = |deeds: &[Deed]| deeds.iter().map(|deed| deed.day).collect::<Vec<_>>();
        assert_eq!(days(timeline.until(6)), [5, 6]);
        assert_eq!(days(timeline.between(6, 9)), [7, 9]);
        assert_eq!(days(timeline.between(9, 5)), Vec::<i32>::new());
    }

    #[test]
    fn an_event_that_is_called_order_is_no_order() {
        assert!(Kind::Order("web".to_owned()).is(ORDER));
        assert!(!Kind::Event(ORDER.to_owned()).is(ORDER));
        assert!(Kind::Event("Cart Viewed".to_owned()).is("Cart Viewed"));
    }
}
