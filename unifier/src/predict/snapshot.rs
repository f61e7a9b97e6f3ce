//! The past as it looked on a given day, and what happened next. It owns the line between the two: nothing after the day enters
//! what is known on it.

use rayon::prelude::*;

use super::History;
use super::summary::Summary;

/// What one customer did within the horizon.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct After {
    /// Days with an order.
    pub orders: u32,
    /// Those of them with a known, positive value.
    pub paid_orders: u32,
    /// Their value together, in the base currency.
    pub spend: f64,
}

/// Everyone who was a customer on `day`.
pub struct Snapshot {
    /// Days since 1970-01-01.
    pub day: i32,
    /// What was known of each.
    pub customers: Vec<Summary>,
    /// What each did within the horizon that followed.
    pub after: Vec<After>,
    /// Whether there was one.
    pub bought: Vec<bool>,
}

impl Snapshot {
    /// Looks back to `day`; the horizon that follows it, and the period that ends with it, are `horizon` days long.
    pub fn new(histories: &[History], day: i32, horizon: u32) -> Self {
        let known = |history: &History| Some((Summary::new(history, day, horizon)?, After::new(history, day, horizon)));
        let known: Vec<(Summary, After)> = histories.par_iter().filter_map(known).collect();
        let (customers, after): (Vec<Summary>, Vec<After>) = known.into_iter().unzip();
        let bought = after.iter().map(|after| after.orders > 0).collect();
        Self {
            day,
            customers,
            after,
            bought,
        }
    }

    /// How many bought within the horizon.
    pub fn buyers(&self) -> usize {
        self.bought.iter().filter(|bought| **bought).count()
    }
}

impl After {
    fn new(history: &History, day: i32, horizon: u32) -> Self {
        let until = day.saturating_add_unsigned(horizon);
        let within = history.purchases.iter().filter(|p| day < p.day && p.day <= until);
        let purchases = within.cloned().collect();
        Summary::new(&History { purchases }, until, horizon).map_or_else(Self::default, |summary| Self {
            orders: summary.repeats + 1,
            paid_orders: summary.paid_orders,
            spend: summary.spend,
        })
    }
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
        let after = After {
            orders: 2,
            ..After::default()
        };
        assert_eq!((snapshot.after, snapshot.bought), (vec![after], vec![true]));
    }
}
