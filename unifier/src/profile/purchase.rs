//! What counts as a purchase, and what a person's purchases add up to. Owns the arithmetic of money; all sums are exact.

use crate::record::{Amount, OrderStatus};

/// Ten-thousandths that the tables' `decimal(18, 4)` can hold.
const LARGEST: i64 = 999_999_999_999_999_999;

/// Why an order is no purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoPurchase {
    /// It was cancelled.
    Cancelled,
    /// It was refunded in full.
    Refunded,
    /// Nothing was paid: a sample, a replacement, a test.
    ZeroAmount,
    /// More was paid back than paid: a credit note.
    NegativeAmount,
    /// It is dated after the night's now.
    InFuture,
}

impl NoPurchase {
    /// The reason's code in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            NoPurchase::Cancelled => "cancelled",
            NoPurchase::Refunded => "refunded",
            NoPurchase::ZeroAmount => "zero_amount",
            NoPurchase::NegativeAmount => "negative_amount",
            NoPurchase::InFuture => "in_future",
        }
    }
}

/// Whether an order counts as a purchase.
pub fn verdict(status: OrderStatus, amount: Amount, in_future: bool) -> Result<(), NoPurchase> {
    match (status, amount.0) {
        (OrderStatus::Cancelled, _) => Err(NoPurchase::Cancelled),
        (OrderStatus::Refunded, _) => Err(NoPurchase::Refunded),
        (OrderStatus::Completed, i64::MIN..0) => Err(NoPurchase::NegativeAmount),
        (OrderStatus::Completed, 0) => Err(NoPurchase::ZeroAmount),
        (OrderStatus::Completed, _) if in_future => Err(NoPurchase::InFuture),
        (OrderStatus::Completed, _) => Ok(()),
    }
}

/// An amount in the company's currency, rounded half away from zero to a ten-thousandth; nothing when it is too large to be
/// money.
pub fn convert(amount: Amount, rate: f64) -> Option<Amount> {
    if rate == 1.0 {
        return (amount.0.unsigned_abs() <= LARGEST.unsigned_abs()).then_some(amount);
    }
    let converted = (amount.0 as f64 * rate).round();
    (converted.abs() <= LARGEST as f64).then_some(Amount(converted as i64))
}

/// What a person's purchases add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purchases {
    /// How many there are.
    pub count: u64,
    /// How many of them have a value in the company's currency.
    pub priced: u64,
    revenue: i128,
    /// The days of the first and the last one.
    pub span: Option<(i32, i32)>,
}

impl Purchases {
    /// Adds one purchase on a UTC day, with its value in the company's currency.
    pub fn add(&mut self, day: i32, value: Option<Amount>) {
        self.count += 1;
        if let Some(value) = value {
            self.priced += 1;
            self.revenue += i128::from(value.0);
        }
        let (first, last) = self.span.unwrap_or((day, day));
        self.span = Some((first.min(day), last.max(day)));
    }

    /// Adds somebody else's purchases.
    pub fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.priced += other.priced;
        self.revenue += other.revenue;
        let spans = self.span.into_iter().chain(other.span);
        self.span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    }

    /// What was paid in all, as far as it is known in the company's currency.
    pub fn revenue(&self) -> Amount {
        clamped(self.revenue)
    }

    /// The mean value of the priced purchases, rounded half up to a ten-thousandth; nothing when there are none.
    pub fn average(&self) -> Option<Amount> {
        let priced = i128::from(self.priced);
        // Purchases are above zero, so their sum is too.
        (priced > 0).then(|| clamped((2 * self.revenue + priced) / (2 * priced)))
    }
}

fn clamped(sum: i128) -> Amount {
    Amount(sum.clamp(-i128::from(LARGEST), i128::from(LARGEST)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_paid_completed_order_of_the_past_is_a_purchase() {
        use OrderStatus::*;
        assert_eq!(verdict(Completed, Amount(1), false), Ok(()));
        assert_eq!(verdict(Completed, Amount(1), true), Err(NoPurchase::InFuture));
        assert_eq!(verdict(Completed, Amount(0), false), Err(NoPurchase::ZeroAmount));
        assert_eq!(verdict(Completed, Amount(-5), true), Err(NoPurchase::NegativeAmount));
        assert_eq!(verdict(Refunded, Amount(5), false), Err(NoPurchase::Refunded));
        assert_eq!(verdict(Cancelled, Amount(0), false), Err(NoPurchase::Cancelled));
    }

    #[test]
    fn a_purchase_without_a_rate_counts_and_leaves_the_money_alone() {
        let mut purchases = Purchases::default();
        purchases.add(20, Some(Amount(10_000)));
        purchases.add(10, None);
        purchases.add(15, Some(Amount(20_001)));
        assert_eq!(
            (purchases.count, purchases.priced, purchases.span),
            (3, 2, Some((10, 20)))
        );
        assert_eq!(purchases.revenue(), Amount(30_001));
        assert_eq!(purchases.average(), Some(Amount(15_001)));
        assert_eq!(Purchases::default().average(), None);
    }

    #[test]
    fn a_sum_beyond_what_a_table_holds_stays_at_its_end() {
        let mut purchases = Purchases::default();
        (0..20).for_each(|day| purchases.add(day, Some(Amount(LARGEST))));
        assert_eq!(purchases.revenue(), Amount(LARGEST));
        assert_eq!(convert(Amount(LARGEST), 1.1), None);
        assert_eq!(convert(Amount(i64::MIN), 1.0), None);
        assert_eq!(convert(Amount(-15_000), 0.5), Some(Amount(-7_500)));
    }
}
