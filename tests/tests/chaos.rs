//! A chaos run that fits into the tests; `cargo xtask chaos` is the long one.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use whole_way::chaos::{Plan, run};

#[test]
fn what_was_acknowledged_under_kills_and_faults_is_in_the_log_once() {
    let plan = Plan {
        batches: 600,
        kills: 3,
        connections: 4,
        spilled: 40,
        without_bucket: 40,
        armed: 300,
        killed_pulls: 2,
    };
    let directory = tempfile::tempdir().unwrap();
    let outcome = run(plan, directory.path(), &|_| {}).unwrap();
    assert_eq!(outcome.acknowledged, 980);
    assert!(outcome.is_clean(), "{outcome}{:?}", outcome.stopped);
    assert!(
        outcome.unanswered > 0 && outcome.repeated > 100 && outcome.panicked > 10,
        "the faults took place: {outcome}"
    );
}
