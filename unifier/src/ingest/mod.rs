//! Takes in what companies have: exported files, and the web events of the edge.

pub mod database;
mod field;
pub mod file;
mod import;
mod intake;
mod layout;
pub mod mapping;
pub mod messages;
mod occurrences;
pub mod preset;
pub mod propose;
pub mod pull;
mod read;
pub mod reject;
pub mod rows;
pub mod undo;
mod words;

pub use field::{Field, Kind};
pub use import::{
    Difference, IMPORT, ImportEntry, ImportError, ImportReport, ImportRequest, News, RowChange, Suppressed,
    ValueChange, import,
};
pub use intake::{Intake, intake};
pub use layout::Layout;
pub use occurrences::occurrences;
pub use pull::{PullError, PullReport, PullRequest, pull};
pub use read::{Facts, read, web_key};
pub(crate) use words::{Answer, answer};
