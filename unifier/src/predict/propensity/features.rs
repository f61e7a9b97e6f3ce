//! What is known of a person on a day, as numbers: when they were last here, how long they have been known, how often they did what,
//! and what they spent. Every number is ln(1 + x) of a count, a number of days or an amount.
//!
//! Nothing after the day enters. Which kinds of deeds get a column is learnt on the day that is trained on, and used unchanged later.

use rayon::prelude::*;

use super::matrix::{Examples, Matrix};
use super::timeline::{Kind, Timeline, Timelines};

/// Kinds of deeds that get columns of their own at most: those that most people have done.
const KINDS: usize = 16;

/// What a column counts. Columns of one fact are explained together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Days since anything was done.
    Silence,
    /// Days since the first thing was done.
    Tenure,
    /// Days with a deed.
    ActiveDays,
    /// Days since the event was done; as long as the tenure when never.
    EventSilence,
    /// Times the event was done.
    Event,
    /// What purchases were worth, in the base currency.
    Spend,
    /// Times a kind was done, by its index among all kinds.
    Kind(u32),
}

/// Over what time a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Up to the day.
    Ever,
    /// The last so many days.
    Last(u32),
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What it counts.
    pub fact: Fact,
    /// Over what time.
    pub span: Span,
}

/// The columns for one event and horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// In their order.
    pub columns: Vec<Column>,
    /// By kind, whether it is the event.
    meant: Vec<bool>,
    /// By kind, the first of its two columns.
    of_kind: Vec<Option<usize>>,
    horizon: u32,
}

impl Features {
    /// The place of [`Fact::Silence`].
    pub const SILENCE: usize = 0;
    /// The place of [`Fact::EventSilence`].
    pub const EVENT_SILENCE: usize = 5;
    /// The place of [`Fact::Event`] up to the day.
    pub const EVENTS: usize = 6;

    /// The columns for what people had done by `day`.
    pub fn learn(timelines: &Timelines, event: &str, day: i32, horizon: u32) -> Self {
        let recent = Span::Last(horizon);
        let column = |fact, span| Column { fact, span };
        let mut columns = vec![
            column(Fact::Silence, Span::Ever),
            column(Fact::Tenure, Span::Ever),
            column(Fact::ActiveDays, Span::Ever),
            column(Fact::ActiveDays, recent),
            column(Fact::ActiveDays, Span::Last(quarter(horizon))),
            column(Fact::EventSilence, Span::Ever),
            column(Fact::Event, Span::Ever),
            column(Fact::Event, recent),
            column(Fact::Spend, Span::Ever),
            column(Fact::Spend, recent),
        ];
        let mut of_kind = vec![None; timelines.kinds.len()];
        for kind in most_common(timelines, day) {
            of_kind[kind] = Some(columns.len());
            let fact = Fact::Kind(kind as u32);
            columns.extend([column(fact, Span::Ever), column(fact, recent)]);
        }
        Self {
            columns,
            meant: timelines.meant_by(event),
            of_kind,
            horizon,
        }
    }

    /// Everybody who had done anything by `day`, in the order of people, with what they did in the horizon after it.
    pub fn examples(&self, timelines: &Timelines, day: i32) -> Examples {
        let until = day.saturating_add_unsigned(self.horizon);
        let known = |timeline: &&Timeline| !timeline.until(day).is_empty();
        let did = |timeline: &Timeline| {
            let mut deeds = timeline.between(day, until).iter();
            deeds.any(|deed| self.is_meant(deed.kind))
        };
        let people: Vec<&Timeline> = timelines.people.par_iter().filter(known).collect();
        let rows = people.par_iter().flat_map_iter(|timeline| self.row(timeline, day));
        Examples {
            known: Matrix::new(self.columns.len(), rows.collect()),
            did: people.par_iter().map(|timeline| did(timeline)).collect(),
        }
    }

    fn is_meant(&self, kind: u32) -> bool {
        self.meant.get(kind as usize).copied().unwrap_or(false)
    }

    /// What is known on `day` of somebody who had done something by then.
    fn row(&self, timeline: &Timeline, day: i32) -> Vec<f32> {
        let deeds = timeline.until(day);
        let [recent, latest] = [self.horizon, quarter(self.horizon)].map(|days| day.saturating_sub_unsigned(days));
        let since = |past: i32| f64::from(day.abs_diff(past));
        let tenure = deeds.first().map_or(0.0, |deed| since(deed.day));
        let mut row = vec![0.0; self.columns.len()];
        row[Self::SILENCE] = deeds.last().map_or(0.0, |deed| since(deed.day));
        row[1] = tenure;
        row[Self::EVENT_SILENCE] = tenure;
        for of_day in deeds.chunk_by(|a, b| a.day == b.day) {
            row[2] += 1.0;
            row[3] += f64::from(of_day[0].day > recent);
            row[4] += f64::from(of_day[0].day > latest);
        }
        for deed in deeds {
            let (times, now) = (f64::from(deed.count), f64::from(deed.day > recent));
            if self.is_meant(deed.kind) {
                row[Self::EVENT_SILENCE] = since(deed.day);
                row[Self::EVENTS] += times;
                row[Self::EVENTS + 1] += times * now;
            }
            if let Some(at) = self.of_kind.get(deed.kind as usize).copied().flatten() {
                row[at] += times;
                row[at + 1] += times * now;
            }
        }
        for purchase in timeline.purchases_until(day) {
            let value = purchase.value.unwrap_or(0.0).max(0.0);
            row[8] += value;
            row[9] += value * f64::from(purchase.day > recent);
        }
        row.into_iter().map(|value| value.ln_1p() as f32).collect()
    }
}

/// A shorter look at the recent past.
fn quarter(horizon: u32) -> u32 {
    horizon.div_ceil(4)
}

/// The kinds that most people had done by `day`, the most common first.
fn most_common(timelines: &Timelines, day: i32) -> Vec<usize> {
    let kinds = timelines.kinds.len();
    let count = |mut people: Vec<u32>, timeline: &Timeline| {
        let mut done: Vec<u32> = timeline.until(day).iter().map(|deed| deed.kind).collect();
        done.sort_unstable();
        done.dedup();
        let known = done.into_iter().filter(|kind| (*kind as usize) < kinds);
        known.for_each(|kind| people[kind as usize] += 1);
        people
    };
    let add = |mut a: Vec<u32>, b: Vec<u32>| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        a
    };
    let none = || vec![0; kinds];
    let people = timelines.people.par_iter().fold(none, count).reduce(none, add);
    let mut order: Vec<usize> = (0..kinds).filter(|&kind| people[kind] > 0).collect();
    order.sort_by(|&a, &b| people[b].cmp(&people[a]).then(a.cmp(&b)));
    order.truncate(KINDS);
    order
}

impl Column {
    /// What a value of this column is before its logarithm is taken, to the nearest whole.
    pub fn whole(value: f32) -> u32 {
        f64::from(value).exp_m1().round().clamp(0.0, f64::from(u32::MAX)) as u32
    }

    /// The column's fact in words, as `"Cart Viewed" 3 times in the last 30 days`.
    pub fn words(&self, value: u32, event: &str, kinds: &[Kind]) -> String {
        let days = if value == 1 { "day" } else { "days" };
        let times = if value == 1 { "time" } else { "times" };
        let span = match self.span {
            Span::Ever => "in all".to_owned(),
            Span::Last(days) => format!("in the last {days} days"),
        };
        match self.fact {
            Fact::Silence => format!("last seen {value} {days} ago"),
            Fact::Tenure => format!("first seen {value} {days} ago"),
            Fact::ActiveDays => format!("active on {value} {days} {span}"),
            Fact::EventSilence => format!("no {event:?} for {value} {days}"),
            Fact::Event => format!("{event:?} {value} {times} {span}"),
            Fact::Spend => format!("spent {value} {span}"),
            Fact::Kind(kind) => match kinds.get(kind as usize) {
                Some(Kind::Event(name)) => format!("{name:?} {value} {times} {span}"),
                Some(Kind::Order(channel)) => format!("ordered {value} {times} {span} ({channel})"),
                None => format!("something {value} {times} {span}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Purchase;
    use super::super::timeline::Deed;
    use super::*;

    fn timelines() -> Timelines {
        let deed = |day, kind, count| Deed { day, kind, count };
        let deeds = vec![deed(10, 0, 4), deed(70, 1, 2), deed(95, 0, 1), deed(101, 1, 1)];
        let purchases = [(70, 20.0), (101, 500.0)].map(|(day, value)| Purchase {
            day,
            value: Some(value),
        });
        Timelines {
            kinds: vec![Kind::Event("Page Viewed".to_owned()), Kind::Order("web".to_owned())],
            people: vec![
                Timeline::new(deeds, purchases.to_vec()),
                Timeline::new(vec![deed(101, 0, 1)], Vec::new()),
            ],
        }
    }

    #[test]
    fn a_row_holds_what_was_known_on_the_day_and_nothing_later() {
        let timelines = timelines();
        let features = Features::learn(&timelines, "order", 100, 30);
        let examples = features.examples(&timelines, 100);
        assert_eq!(examples.did, [true]);
        let row: Vec<u32> = examples
            .known
            .row(0)
            .iter()
            .map(|value| Column::whole(*value))
            .collect();
        // Silence, tenure, active days (ever, last 30, last 8), order silence, orders, spend, page views, orders by web.
        assert_eq!(row, [5, 90, 3, 1, 1, 30, 2, 0, 20, 0, 5, 1, 2, 0]);
    }

    #[test]
    fn only_what_had_been_done_by_the_day_gets_columns() {
        let features = Features::learn(&timelines(), "order", 69, 30);
        let kinds = features
            .columns
            .iter()
            .filter(|column| matches!(column.fact, Fact::Kind(_)));
        assert_eq!(kinds.map(|column| column.fact).collect::<Vec<_>>(), [Fact::Kind(0); 2]);
    }

    #[test]
    fn who_never_did_it_has_not_done_it_since_they_are_known() {
        let timelines = timelines();
        let features = Features::learn(&timelines, "Cart Viewed", 100, 30);
        let examples = features.examples(&timelines, 100);
        let row = examples.known.row(0);
        let whole = |at: usize| Column::whole(row[at]);
        assert_eq!((whole(Features::EVENT_SILENCE), whole(Features::EVENTS)), (90, 0));
        assert_eq!(examples.did, [false]);
    }
}
