//! What an export did, for people and for programs. No personal data.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What an export did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// What was exported: `people`, `identities`, `scores` or `segment:NAME`.
    pub what: String,
    /// The night it was taken from.
    pub night: u32,
    /// The file.
    pub file: PathBuf,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: usize,
    /// Texts of a CSV file that a spreadsheet would have run as formulas, and that now begin with an apostrophe.
    pub formulas: usize,
    /// For a segment's list: the purpose, and who was left out. The other files are internal and leave nobody out.
    pub addressed: Option<Addressed>,
}

/// For whom a segment's list was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressed {
    /// The purpose that everybody on the list agreed to.
    pub purpose: String,
    /// The segment's members.
    pub members: usize,
    /// The members who are not on the list.
    pub withheld: Withheld,
}

/// Why members of a segment are not on its list; each is counted once, under the first reason that holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// It is not sure enough that their records are one person's.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsure: usize,
    /// Nobody may contact them at all.
    pub suppressed: usize,
    /// They refused the purpose.
    pub refused: usize,
    /// They were never asked, which means no.
    pub unknown: usize,
    /// They agreed, and have no address of the kind the purpose needs.
    pub no_address: usize,
}

impl Addressed {
    /// How many of the members are on the list.
    pub fn listed(&self) -> usize {
        self.members.saturating_sub(self.withheld.total())
    }
}

impl Withheld {
    /// All of them.
    pub fn total(&self) -> usize {
        self.unsure + self.suppressed + self.refused + self.unknown + self.no_address
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl fmt::Display for ExportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, night, file) = (&self.what, self.night, self.file.display());
        match &self.addressed {
            None => write!(
                f,
                "{} of {what} (night {night}) in {file}\nan internal file, not a marketing list: it also holds people \
                 who may not be contacted",
                counted(self.rows, "row", "rows")
            )?,
            Some(addressed) => write!(
                f,
                "{} of {what} (night {night}) in {file}\n{addressed}",
                counted(self.rows, "person", "people")
            )?,
        }
        if self.formulas > 0 {
            write!(
                f,
                "\n{} with an apostrophe in front now, so that no spreadsheet runs a formula",
                counted(self.formulas, "text", "texts")
            )?;
        }
        Ok(())
    }
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

impl fmt::Display for Addressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Withheld {
            unsure,
            suppressed,
            refused,
            unknown,
            no_address,
        } = self.withheld;
        if self.members == 0 {
            return f.write_str(
                "the segment had no members that night; one that was added to unifier.toml since is filled by the next run",
            );
        }
        let left_out = self.withheld.total();
        let unsure = if unsure > 0 {
            format!("{unsure} unsure who they are, ")
        } else {
            String::new()
        };
        write!(
            f,
            "agreed to {}; left out of {}: {left_out} ({unsure}{suppressed} suppressed, {refused} refused, {unknown} never \
             asked, {no_address} without an address)",
            self.purpose,
            counted(self.members, "member", "members")
        )
    }
}
