//! What the unifier promises, held to the built program. One file per promise; `program.rs` drives the program.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and clippy sees helpers of integration tests as none"
)]

mod bad_input;
mod command_line;
mod consent;
mod erasure;
mod example;
mod killed;
mod model;
mod predictions;
mod program;
mod propose;
mod review;
mod same_bytes;
mod taps;
mod traits;
