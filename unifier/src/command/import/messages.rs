//! `import --singer` and `--airbyte`: messages from stdin, and the sender's state on stdout once it is true.

use std::io::{self, Write};

use serde_json::json;
use serde_json::value::RawValue;

use super::Desk;
use super::outcome::Imported;
use crate::cli;
use crate::command::{Place, UsageError, complain, progress};
use crate::ingest::messages::{Drain, Protocol, Receiver};
use crate::store::Change;

/// The kind of state entries that keep what taps gave as their state.
const TAP_STATE: &str = "tap_state";

/// Takes every message. What came of it is told on stderr: stdout belongs to the states.
pub(super) fn receive(desk: &mut Desk<'_>, protocol: Protocol) -> anyhow::Result<u8> {
    let (scratch, skip) = (desk.store.root().to_owned(), desk.import.skip.clone());
    let mut imported = Imported::default();
    let received = Receiver::new(protocol, &scratch, &skip).receive(&mut io::stdin().lock(), &mut |drain: Drain| {
        for (stream, spool) in drain.streams {
            let report = desk.stream(protocol, &stream, spool)?;
            imported.add(Ok(report));
        }
        match drain.state {
            Some(state) if !desk.import.dry_run => give_back(desk, protocol, &state),
            _ => Ok(()),
        }
    });
    if !imported.files.is_empty() {
        progress::say(&imported.to_string());
    }
    let received = match received {
        Ok(received) => received,
        Err(error) => {
            complain(&error);
            return Ok(cli::FAILED);
        }
    };
    if received.skipped > 0 {
        progress::say(&format!("{} records of skipped streams", received.skipped));
    }
    for stream in received.replaced {
        progress::say(&format!(
            "{stream}: the tap sent all its rows anew; those it did not send again are kept here as they were told before"
        ));
    }
    Ok(imported.exit_code())
}

/// Keeps a state, and prints it.
fn give_back(desk: &Desk<'_>, protocol: Protocol, state: &str) -> anyhow::Result<()> {
    let state: Box<RawValue> = RawValue::from_string(state.to_owned())?;
    let name = desk.import.source.as_deref().unwrap_or(protocol.as_str());
    desk.store.state().apply(&[Change::put(TAP_STATE, name, &state)])?;
    let line = match protocol {
        Protocol::Singer => state.get().to_owned(),
        Protocol::Airbyte => json!({"type": "STATE", "state": state}).to_string(),
    };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    Ok(stdout.flush()?)
}

/// Prints the state that was kept last.
pub(super) fn print_state(place: &Place, name: &str) -> anyhow::Result<()> {
    let store = place.store()?;
    let state: Option<Box<RawValue>> = store.state().get(TAP_STATE, name)?;
    let state = state.ok_or_else(|| UsageError(format!("no tap has given a state for {name} yet")))?;
    Ok(writeln!(io::stdout().lock(), "{state}")?)
}
