//! Messages of taps, through the built program: first as they were recorded, then from real taps of the Python package index.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{Said, TestStore};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
const MAP: &str = "source = \"crm\"\nrecord_key = \"id\"\n[columns]\nemail = \"mail\"\ncity = \"address.city\"\n";
/// What a tap on the SDK wrote, with a stream that nobody wants beside it.
const MESSAGES: &str = concat!(
    r#"{"type":"SCHEMA","stream":"people","schema":{"properties":{"id":{"type":["integer","null"]},"mail":{"type":["string","null"]},"address":{"properties":{"city":{"type":["string","null"]}},"type":["object","null"]}},"type":"object"},"key_properties":["id"]}"#,
    "\n",
    r#"{"type":"RECORD","stream":"people","record":{"id":1,"mail":"p1@example.org","address":{"city":"Bern"}},"time_extracted":"2026-11-24T10:54:04.045062+00:00"}"#,
    "\n",
    r#"{"type":"RECORD","stream":"noise","record":{"id":9}}"#,
    "\n",
    r#"{"type":"STATE","value":{"bookmarks":{"people":{"replication_key_value":1}}}}"#,
    "\n",
);

fn store() -> TestStore {
    let store = TestStore::new(CONFIG);
    store.file("people.map.toml", MAP);
    store
}

/// Imports what stands in a file of messages.
fn import(store: &TestStore, messages: &Path, arguments: &[&str]) -> Said {
    let map = format!("people={}", store.beside("people.map.toml").display());
    let mut command = store.command(["import", "--singer", "--map", map.as_str()]);
    command.args(arguments).stdin(File::open(messages).unwrap());
    command.output().unwrap().into()
}

fn imports(store: &TestStore) -> Value {
    store.say("import list --format json").ended(0).json()
}

#[test]
fn a_state_is_given_back_once_its_rows_are_in_the_log_and_is_kept() {
    let store = store();
    let messages = store.file("messages.jsonl", MESSAGES);
    let refused = import(&store, &messages, &[]).ended(1);
    assert_eq!(refused.stdout, "", "a stream that nobody reads is not acknowledged");
    assert!(refused.stderr.contains("--skip noise"), "{}", refused.stderr);
    let taken = import(&store, &messages, &["--skip", "noise"]).ended(0);
    let state = "{\"bookmarks\":{\"people\":{\"replication_key_value\":1}}}\n";
    assert_eq!(taken.stdout, state);
    assert_eq!(store.say("import state").ended(0).stdout, state);
    assert_eq!(imports(&store)[0]["accepted"], 1);
}

#[test]
fn an_import_is_listed_and_taken_back() {
    let store = store();
    let messages = store.file("messages.jsonl", MESSAGES);
    import(&store, &messages, &["--skip", "noise"]).ended(0);
    let id = imports(&store)[0]["id"].as_str().unwrap().to_owned();
    let said = store.run(["import", "undo", &id[..8]]).ended(0);
    assert!(said.stdout.contains("taken back"), "{}", said.stdout);
    assert_eq!(imports(&store), Value::Array(Vec::new()));
    store.run(["import", "undo", &id]).ended(2);
    import(&store, &messages, &["--skip", "noise"]).ended(0);
    assert_eq!(imports(&store)[0]["accepted"], 1, "it can be made again");
}

#[test]
fn a_query_of_the_configuration_is_a_source() {
    let store = TestStore::new(&format!(
        "{CONFIG}[sources.erp.database]\nurl_env = \"ERP_DATABASE\"\nquery = \"select id, mail, null as city from people\"\nmap = \"erp.map.toml\"\n"
    ));
    let database = rusqlite::Connection::open(store.beside("erp.db")).unwrap();
    database
        .execute_batch("create table people (id integer, mail text); insert into people values (1, 'ann@example.org');")
        .unwrap();
    store.file(
        "store/erp.map.toml",
        "record_key = \"id\"\n[columns]\nemail = \"mail\"\ncity = \"city\"\n",
    );
    let address = format!("sqlite://{}", store.beside("erp.db").display());
    let run = || -> Said {
        let mut command = store.command(["import", "--database", "erp", "--format", "json"]);
        command.env("ERP_DATABASE", &address).output().unwrap().into()
    };
    let first = run().ended(0).json();
    assert_eq!(
        (&first[0]["accepted"], &first[0]["source"]),
        (&1.into(), &"erp".into()),
        "{first}"
    );
    assert_eq!(run().ended(0).json()[0]["already_imported"], true);
    store.say("import --database nothing").ended(2);
}

/// A program of the taps that `cargo xtask setup` installs.
fn installed(program: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_unifier")).ancestors().nth(2).unwrap();
    let path = target.join("tools/taps").join(program);
    assert!(path.exists(), "{} is missing: run cargo xtask setup", path.display());
    path
}

/// What a tap writes, in a file.
fn recorded(store: &TestStore, tap: &mut Command) -> PathBuf {
    let path = store.beside("recorded.jsonl");
    let status = tap.stdout(File::create(&path).unwrap()).stderr(Stdio::null()).status();
    assert!(status.unwrap().success());
    path
}

#[test]
fn a_real_tap_that_replays_files_is_read() {
    let tap = installed("jsonl/bin/tap-singer-jsonl");
    let store = store();
    let people = MESSAGES
        .lines()
        .filter(|line| !line.contains("noise"))
        .collect::<Vec<_>>()
        .join("\n");
    store.file("taps/people.singer.jsonl", people + "\n");
    let folder = store.beside("taps");
    let config =
        format!("{{\"source\":\"local\",\"add_record_metadata\":true,\"local\":{{\"folders\":[{folder:?}]}}}}");
    let config = store.file("config.json", config);
    let messages = recorded(&store, Command::new(tap).arg("--config").arg(config));
    let taken = import(&store, &messages, &[]).ended(0);
    assert!(taken.stdout.contains("replication_key_value"), "{}", taken.stdout);
    assert_eq!(imports(&store)[0]["accepted"], 1);
}

#[test]
fn a_real_tap_on_the_sdk_is_read_and_its_repeated_rows_change_nothing() {
    let python = installed("sdk/bin/python");
    let store = store();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/taps/sdk_tap.py");
    let config = store.file("config.json", "{}");
    let messages = recorded(&store, Command::new(python).arg(program).arg("--config").arg(config));
    let taken = import(&store, &messages, &[]).ended(0);
    assert!(taken.stdout.contains("2026-11-13T00:00:00Z"), "{}", taken.stdout);
    import(&store, &messages, &[]).ended(0);
    let made = imports(&store);
    assert_eq!(
        (made.as_array().unwrap().len(), &made[0]["accepted"]),
        (1, &3.into()),
        "{made}"
    );
}
