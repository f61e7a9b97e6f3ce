//! From which past days the candidates predict, and how far. It owns the calendar of the back-test and looks at no customer.

use super::settings::PredictConfig;

/// The shortest horizon that says anything.
const SHORTEST: u32 = 7;

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
    /// Plans for orders from `first` to `today`; nothing when that is too short to learn from. What is known on the earliest day is
    /// at least one horizon: customers look different when they are younger than what is asked about them.
    pub fn new(first: i32, today: i32, config: &PredictConfig) -> Option<Self> {
        let history = today.abs_diff(first);
        let horizon = config.horizon_days.min(history / 3);
        if horizon < SHORTEST || config.origins == 0 {
            return None;
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
        Some(Self { horizon, step, days })
    }

    /// By how much the windows of neighbouring origins overlap: each brings only 1 / overlap of new evidence.
    pub fn overlap(&self) -> f64 {
        f64::from(self.horizon) / f64::from(self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(history: i32, horizon_days: u32) -> Option<Origins> {
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
        assert_eq!(origins(273, 273).map(|origins| origins.horizon), Some(91));
        assert_eq!(origins(20, 90), None);
    }
}
