//! The server libraries of other tools, from npm as they are, post to the worker, and what they sent comes out of the unifier.

#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that functions beside tests are test code"
)]

use tempfile::TempDir;
use whole_way::{Edge, SERVER_KEY, Site, Unifier, node, repository};

#[test]
fn what_segments_and_rudderstacks_libraries_send_comes_out_of_the_unifier() {
    let directory = TempDir::new().unwrap();
    let edge = Edge::start(&directory.path().join("state"), Site::default()).unwrap();
    for library in ["segment", "rudderstack"] {
        let sent = node()
            .current_dir(repository().join("tests/clients"))
            .args(["servers.mjs", library, &edge.origin(), SERVER_KEY])
            .output()
            .unwrap();
        assert!(
            sent.status.success(),
            "{library}: {}",
            String::from_utf8_lossy(&sent.stderr)
        );
    }
    let unifier = Unifier::init(&directory.path().join("store"), &edge.origin()).unwrap();
    let pulled = unifier.json(&["pull"]).unwrap();
    assert_eq!(
        (&pulled["accepted"], &pulled["with_consent"]),
        (&6.into(), &6.into()),
        "{pulled}"
    );
    unifier.run(&["run"]).unwrap();
    for library in ["segment", "rudderstack"] {
        let found = unifier
            .run(&["people", "find", &format!("{library}@mail.example")])
            .unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        assert!(found.contains(&format!("{library}@mail.example")), "{found}");
    }
}
