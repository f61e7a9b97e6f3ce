//! What people did on the web, by day and event: the days of all of a person's web identities together.

use event_schema::Timestamp;
use rayon::prelude::*;

use super::grouped::{Grouped, Roster};
use crate::record::DailyActivity;

/// What one person did on one UTC day under one event name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonDay<'a> {
    /// The place of the person.
    pub person: usize,
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
    /// The event's name.
    pub event: &'a str,
    /// How many times.
    pub count: u64,
    /// The first and the last of them.
    pub span: (Timestamp, Timestamp),
}

/// What a person did on the web in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebTotals {
    /// Events.
    pub events: u64,
    /// Days with at least one event.
    pub days: u64,
    /// The first and the last event.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// Everybody's days on the web.
#[derive(Debug)]
pub struct Activity<'a> {
    days: Grouped<PersonDay<'a>>,
}

impl<'a> Activity<'a> {
    /// Merges the days of each person's web identities. Those of records that belong to nobody are left out.
    pub fn new(activity: &'a [DailyActivity], roster: &Roster) -> Self {
        let of_person = |daily: &'a DailyActivity| {
            Some(PersonDay {
                person: roster.place(daily.record)?,
                day: daily.day,
                event: &daily.event,
                count: daily.count,
                span: daily.span,
            })
        };
        let mut days: Vec<PersonDay<'a>> = activity.par_iter().filter_map(of_person).collect();
        days.par_sort_unstable_by_key(|day| (day.person, day.day, day.event));
        days.dedup_by(|day, kept| {
            let same = (day.person, day.day, day.event) == (kept.person, kept.day, kept.event);
            if same {
                kept.count += day.count;
                kept.span = joined(kept.span, day.span);
            }
            same
        });
        Self {
            days: Grouped::new(roster.people(), days, |day| Some(day.person)),
        }
    }

    /// The days by person, in the order of day and event.
    pub fn days(&self) -> &Grouped<PersonDay<'a>> {
        &self.days
    }

    /// What the person at `place` did in all.
    pub fn totals(&self, place: usize) -> WebTotals {
        let days = self.days.of(place);
        WebTotals {
            events: days.iter().map(|day| day.count).sum(),
            days: days.chunk_by(|a, b| a.day == b.day).count() as u64,
            span: days.iter().map(|day| day.span).reduce(joined),
        }
    }
}

fn joined(one: (Timestamp, Timestamp), other: (Timestamp, Timestamp)) -> (Timestamp, Timestamp) {
    (one.0.min(other.0), one.1.max(other.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Record, RecordId};

    fn daily(key: &str, day: i32, event: &str, count: u64, span: (i64, i64)) -> DailyActivity {
        DailyActivity {
            record: RecordId::new("web", key),
            day,
            event: event.to_owned(),
            count,
            span: (Timestamp::from_millis(span.0), Timestamp::from_millis(span.1)),
        }
    }

    #[test]
    fn two_devices_of_one_person_are_one_day() {
        let record = |key| Record {
            id: RecordId::new("web", key),
            source: "web".into(),
            key: key.into(),
            first_seen: None,
            identifiers: Vec::new(),
            observations: Vec::new(),
            enrichment: false,
        };
        let records = [record("phone"), record("laptop")];
        let roster = Roster::new(&records, &[(records[0].id, vec![0, 1])]);
        let facts = [
            daily("phone", 1, "Page Viewed", 2, (50, 60)),
            daily("laptop", 1, "Page Viewed", 3, (10, 55)),
            daily("laptop", 1, "Cart Viewed", 1, (20, 20)),
            daily("laptop", 2, "Page Viewed", 1, (99, 99)),
            daily("stranger", 2, "Page Viewed", 9, (99, 99)),
        ];
        let activity = Activity::new(&facts, &roster);
        let rows: Vec<_> = activity
            .days()
            .of(0)
            .iter()
            .map(|day| (day.day, day.event, day.count))
            .collect();
        assert_eq!(
            rows,
            [(1, "Cart Viewed", 1), (1, "Page Viewed", 5), (2, "Page Viewed", 1)]
        );
        let totals = activity.totals(0);
        let span = (Timestamp::from_millis(10), Timestamp::from_millis(99));
        assert_eq!(
            totals,
            WebTotals {
                events: 7,
                days: 2,
                span: Some(span)
            }
        );
    }
}
