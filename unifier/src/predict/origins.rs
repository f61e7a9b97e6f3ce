//! From which past days the candidates predict, and how far. It owns the calendar of the back-test and looks at no customer.

use super::settings::PredictConfig;

/// The shortest horizon that says anything.
const SHORTEST: u32 = 7;

/// Why nothing is tried on past days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untried {
    /// The configuration asks for none.
    #[error("predict.origins is 0 and nothing was tried on past days")]
    NotAsked,
    /// The configured horizon says nothing.
    #[error("the horizon is shorter than {SHORTEST} days, which is too short to try anything on past days")]
    ShortHorizon,
    /// There is too little past.
    #[error("the history is shorter than {} days, which is too short to try anything on past days", 3 * SHORTEST)]
    ShortHistory,
    /// No past day had enough buyers, or enough others.
    #[error("no past period had {needed} buyers and {needed} non-buyers with history before it")]
    FewOutcomes {
        /// Buyers and non-buyers needed within one horizon.
        needed: usize,
    },
}

/// The calendar of one back-test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins {
    /// Days looked ahead: the configured horizon, or a third of the history where that is shorter.
    pub horizon: u32,
    /// Days between two origins: one horizon, or less where three origins would not fit otherwise.
    pub step: u32,
    /// Days since 1970-01-01, the latest first. What follows each is known in full.
    pub days: Vec<i32>,
}

impl Origins {
    /// Plans for orders from `first` to `today`. What is known on the earliest day is
    /// at least one horizon: customers look different when they are younger than what is asked about them.
    ///
    /// # Errors
    /// [`Untried`] when none is asked for, or the horizon or the history is too short to learn from.
    pub fn new(first: i32, today: i32, config: &PredictConfig) -> Result<Self, Untried> {
        let history = today.abs_diff(first);
        let horizon = config.horizon_days.min(history / 3);
        if config.origins == 0 {
            return Err(Untried::NotAsked);
        }
        if config.horizon_days < SHORTEST {
            return Err(Untried::ShortHorizon);
        }
        if horizon < SHORTEST {
            return Err(Untried::ShortHistory);
        }
        let room = history - 2 * horizon;
        let step = match config.origins {
            1 => horizon,
            several => (room / (several - 1)).clamp(horizon.div_ceil(3), horizon),
        };
        let days = (0..config.origins)
            .map(|i| horizon + i * step)
            .take_while(|ago| ago + horizon <= history)
            .map(|ago| today.saturating_sub_unsigned(ago))
            .collect();
        Ok(Self { horizon, step, days })
    }

    /// By how much the windows of neighbouring origins overlap: each brings only 1 / overlap of new evidence.
    pub fn overlap(&self) -> f64 {
        f64::from(self.horizon) / f64::from(self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(history: i32, horizon_days: u32) -> Result<Origins, Untried> {
        let config = PredictConfig {
            horizon_days,
            ..PredictConfig::default()
        };
        Origins::new(0, history, &config)
    }

    #[test]
    fn a_long_history_is_cut_into_windows_that_do_not_overlap() {
        let origins = origins(1_000, 90).unwrap();
        assert_eq!((origins.horizon, origins.days), (90, vec![910, 820, 730]));
    }

    #[test]
    fn windows_overlap_before_there_are_fewer_than_three() {
        let origins = origins(273, 90).unwrap();
        assert!((origins.overlap() - 90.0 / 46.0).abs() < 1e-15);
        assert_eq!((origins.step, origins.days), (46, vec![183, 137, 91]));
    }

    #[test]
    fn a_horizon_that_is_too_long_is_tried_at_a_third_of_the_history() {
        assert_eq!(origins(273, 273).map(|origins| origins.horizon), Ok(91));
        assert_eq!(origins(20, 90), Err(Untried::ShortHistory));
    }

    #[test]
    fn what_cannot_be_tried_says_why() {
        assert_eq!(origins(1_000, 6), Err(Untried::ShortHorizon));
        let none = PredictConfig {
            origins: 0,
            ..PredictConfig::default()
        };
        assert_eq!(Origins::new(0, 1_000, &none), Err(Untried::NotAsked));
    }
}
