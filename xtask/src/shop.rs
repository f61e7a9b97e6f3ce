//! `cargo xtask shop`: the README's main job, a night over the example company in `examples/shop`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup;
use crate::workspace::{self, Workspace, say};

/// The night after the recorded day.
const NOW: &str = "2026-11-20T03:00:00Z";
/// The day the exports were made.
const EXPORTED_ON: &str = "2026-11-19";

/// Exports the unifier knows by their headers.
const VENDORS: [&str; 6] = [
    "shopify-customers.csv",
    "shopify-orders.csv",
    "hubspot-contacts.csv",
    "subscribed_members_export.csv",
    "unsubscribed_members_export.csv",
    "odoo-partners.csv",
];
/// Exports with a mapping file beside them.
const MAPPED: [&str; 3] = ["till-cards", "till-receipts", "panel-households"];

/// Builds the unifier in release mode, makes a store, and runs a night in it.
pub fn run(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, setup::Scope::Night)?;
    say("shop: building the unifier (the first time takes some minutes)");
    workspace::run(&mut workspace.cargo(&["build", "--release", "--package", "unifier"]))?;
    let shop = Shop::new(workspace)?;
    shop.fill()?;
    shop.unifier(&["run", "--now", NOW])?;
    shop.say_what_next(&workspace.root);
    Ok(())
}

/// The example's store and the program that works on it.
struct Shop {
    program: PathBuf,
    example: PathBuf,
    store: PathBuf,
}

impl Shop {
    /// A new store with the example's configuration and its day of web events; what an earlier night left is removed.
    fn new(workspace: &Workspace) -> Result<Self> {
        let shop = Self {
            program: workspace.target.join("release/unifier"),
            example: workspace.root.join("examples/shop"),
            store: workspace.target.join("shop"),
        };
        if shop.store.exists() {
            fs::remove_dir_all(&shop.store).with_context(|| format!("cannot remove {}", shop.store.display()))?;
        }
        workspace::run(Command::new(&shop.program).arg("init").arg(&shop.store))?;
        copy(&shop.example.join("unifier.toml"), &shop.store.join("unifier.toml"))?;
        copy_folder(&shop.example.join("web"), &shop.store.join("web"))?;
        Ok(shop)
    }

    /// Imports every export and pulls the recorded day.
    fn fill(&self) -> Result<()> {
        let exports = self.example.join("exports");
        let vendors = VENDORS.map(|file| exports.join(file));
        let import = || {
            let mut command = self.command();
            command.args(["import", "--as-of", EXPORTED_ON]);
            command
        };
        workspace::run(import().args(vendors))?;
        for name in MAPPED {
            let (file, map) = (
                exports.join(format!("{name}.csv")),
                exports.join(format!("{name}.map.toml")),
            );
            workspace::run(import().arg(file).arg("--map").arg(map))?;
        }
        self.unifier(&["pull"])
    }

    fn unifier(&self, arguments: &[&str]) -> Result<()> {
        workspace::run(self.command().args(arguments))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-C").arg(&self.store);
        command
    }

    fn say_what_next(&self, root: &Path) {
        let short = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
        let unifier = format!("{} -C {}", short(&self.program), short(&self.store));
        say(&format!(
            "\nshop: the store is {}, its tables are under tables/",
            short(&self.store)
        ));
        say(&format!("shop: open the web UI       {unifier} serve"));
        say(&format!(
            "shop: look somebody up      {unifier} people find \"Zoë Lüthi\""
        ));
        say("shop: who these people are  examples/shop/README.md");
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
