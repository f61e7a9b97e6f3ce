//! Customers to measure with: a synthetic base drawn from BG/NBD × Gamma-Gamma with the published CDNOW parameters, and the CDNOW
//! sample itself.

use unifier::dice::Dice;
use unifier::predict::{History, Purchase};

/// The synthetic base is 730 days old.
pub const TODAY: i32 = 730;
/// The last day of the CDNOW sample's first half, 1997-09-30, in days since 1970-01-01.
pub const CDNOW_TODAY: i32 = 10_134;
/// The length of its second half: 39 weeks.
pub const CDNOW_AHEAD: u32 = 273;

/// The CDNOW sample: everyone who first bought in the first quarter of 1997, with all their orders until 1998-06-30.
pub fn cdnow() -> Vec<History> {
    let lines = include_str!("../../tests/data/predict/cdnow_sample.csv")
        .lines()
        .skip(1);
    let mut histories: Vec<History> = Vec::new();
    let mut last = "";
    for line in lines {
        let mut fields = line.split(',');
        let (Some(id), Some(day), Some(value)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        if id != last {
            histories.push(History::default());
            last = id;
        }
        let (Ok(day), Some(history)) = (day.parse::<jiff::civil::Date>(), histories.last_mut()) else {
            continue;
        };
        let day = (day - jiff::civil::date(1970, 1, 1)).get_days();
        history.purchases.push(Purchase {
            day,
            value: value.parse().ok(),
        });
    }
    histories
}

/// The environment variable with the path of a file of orders.
pub const FILE: &str = "FIRSTHAND_ORDERS";

/// The customers of the file that [`FILE`] names, where it names one; the rows of one customer stand together.
pub fn from_file() -> Option<std::io::Result<Vec<History>>> {
    let path = std::env::var_os(FILE)?;
    let read = |text: String| {
        let mut histories: Vec<History> = Vec::new();
        let mut last = "";
        for line in text.lines().skip(1) {
            let mut fields = line.split(',');
            let (Some(id), Some(Ok(day)), Some(amount)) = (fields.next(), fields.next().map(str::parse), fields.next())
            else {
                continue;
            };
            if id != last {
                histories.push(History::default());
                last = id;
            }
            let value = amount.trim().parse().ok();
            if let Some(history) = histories.last_mut() {
                history.purchases.push(Purchase { day, value });
            }
        }
        histories
    };
    Some(std::fs::read_to_string(path).map(read))
}

/// So many customers, always the same.
pub fn synthetic(customers: usize) -> Vec<History> {
    let mut random = Random(Dice(20_240_601));
    (0..customers).map(|_| customer(&mut random)).collect()
}

fn customer(random: &mut Random) -> History {
    let (r, alpha, a, b, p, q, gamma) = (0.243, 4.414, 0.793, 2.426, 6.25, 3.74, 15.44);
    let rate = random.gamma(r) / alpha / 7.0;
    let (gone, stays) = (random.gamma(a), random.gamma(b));
    let drop_out = gone / (gone + stays);
    let price = random.gamma(q) / gamma;
    let mut day = (random.uniform() * 702.0).floor();
    let mut purchases = Vec::new();
    while day <= f64::from(TODAY) {
        let value = (100.0 * random.gamma(p) / price).round() / 100.0;
        purchases.push(Purchase {
            day: day as i32,
            value: Some(value.max(0.01)),
        });
        if purchases.len() > 1 && random.uniform() < drop_out {
            break;
        }
        day += -random.uniform().ln() / rate.max(1e-300);
    }
    History { purchases }
}

/// Draws from the distributions that the customers come from.
struct Random(Dice);

impl Random {
    /// In (0, 1).
    fn uniform(&mut self) -> f64 {
        (self.0.roll() as f64 + 0.5) / 2f64.powi(64)
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with this shape and rate 1 (Marsaglia and Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}
