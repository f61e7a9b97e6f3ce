//! The past as it looked on a given day, and what happened next. It owns the line between the two: nothing after the day enters
//! what is known on it.

use rayon::prelude::*;

use super::History;
use super::summary::Summary;

/// Everyone who was a customer on `day`.
pub struct Snapshot {
    /// Days since 1970-01-01.
    pub day: i32,
    /// What was known of each.
    pub customers: Vec<Summary>,
    /// Days with an order within the horizon that followed, for each.
    pub orders: Vec<u32>,
    /// Whether there was one.
    pub bought: Vec<bool>,
}

impl Snapshot {
    /// Looks back to `day`; the horizon that follows it, and the period that ends with it, are `horizon` days long.
    pub fn new(histories: &[History], day: i32, horizon: u32) -> Self {
        let known = |history: &History| {
            Some((
                Summary::new(history, day, horizon)?,
                orders_within(history, day, horizon),
            ))
        };
        let known: Vec<(Summary, u32)> = histories.par_iter().filter_map(known).collect();
        let (customers, orders): (Vec<Summary>, Vec<u32>) = known.into_iter().unzip();
        let bought = orders.iter().map(|&orders| orders > 0).collect();
        Self {
            day,
            customers,
            orders,
            bought,
        }
    }

    /// How many bought within the horizon.
    pub fn buyers(&self) -> usize {
        self.bought.iter().filter(|bought| **bought).count()
    }
}

fn orders_within(history: &History, day: i32, horizon: u32) -> u32 {
    let until = day.saturating_add_unsigned(horizon);
    let mut days: Vec<i32> = history
        .purchases
        .iter()
        .map(|p| p.day)
        .filter(|&d| day < d && d <= until)
        .collect();
    days.sort_unstable();
    days.dedup();
    days.len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::Purchase;

    fn history(days: &[i32]) -> History {
        History {
            purchases: days.iter().map(|&day| Purchase { day, value: None }).collect(),
        }
    }

    #[test]
    fn nothing_after_the_day_is_known_on_it() {
        let snapshot = Snapshot::new(&[history(&[10, 50, 101, 101, 130, 131]), history(&[101])], 100, 30);
        assert_eq!(
            snapshot.customers,
            [Summary::new(&history(&[10, 50]), 100, 30).unwrap()]
        );
        assert_eq!((snapshot.orders, snapshot.bought), (vec![2], vec![true]));
    }
}
