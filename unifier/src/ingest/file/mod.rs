//! Reads files as rows of text, whatever their format: delimited text, JSON lines, Parquet, Excel; plain, gzip or zstd.
//!
//! Memory does not grow with the file. A row that cannot be read is handed on as one, with its line; reading goes on.

mod bytes;
mod dialect;
mod encoding;
mod json;
mod parquet;
mod reader;
mod row;
mod survey;
mod table;
mod workbook;

pub use bytes::{Content, FileError, Progress};
pub use dialect::Dialect;
pub use encoding::{Encoding, EncodingVotes};
pub use json::{each_value, is_bookkeeping};
pub use reader::{Opening, Reader, first_lines, is_json_lines};
pub use row::{BrokenRow, Defect, Row, RowSource};
pub use survey::Survey;
pub use table::Table;
