//! The Python package `lifetimes` on the same customers in the same run. Its figures come as lines `name value`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use unifier::predict::History;
use unifier::predict::snapshot::Snapshot;

use super::customers::{CDNOW_AHEAD, CDNOW_TODAY, TODAY};
use super::goldens::REFERENCES;

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
            let (sample, base) = (folder.join("cdnow.csv"), folder.join("synthetic.csv"));
            write(&sample, cdnow, CDNOW_TODAY, CDNOW_AHEAD)?;
            write(&base, synthetic, TODAY, 1)?;
            for reference in &REFERENCES {
                std::fs::write(folder.join(format!("{}.golden.csv", reference.model)), reference.csv)?;
            }
            let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/predict/lifetimes_peer.py");
            let output = Command::new(python)
                .arg(script)
                .args([&sample, &base, &folder])
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

/// Writes x, t_x and T in weeks, paid repeat orders and their mean, and the orders and money that came after.
fn write(path: &Path, histories: &[History], today: i32, ahead: u32) -> std::io::Result<()> {
    let snapshot = Snapshot::new(histories, today, ahead);
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "frequency,recency,T,paid,mean,orders,paid_after,spend_after")?;
    for (c, after) in snapshot.customers.iter().zip(&snapshot.after) {
        let paid = c.paid_orders - u32::from(c.first_value.is_some());
        let mean = (c.spend - c.first_value.unwrap_or(0.0)) / f64::from(paid.max(1));
        let (recency, age) = (f64::from(c.last) / 7.0, f64::from(c.age) / 7.0);
        writeln!(
            file,
            "{},{recency},{age},{paid},{mean},{},{},{}",
            c.repeats, after.orders, after.paid_orders, after.spend
        )?;
    }
    file.flush()
}
