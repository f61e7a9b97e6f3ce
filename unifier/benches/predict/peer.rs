//! The Python package `lifetimes` on the same customers in the same run. Its figures come as lines `name value`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use unifier::predict::History;
use unifier::predict::snapshot::Snapshot;

use super::customers::{CDNOW_AHEAD, CDNOW_TODAY, TODAY};

/// The variable with the Python interpreter that has `lifetimes`.
const PYTHON: &str = "FIRSTHAND_LIFETIMES_PYTHON";

/// What the peer measured; nothing where there is none.
#[derive(Default)]
pub struct Peer {
    figures: BTreeMap<String, f64>,
}

impl Peer {
    /// Hands both customer bases to the peer as summaries in weeks, and reads its figures.
    pub fn run(cdnow: &[History], synthetic: &[History]) -> Self {
        let Some(python) = std::env::var_os(PYTHON) else {
            return Self::default();
        };
        let folder = std::env::temp_dir().join(format!("firsthand-bench-{}", std::process::id()));
        let run = || -> std::io::Result<String> {
            std::fs::create_dir_all(&folder)?;
            let sample = folder.join("cdnow.csv");
            std::fs::write(&sample, summaries(cdnow, CDNOW_TODAY, CDNOW_AHEAD))?;
            let base = folder.join("synthetic.csv");
            std::fs::write(&base, summaries(synthetic, TODAY, 1))?;
            let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/predict/lifetimes_peer.py");
            let output = Command::new(python)
                .arg(script)
                .args([&sample, &base])
                .stderr(Stdio::inherit())
                .output()?;
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let told = run();
        let _ = std::fs::remove_dir_all(&folder);
        let figure = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        match told {
            Ok(told) => Self {
                figures: told.lines().filter_map(figure).collect(),
            },
            Err(error) => {
                println!("the peer could not be run: {error}");
                Self::default()
            }
        }
    }

    /// A figure by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.figures.get(name).copied()
    }
}

/// x, t_x and T in weeks, paid repeat orders and their mean, and the orders and money that came after.
fn summaries(histories: &[History], today: i32, ahead: u32) -> String {
    let snapshot = Snapshot::new(histories, today, ahead);
    let mut text = "frequency,recency,T,paid,mean,orders,paid_after,spend_after\n".to_owned();
    for (c, after) in snapshot.customers.iter().zip(&snapshot.after) {
        let paid = c.paid_orders - u32::from(c.first_value.is_some());
        let mean = (c.spend - c.first_value.unwrap_or(0.0)) / f64::from(paid.max(1));
        let (recency, age) = (f64::from(c.last) / 7.0, f64::from(c.age) / 7.0);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{},{recency},{age},{paid},{mean},{},{},{}",
            c.repeats, after.orders, after.paid_orders, after.spend
        );
    }
    text
}
