//! The command line. The doc comments here are the help texts.
//!
//! Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 done, but too
//! many rows were rejected.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use event_schema::Timestamp;
use jiff::civil::Date;

use crate::command;
use crate::identity::Confidence;

/// The work was done.
pub const DONE: u8 = 0;
/// The work failed.
pub const FAILED: u8 = 1;
/// The command line or the configuration cannot be used.
pub const USAGE: u8 = 2;
/// The work was done, but too many rows were rejected.
pub const TOO_MANY_REJECTS: u8 = 3;

/// Firsthand's unifier: one profile per person, from your web events and your exports.
///
/// A store is a directory with a configuration, unifier.toml. A typical night: import the exports, pull the web events, run,
/// and open the web UI with serve.
#[derive(Debug, Parser)]
#[command(name = "unifier", version, arg_required_else_help = true)]
pub struct Cli {
    /// The store's directory.
    #[arg(
        short = 'C',
        long = "directory",
        value_name = "DIR",
        default_value = ".",
        global = true
    )]
    pub directory: PathBuf,
    /// How results are printed.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub format: Format,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new store with a commented configuration.
    Init {
        /// The directory to make it in.
        directory: PathBuf,
    },
    /// Read exports of the CRM, the shop, the e-mail marketing, the ERP; or a tap's messages; or a database.
    ///
    /// Files are CSV with any separator, JSON lines, Parquet or workbooks, plain or in gzip or zstd; a folder stands for the files
    /// in it. The vendor is told by the header; --preset and --map say it outright. The same file twice changes nothing. Rows
    /// that cannot be read are kept with their reason under rejects/, and the others are taken.
    Import(Import),
    /// Fetch new web events from the edge.
    Pull {
        /// Go on behind a gap in a shard's numbers, when its events are known to be lost for good.
        #[arg(long)]
        accept_gaps: bool,
    },
    /// Run the night: who is who, profiles, predictions, segments. Publishes all of it or nothing.
    Run {
        /// The moment the night counts from, as 2026-11-24T03:00:00Z; now by default.
        #[arg(long, value_name = "RFC3339")]
        now: Option<Timestamp>,
        /// Publish the night even if it crosses limits of [quality] in the configuration.
        #[arg(long)]
        accept: bool,
        /// Learn anew how records of one person agree, and not only when the model is old (refit_days in the configuration).
        #[arg(long)]
        refit: bool,
        /// Publish nothing: show who would merge and who would split.
        #[arg(long, conflicts_with = "accept")]
        dry_run: bool,
        /// With --dry-run: another configuration, to see what its rules would change.
        #[arg(long, value_name = "OTHER.toml", requires = "dry_run")]
        config: Option<PathBuf>,
    },
    /// Print the report of the last night.
    Report,
    /// What is expected of customers, and how far to trust it.
    #[command(subcommand)]
    Predict(Predict),
    /// Find people, or show one.
    #[command(subcommand)]
    People(People),
    /// Why two records or people are the same person, or why not; of one alone, how the person came together.
    Explain {
        /// A person or record id, or SOURCE:KEY.
        a: String,
        /// The other one.
        b: Option<String>,
    },
    /// Decide about pairs of records: one person, or two.
    ///
    /// Decisions are kept for ever with who, when and why, outrank every rule and score, and can be undone.
    #[command(subcommand)]
    Review(Review),
    /// Take records out of their person, for every later night. Shows first what it does.
    Split {
        /// The records that go: record ids, or SOURCE:KEY. The others of the person stay together.
        #[arg(required = true, value_name = "RECORD")]
        records: Vec<String>,
        /// Whether it is done, and by whom.
        #[command(flatten)]
        consequence: Consequence,
    },
    /// Make one person of two, for every later night. Shows first what it does.
    Merge {
        /// A person or record id, or SOURCE:KEY.
        a: String,
        /// The other one.
        b: String,
        /// Whether it is done, and by whom.
        #[command(flatten)]
        consequence: Consequence,
    },
    /// Write a table or a segment to a file.
    Export(Export),
    /// List, show, count and export segments.
    #[command(subcommand)]
    Segment(Segment),
    /// Record consent, answer an access request, erase a person.
    #[command(subcommand)]
    Privacy(Privacy),
    /// Serve the web UI on this machine.
    Serve {
        /// The address to listen on.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: std::net::SocketAddr,
    },
}

/// What to import, and how to read it.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Import {
    /// What to do with earlier imports.
    #[command(subcommand)]
    pub action: Option<ImportAction>,
    /// The files, or folders of files.
    #[arg(required_unless_present_any = ["singer", "airbyte", "database"], value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print a mapping file for one file, proposed from its header and its first rows, and import nothing.
    #[arg(long, conflicts_with_all = ["preset", "map", "dry_run", "source", "as_of", "skip"])]
    pub propose: bool,
    /// Take the messages of a Singer tap from stdin; its state goes to stdout once what came before it is in the log.
    #[arg(long, conflicts_with_all = ["files", "airbyte", "database"])]
    pub singer: bool,
    /// Take the messages of an Airbyte source from stdin; its states go to stdout as --singer does it.
    #[arg(long, conflicts_with_all = ["files", "database"])]
    pub airbyte: bool,
    /// Run the query that the configuration gives for this source, and take its rows.
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["files", "preset", "map", "source"])]
    pub database: Option<String>,
    /// The vendor's export it is.
    #[arg(long, value_name = "NAME", conflicts_with = "map")]
    pub preset: Option<String>,
    /// A mapping file from your columns to ours; STREAM=MAP.toml for one stream or folder of several.
    #[arg(long, value_name = "MAP.toml")]
    pub map: Vec<String>,
    /// A stream, or a folder's table, that is not to be imported.
    #[arg(long, value_name = "STREAM")]
    pub skip: Vec<String>,
    /// The source's name; by default the vendor's or the mapping's.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Read and check everything, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Show what each row would change: what is new, and old and new values. They are personal data, and go to stdout only.
    #[arg(long, requires = "dry_run", conflicts_with_all = ["singer", "airbyte"])]
    pub diff: bool,
    /// The day the export shows, for values it does not date; today by default.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
}

/// Predictions.
#[derive(Debug, Subcommand)]
pub enum Predict {
    /// Print what the last night expects, how that was tried on the past, and what to know before trusting it.
    Report,
}

/// What to do with earlier imports.
#[derive(Debug, Subcommand)]
pub enum ImportAction {
    /// List the imports, in the order in which they were made.
    List,
    /// Take an import back: every later night is as if it had never been made.
    Undo {
        /// The import's id, or the beginning of it.
        id: String,
    },
    /// Print the state that a tap gave last, to start it again from there.
    State {
        /// The source that was imported, or singer or airbyte where none was named.
        #[arg(default_value = "singer")]
        name: String,
    },
}

/// People.
#[derive(Debug, Subcommand)]
pub enum People {
    /// Find people by name, e-mail address, telephone number, or a source's key.
    Find {
        /// What to look for; case and accents do not matter.
        text: String,
        /// How many to show at most.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Show one person: values and where they come from, orders, activity, consents, scores, segments.
    Show {
        /// A person's id or the beginning of it, or the id of any of their records.
        id: String,
    },
}

/// Decisions about records.
#[derive(Debug, Subcommand)]
pub enum Review {
    /// Show the next pair that somebody should look at.
    Next,
    /// Decide that two records are one person.
    Same {
        /// A person or record id, or SOURCE:KEY.
        a: String,
        /// The other one.
        b: String,
        /// Who decides, and why.
        #[command(flatten)]
        author: Author,
    },
    /// Decide that two records are two people.
    Different {
        /// A person or record id, or SOURCE:KEY.
        a: String,
        /// The other one.
        b: String,
        /// Who decides, and why.
        #[command(flatten)]
        author: Author,
    },
    /// List every decision, also those that were undone.
    List,
    /// Take a decision back.
    Undo {
        /// The decision's id, or the beginning of it.
        decision: String,
        /// Who takes it back.
        #[command(flatten)]
        author: Author,
    },
    /// Write a sample of pairs to be judged, so that precision and recall can be told.
    Sample {
        /// The file, as CSV; it holds personal data.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// About how many pairs.
        #[arg(long, default_value_t = 100)]
        size: usize,
    },
    /// Read a sample back whose column `label` says same or different.
    Label {
        /// The file.
        file: PathBuf,
        /// Who judged.
        #[command(flatten)]
        author: Author,
    },
}

/// Who decides, and why.
#[derive(Debug, Args)]
pub struct Author {
    /// Who decides; who is logged in by default.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Why, for whoever looks at it later.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
}

/// Whether something is done, and by whom.
#[derive(Debug, Args)]
pub struct Consequence {
    /// Only show what it would do: to traits, scores, segments, and which lists went out.
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// Do it without showing and asking.
    #[arg(long)]
    pub yes: bool,
    /// Who decides, and why.
    #[command(flatten)]
    pub author: Author,
}

/// What to export, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// people, identities, scores, propensities, groups, group_members, or segment:NAME.
    pub what: String,
    /// The file; its ending says the format: .csv, .jsonl or .parquet.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Who is written.
    #[command(flatten)]
    pub who: Addressees,
}

/// Who is written to a file.
#[derive(Debug, Args)]
pub struct Addressees {
    /// The purpose of a segment's list, by default the segment's own; only people who consent to it are written.
    #[arg(long)]
    pub purpose: Option<String>,
    /// How sure it must be that the records are one person's: exact, strong or likely; strong for a segment's list, and likely for
    /// everything else, unless you say so.
    #[arg(long, value_name = "HOW")]
    pub confidence: Option<Confidence>,
}

/// Segments.
#[derive(Debug, Subcommand)]
pub enum Segment {
    /// List the segments, with their sizes and how many of their people may be contacted.
    List,
    /// Show a segment: its rule, its size, some of its people.
    Show {
        /// The segment's name.
        name: String,
    },
    /// Count the people of a segment, or of a rule that is not saved yet.
    Count {
        /// A segment's name, or a rule such as: orders >= 2 and last_order within 90 days
        rule: String,
    },
    /// Write a segment to a file, under consent.
    Export {
        /// The segment's name.
        name: String,
        /// The file; its ending says the format: .csv, .jsonl or .parquet.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Who is written.
        #[command(flatten)]
        who: Addressees,
    },
}

/// Consent, access, erasure.
#[derive(Debug, Subcommand)]
pub enum Privacy {
    /// Record an answer that was given to you directly. Lists heed a refusal at once; the rest counts from the next night on.
    Consent {
        /// The person's id.
        person: String,
        /// The purpose, as email_marketing.
        #[arg(long)]
        purpose: String,
        /// The person agreed.
        #[arg(long, conflicts_with = "refuse", required_unless_present = "refuse")]
        grant: bool,
        /// The person refused, or withdrew.
        #[arg(long)]
        refuse: bool,
        /// What shows it, as "letter of 12 May". No personal data.
        #[arg(long, default_value = "")]
        evidence: String,
        /// When it was given; now by default.
        #[arg(long, value_name = "RFC3339")]
        at: Option<Timestamp>,
    },
    /// Write everything that is known of a person to a JSON file.
    Access {
        /// The person's id.
        person: String,
        /// The file.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Take a person out of log, state, tables and rejects, and keep them from coming back with the next import.
    Erase {
        /// The person's id.
        person: String,
        /// Do it. Without this, only what would be erased is shown.
        #[arg(long)]
        yes: bool,
    },
}

/// Parses the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap's own exit code for help and version is 0, for mistakes 2. If stdout is gone there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
        }
    };
    match command::run(&cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(command::complain(&error)),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
