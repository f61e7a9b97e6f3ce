//! The collector in a browser, beside Plausible's and Segment's npm packages: `tests/browser/bench/main.mjs` measures and prints.

use anyhow::{Result, ensure};

use crate::workspace::{self, Workspace};

/// Prints the table of figures and bars, in Markdown, with so many events for each way out of a page.
pub fn run(workspace: &Workspace, events: u32) -> Result<()> {
    let built = workspace.root.join("dist/collector/manifest.json");
    ensure!(
        built.is_file(),
        "the collector is not built: run `cargo xtask setup` and `cargo xtask build collector` first"
    );
    let mut bench = workspace.command("node");
    bench.arg("tests/browser/bench/main.mjs").arg(events.to_string());
    workspace::run(&mut bench)
}
