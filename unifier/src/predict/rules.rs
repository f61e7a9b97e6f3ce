//! The simple rules that any model has to beat. They rank people and claim no probability.

use super::summary::Summary;

/// A rule of thumb about who buys next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Whoever ordered last.
    Recency,
    /// The sum of the ranks by recency and by frequency.
    RecencyFrequency,
    /// Whoever ordered most in the period just ended.
    LastPeriod,
}

impl Rule {
    /// In the order in which ties are resolved.
    pub const ALL: [Self; 3] = [Self::Recency, Self::RecencyFrequency, Self::LastPeriod];

    /// The rule's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recency => "recency",
            Self::RecencyFrequency => "recency_frequency",
            Self::LastPeriod => "last_period",
        }
    }

    /// A score per customer, higher for those who should be likelier to buy.
    pub fn scores(self, customers: &[Summary]) -> Vec<f64> {
        match self {
            Self::Recency => customers.iter().map(|c| -f64::from(c.silence())).collect(),
            Self::RecencyFrequency => {
                let recency = ranks(customers, |c| -i64::from(c.silence()));
                let frequency = ranks(customers, |c| i64::from(c.repeats));
                recency
                    .zip(frequency)
                    .map(|(recency, frequency)| (recency + frequency) as f64)
                    .collect()
            }
            Self::LastPeriod => customers.iter().map(|c| f64::from(c.recent_orders)).collect(),
        }
    }
}

/// Twice the mean rank of each customer by `value`; equals share theirs.
fn ranks(customers: &[Summary], value: impl Fn(&Summary) -> i64) -> impl Iterator<Item = u64> {
    let mut sorted: Vec<i64> = customers.iter().map(&value).collect();
    sorted.sort_unstable();
    let mut distinct: Vec<(i64, u64)> = Vec::new();
    let mut below = 0;
    for equals in sorted.chunk_by(|a, b| a == b) {
        distinct.push((equals[0], 2 * below + equals.len() as u64));
        below += equals.len() as u64;
    }
    customers.iter().map(move |customer| {
        let value = value(customer);
        let at = distinct.partition_point(|known| known.0 < value);
        distinct.get(at).map_or(0, |known| known.1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(repeats: u32, last: u32, recent_orders: u32) -> Summary {
        Summary {
            repeats,
            last,
            recent_orders,
            age: 100,
            ..Summary::default()
        }
    }

    #[test]
    fn each_rule_prefers_whom_it_says() {
        let customers = [
            customer(0, 0, 0),
            customer(5, 60, 0),
            customer(1, 90, 2),
            customer(2, 80, 1),
        ];
        assert_eq!(Rule::Recency.scores(&customers), [-100.0, -40.0, -10.0, -20.0]);
        assert_eq!(Rule::RecencyFrequency.scores(&customers), [2.0, 10.0, 10.0, 10.0]);
        assert_eq!(Rule::LastPeriod.scores(&customers), [0.0, 0.0, 2.0, 1.0]);
    }

    #[test]
    fn equals_share_a_rank() {
        let customers = [customer(3, 50, 0), customer(3, 50, 0), customer(0, 0, 0)];
        assert_eq!(Rule::RecencyFrequency.scores(&customers), [8.0, 8.0, 2.0]);
    }
}
