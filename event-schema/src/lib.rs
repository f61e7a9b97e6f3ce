//! The contract between the page, the edge and the unifier.
//!
//! What a visitor did is an [`Event`]; a page sends several in a [`Batch`]; the edge checks each of them
//! ([`Event::validate`]), decides its lane, and stores an [`Envelope`]. The wire is Segment's camelCase JSON.
//!
//! This crate owns the types, their limits and their checks. It never reads a clock, never does input or output, and
//! knows nothing of browsers, workers or disks. The page has only its own half of [`wire`]: without `decode` there are no
//! checks and no JSON, and not even the standard library is needed.

#![cfg_attr(not(feature = "decode"), no_std)]

extern crate alloc;

#[cfg(feature = "decode")]
mod batch;
#[cfg(feature = "decode")]
pub mod commerce;
mod consent;
#[cfg(feature = "decode")]
mod context;
#[cfg(feature = "decode")]
mod envelope;
#[cfg(feature = "decode")]
mod event;
mod id;
pub mod limits;
#[cfg(feature = "decode")]
mod rfc3339;
#[cfg(feature = "decode")]
mod timestamp;
#[cfg(feature = "decode")]
mod validate;
pub mod wire;

#[cfg(feature = "decode")]
pub use batch::{Batch, BatchError, value_of};
#[cfg(feature = "decode")]
pub use consent::ConsentState;
pub use consent::{CONSENT_UPDATED, Purpose};
#[cfg(feature = "decode")]
pub use context::{Campaign, Consent, Context, Page, Session};
#[cfg(feature = "decode")]
pub use envelope::{AudienceHit, ConsentedEvent, DeviceClass, Envelope, VisitorHash};
#[cfg(feature = "decode")]
pub use event::{Event, EventKind, Properties};
pub use id::{Id, InvalidId, MessageId, is_placeholder};
#[cfg(feature = "decode")]
pub use timestamp::{Timestamp, TimestampError};
#[cfg(feature = "decode")]
pub use validate::RejectReason;
