//! One file a page.

mod home;
mod people;
mod person;
mod plan;
mod predictions;
mod segments;

pub(super) use home::{home, report};
pub(super) use people::{found, people};
pub(super) use person::person;
pub(super) use predictions::predictions;
pub(super) use segments::{segment, segments, try_rule};
