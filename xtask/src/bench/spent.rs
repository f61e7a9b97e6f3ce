//! What a program costs: CPU seconds, wall time, and the most memory it held.

use std::fs;
use std::ops::AddAssign;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a running program's memory is looked at. The system keeps the peak, so what is missed is only what a program adds in
/// its last moment.
const LOOK: Duration = Duration::from_millis(5);
/// Linux counts CPU time in ticks of 10 ms.
const TICKS_A_SECOND: f64 = 100.0;

/// What was spent. The memory of programs that follow each other is that of the greediest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// Seconds of CPU, user's and system's, of all threads.
    pub cpu: f64,
    /// Seconds that passed.
    pub wall: f64,
    /// Peak resident memory in MiB.
    pub peak: f64,
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.wall += other.wall;
        self.peak = self.peak.max(other.peak);
    }
}

/// Runs a program to its end, its results and messages dropped, and tells what it took. CPU and memory come from Linux' accounts and
/// are 0 elsewhere.
pub fn run(command: &mut Command) -> Result<Spent> {
    let (before, begun) = (cpu_of_children(), Instant::now());
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{name}`"))?;
    let mut peak: f64 = 0.0;
    let status = loop {
        peak = peak.max(peak_of(child.id()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        sleep(LOOK);
    };
    if !status.success() {
        bail!("`{name}` failed with {status}: run it by hand to see why: {command:?}");
    }
    Ok(Spent {
        cpu: cpu_of_children() - before,
        wall: begun.elapsed().as_secs_f64(),
        peak,
    })
}

/// CPU seconds of the children that have ended.
fn cpu_of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 16 and 17, counted from behind the program's name, which may hold spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(13).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_A_SECOND
}

fn peak_of(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.map_or(0.0, |kilobytes| kilobytes / 1024.0)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_counts_takes_cpu_and_memory() {
        let spent = run(Command::new("sh").args(["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"])).unwrap();
        assert!(spent.cpu > 0.0 && spent.wall >= 0.0 && spent.peak > 0.0, "{spent:?}");
    }

    #[test]
    fn a_program_that_fails_is_an_error_that_names_it() {
        let told = format!("{:#}", run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err());
        assert!(told.contains("`sh` failed"), "{told}");
    }
}
