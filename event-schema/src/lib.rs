//! The contract between the page, the edge and the unifier.
//!
//! What a visitor did is an [`Event`]; a page sends several in a [`Batch`]; the edge checks each of them
//! ([`Event::validate`]), decides its lane, and stores an [`Envelope`]. The wire is Segment's camelCase JSON.
//!
//! This crate owns the types, their limits and their checks. It never reads a clock, never does input or output, and
//! knows nothing of browsers, workers or disks. Without `decode` it does not even need the standard library: the page
//! brings none.

#![cfg_attr(not(feature = "decode"), no_std)]

extern crate alloc;

#[cfg(feature = "decode")]
mod batch;
mod consent;
mod context;
#[cfg(feature = "decode")]
mod envelope;
mod event;
mod id;
pub mod limits;
mod timestamp;
#[cfg(feature = "decode")]
mod validate;

#[cfg(feature = "decode")]
pub use batch::{Batch, BatchError};
pub use consent::{ConsentState, Purpose};
pub use context::{Campaign, Consent, Context, Page};
#[cfg(feature = "decode")]
pub use envelope::{AudienceHit, ConsentedEvent, DeviceClass, Envelope, VisitorHash};
pub use event::{Event, EventKind, Properties};
pub use id::{Id, InvalidId, MessageId, is_placeholder};
pub use timestamp::Timestamp;
#[cfg(feature = "decode")]
pub use timestamp::TimestampError;
#[cfg(feature = "decode")]
pub use validate::RejectReason;
