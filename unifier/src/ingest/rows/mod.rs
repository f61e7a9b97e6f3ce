//! The rows of the log: one type and one Arrow schema for each lane.
//!
//! Values are as the source wrote them, cleaned of what is no text; dates and amounts, which depend on how a file writes
//! them, are already read. Everything else is normalised when a night reads, so that better rules reach old rows.

mod audience;
mod column;
mod consent;
mod decision;
mod event;
mod order;
mod record;
mod repeat;

pub use audience::{audience_batch, audience_schema};
pub use column::{Columns, text_map};
pub use consent::{ConsentRow, consent_batch};
pub use decision::{DecisionRow, decision_batch};
pub use event::{event_batch, event_schema};
pub use order::{OrderRow, order_batch};
pub use record::{RecordRow, record_batch};
pub use repeat::{RepeatRow, repeat_batch, repeat_schema};

/// Rows in one batch on their way to the disk.
pub const BATCH_ROWS: usize = 8_192;
