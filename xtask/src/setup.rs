//! `cargo xtask setup`: what builds and tests need, installed when it is not there. One line says what each step does.

mod npm;
mod python;
mod rust;
pub(crate) mod system;

use anyhow::Result;
use clap::ValueEnum;

use crate::workspace::{Workspace, say};

/// What a machine is set up for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// A release build of the unifier: no wasm, no Node.js, no browser.
    Night,
    /// All builds and all tests.
    Tests,
}

/// Sets the machine up. Fast when all is there.
pub fn run(workspace: &Workspace, scope: Scope) -> Result<()> {
    system::c_compiler(workspace)?;
    if scope == Scope::Night {
        return Ok(());
    }
    rust::wasm_target(workspace)?;
    rust::library_source(workspace)?;
    npm::packages(workspace)?;
    system::chromium(workspace)?;
    system::chromedriver(workspace)?;
    python::s3_server(workspace)?;
    python::taps(workspace)?;
    rust::wasm_bindgen(workspace)
}

/// Says that a thing is there.
fn there(what: &str) {
    say(&format!("setup: {what}: there"));
}

/// Says that a thing is being installed.
fn installing(what: &str, why: &str) {
    say(&format!("setup: {what}: installing ({why})"));
}
