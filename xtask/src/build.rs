//! `cargo xtask build`: the two wasm programs, small and ready to deploy.

pub mod collector;
pub mod edge;

use anyhow::Result;
use clap::ValueEnum;

use crate::workspace::Workspace;

/// What to build.
#[derive(Clone, Copy, ValueEnum)]
pub enum Program {
    /// The page's snippet, into `dist/collector`.
    Collector,
    /// The worker, into `dist/edge`. Needs the collector's files, which it serves.
    Edge,
    /// A worker that tests can make fail, into the build directory.
    EdgeFaults,
}

/// Builds one program.
pub fn run(workspace: &Workspace, program: Program) -> Result<()> {
    match program {
        Program::Collector => collector::run(workspace),
        Program::Edge => edge::run(workspace, edge::Variant::Deployed),
        Program::EdgeFaults => edge::run(workspace, edge::Variant::WithFaults),
    }
}
