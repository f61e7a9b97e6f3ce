//! One customer's purchases reduced to the few numbers the models need. It owns what counts as an occasion and how time is
//! counted (whole days), and never compares customers with each other.

use super::History;

/// What is known of one customer on the day of the forecast. Times are whole days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Summary {
    /// The day of the first order, in days since 1970-01-01.
    pub first_day: i32,
    /// x: the number of further days with an order.
    pub repeats: u32,
    /// t_x: days from the first order to the last one.
    pub last: u32,
    /// T: days from the first order to today.
    pub age: u32,
    /// Occasions with a known, positive value.
    pub paid_orders: u32,
    /// The value of those occasions together, in the base currency.
    pub spend: f64,
    /// The value of the first occasion, when it is known and positive.
    pub first_value: Option<f64>,
    /// Occasions that count as orders but not as money: no known value, or refunds that ate it up.
    pub unpriced_orders: u32,
    /// Days with an order in the period just ended.
    pub recent_orders: u32,
}

impl Summary {
    /// Days since the last order.
    pub fn silence(&self) -> u32 {
        self.age - self.last
    }

    /// Reduces a history; `None` when it has no purchase up to `today`. The period just ended is the last `period` days.
    pub fn new(history: &History, today: i32, period: u32) -> Option<Self> {
        let mut occasions = Occasions {
            recent_after: today.saturating_sub_unsigned(period),
            ..Occasions::default()
        };
        if history.purchases.is_sorted_by(|a, b| a.day < b.day) {
            history
                .purchases
                .iter()
                .for_each(|p| occasions.add(p.day, p.value, today));
        } else {
            // Several orders on one day: sorted by value too, so that their sum does not depend on the order they came in.
            let mut sorted: Vec<_> = history.purchases.iter().map(|p| (p.day, p.value)).collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| total(a.1).total_cmp(&total(b.1))));
            sorted
                .into_iter()
                .for_each(|(day, value)| occasions.add(day, value, today));
        }
        occasions.finish(today)
    }
}

fn total(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

/// The running state while purchases are read in the order of their days.
#[derive(Default)]
struct Occasions {
    recent_after: i32,
    recent: u32,
    first: Option<i32>,
    current: Option<i32>,
    days: u32,
    day_value: f64,
    paid: u32,
    spend: f64,
    first_value: Option<f64>,
}

impl Occasions {
    fn add(&mut self, day: i32, value: Option<f64>, today: i32) {
        if day > today {
            return;
        }
        if self.current != Some(day) {
            self.close_day();
            self.first.get_or_insert(day);
            self.current = Some(day);
            self.days += 1;
            self.recent += u32::from(day > self.recent_after);
        }
        self.day_value += value.filter(|v| v.is_finite()).unwrap_or(0.0);
    }

    fn close_day(&mut self) {
        if self.day_value > 0.0 && self.day_value.is_finite() {
            self.paid += 1;
            self.spend += self.day_value;
            self.first_value = self.first_value.or((self.days == 1).then_some(self.day_value));
        }
        self.day_value = 0.0;
    }

    fn finish(mut self, today: i32) -> Option<Summary> {
        self.close_day();
        let (first_day, last_day) = (self.first?, self.current?);
        Some(Summary {
            first_day,
            repeats: self.days - 1,
            last: last_day.abs_diff(first_day),
            age: today.abs_diff(first_day),
            paid_orders: self.paid,
            spend: self.spend,
            first_value: self.first_value,
            unpriced_orders: self.days - self.paid,
            recent_orders: self.recent,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::Purchase;

    fn history(purchases: &[(i32, f64)]) -> History {
        History {
            purchases: purchases
                .iter()
                .map(|&(day, value)| Purchase {
                    day,
                    value: Some(value),
                })
                .collect(),
        }
    }

    #[test]
    fn two_orders_on_one_day_are_one_occasion() {
        let summary = Summary::new(&history(&[(10, 5.0), (10, 7.0), (20, 1.0)]), 30, 15).unwrap();
        assert_eq!((summary.repeats, summary.last, summary.age), (1, 10, 20));
        assert_eq!(
            (summary.paid_orders, summary.spend, summary.recent_orders),
            (2, 13.0, 1)
        );
    }

    #[test]
    fn a_purchase_after_today_is_left_out() {
        let summary = Summary::new(&history(&[(10, 5.0), (31, 7.0)]), 30, 15).unwrap();
        assert_eq!((summary.repeats, summary.spend), (0, 5.0));
        assert_eq!(Summary::new(&history(&[(31, 7.0)]), 30, 15), None);
    }

    #[test]
    fn a_day_that_was_refunded_is_an_order_without_money() {
        let summary = Summary::new(&history(&[(10, 5.0), (10, -5.0), (20, 8.0)]), 30, 15).unwrap();
        assert_eq!(
            (summary.repeats, summary.paid_orders, summary.unpriced_orders),
            (1, 1, 1)
        );
        assert_eq!(summary.spend, 8.0);
    }

    #[test]
    fn the_order_of_the_purchases_does_not_matter() {
        let forwards = history(&[(10, 0.1), (10, 0.2), (10, 0.3), (12, 4.0)]);
        let backwards = History {
            purchases: forwards.purchases.iter().rev().cloned().collect(),
        };
        assert_eq!(Summary::new(&forwards, 30, 15), Summary::new(&backwards, 30, 15));
    }
}
