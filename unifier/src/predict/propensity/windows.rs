//! From which past days chances are tried, and whether there is enough to learn from. It owns the gates and says in words which of them
//! is closed.

use serde::{Deserialize, Serialize};

use super::super::PredictConfig;
use super::super::note::iso_date;
use super::settings::Target;
use super::timeline::Timelines;

/// Why there is no chance for an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Refused {
    /// It never happened.
    #[error(
        "nobody has ever done this: an event's name is written just as the page sends it, and an order is \"order\""
    )]
    Never,
    /// Chances are not to be tried.
    #[error("predict.origins is 0, and a chance that was never tried on a past day is not given")]
    NotAsked,
    /// The event has not been seen for long enough.
    #[error(
        "{days} of the {needed} days that are needed have passed since it was first seen: what is known before, what happened \
         after, and the same once more to try it; it will do from {}", iso_date(*possible_from)
    )]
    ShortHistory {
        /// From the first time to today.
        days: u32,
        /// Days needed.
        needed: u32,
        /// The day from which it will do, in days since 1970-01-01.
        possible_from: i32,
    },
    /// Too few people of one kind to learn from.
    #[error(
        "in the {horizon} days after {} {did} people did it and {not} did not: at least {needed} of each are needed to learn from",
        iso_date(*day)
    )]
    FewOutcomes {
        /// The day before the window.
        day: i32,
        /// The window's length.
        horizon: u32,
        /// People who did it, of those known by then.
        did: usize,
        /// People who did not.
        not: usize,
        /// How many are needed.
        needed: usize,
    },
}

/// The days chances are tried from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// Days looked ahead.
    pub horizon: u32,
    /// Days between two of them, at most one horizon.
    pub step: u32,
    /// Days since 1970-01-01, the latest first.
    pub days: Vec<i32>,
}

impl Windows {
    /// Horizons that a trial spans: what was known, what it was fitted to, and what it is judged by.
    const HORIZONS: u32 = 3;

    /// Plans for a target as of `today`.
    ///
    /// # Errors
    /// [`Refused`] when the event is unknown, its history too short, or nothing is to be tried.
    pub fn new(timelines: &Timelines, target: &Target, today: i32, config: &PredictConfig) -> Result<Self, Refused> {
        let meant = timelines.meant_by(&target.event);
        let of_person = timelines.people.iter().filter_map(|timeline| {
            let mut deeds = timeline.until(today).iter();
            deeds.find(|deed| meant.get(deed.kind as usize).copied().unwrap_or(false))
        });
        let first = of_person.map(|deed| deed.day).min().ok_or(Refused::Never)?;
        if config.origins == 0 {
            return Err(Refused::NotAsked);
        }
        let (horizon, history) = (target.horizon_days, today.abs_diff(first));
        let needed = horizon.saturating_mul(config.history_horizons.max(Self::HORIZONS));
        if history < needed {
            return Err(Refused::ShortHistory {
                days: history,
                needed,
                possible_from: today.saturating_add_unsigned(needed - history),
            });
        }
        let room = history - Self::HORIZONS * horizon;
        let step = match config.origins {
            1 => horizon,
            several => (room / (several - 1)).clamp(horizon.div_ceil(3), horizon),
        };
        let ago = (0..config.origins).map(|i| i * step).take_while(|more| *more <= room);
        let days = ago.map(|more| today.saturating_sub_unsigned(horizon + more));
        Ok(Self {
            horizon,
            step,
            days: days.collect(),
        })
    }

    /// By how much neighbouring windows overlap: each brings only 1 / overlap of new evidence.
    pub fn overlap(&self) -> f64 {
        f64::from(self.horizon) / f64::from(self.step)
    }

    /// Whether as many did it, and did not, in the window after `day` as are needed to learn from.
    ///
    /// # Errors
    /// [`Refused::FewOutcomes`] when not.
    pub fn enough(&self, day: i32, (did, not): (usize, usize), config: &PredictConfig) -> Result<(), Refused> {
        let needed = config.minimum_outcomes.max(1);
        if did.min(not) >= needed {
            return Ok(());
        }
        Err(Refused::FewOutcomes {
            day,
            horizon: self.horizon,
            did,
            not,
            needed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::timeline::{Deed, Kind, Timeline};
    use super::*;

    fn windows(first: i32, today: i32, origins: u32) -> Result<Windows, Refused> {
        let deed = Deed {
            day: first,
            kind: 0,
            count: 1,
        };
        let timelines = Timelines {
            kinds: vec![Kind::Event("Cart Viewed".to_owned())],
            people: vec![Timeline::new(vec![deed], Vec::new())],
        };
        let target = Target {
            event: "Cart Viewed".to_owned(),
            horizon_days: 30,
        };
        let config = PredictConfig {
            origins,
            ..PredictConfig::default()
        };
        Windows::new(&timelines, &target, today, &config)
    }

    #[test]
    fn a_long_history_is_cut_into_windows_that_do_not_overlap() {
        let windows = windows(0, 400, 3).unwrap();
        assert_eq!((windows.days, windows.step), (vec![370, 340, 310], 30));
    }

    #[test]
    fn three_horizons_are_just_enough_for_one_day() {
        assert_eq!(windows(0, 90, 3).unwrap().days, [60]);
        let refused = windows(0, 89, 3).unwrap_err();
        assert!(refused.to_string().ends_with("it will do from 1970-04-01"), "{refused}");
    }

    #[test]
    fn what_never_happened_or_is_not_to_be_tried_is_refused() {
        assert_eq!(windows(200, 100, 3), Err(Refused::Never));
        assert_eq!(windows(0, 400, 0), Err(Refused::NotAsked));
    }
}
