//! Reads delimited text files: gzip or plain, UTF-8 or Windows-1252, whatever the delimiter, row by row.
//!
//! Memory does not grow with the file. A row that cannot be read is handed on as one, with its line; reading goes on.

mod dialect;
mod encoding;
mod source;
mod survey;
mod table;

pub use dialect::Dialect;
pub use encoding::{Encoding, EncodingVotes};
pub use source::{FileError, Progress, open};
pub use survey::{Header, Survey};
pub use table::{BrokenRow, Row, Table};
