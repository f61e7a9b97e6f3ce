//! Bad input: a clear message with the way out, good rows kept, nothing lost, and no personal data in what is said.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::program::{NOW, Said, TestStore, unifier};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
const MAP: &str = "source = \"crm\"\nrecord_key = \"id\"\n[columns]\ngiven_name = \"first\"\nemail = \"mail\"\nbirth_date = \"born\"\n";
const GOOD: &str = "id,first,mail,born\n1,Ann,ann@example.org,1980-05-01\n2,Ben,ben@example.org,1981-06-02\n";

fn store() -> TestStore {
    let store = TestStore::new(CONFIG);
    store.file("crm.map.toml", MAP);
    store
}

fn import(store: &TestStore, text: impl AsRef<[u8]>) -> Said {
    store.import(&store.file("crm.csv", text))
}

#[track_caller]
fn says(said: &Said, parts: &[&str]) {
    for part in parts {
        assert!(said.all().contains(part), "{part:?} in {}", said.all());
    }
    assert!(!said.all().contains("@example.org"), "personal data in {}", said.all());
}

#[test]
fn a_missing_file_is_named_and_the_others_are_taken() {
    let store = store();
    let good = store.file("crm.csv", GOOD);
    let mut command = store.command(["import", "--map"]);
    command
        .arg(store.beside("crm.map.toml"))
        .arg(store.beside("absent.csv"))
        .arg(good);
    let said = Said::from(command.output().unwrap()).ended(1);
    says(&said, &["absent.csv", "crm.csv", "accepted"]);
    store.night();
}

#[test]
fn a_wrong_delimiter_or_an_unknown_column_is_named_and_the_first_line_is_not_told() {
    let store = store();
    store.file("crm.map.toml", format!("delimiter = \";\"\n{MAP}"));
    let said = import(&store, GOOD).ended(1);
    says(&said, &["crm.map.toml", "first line has no column \"id\""]);
    // In a file without a header the first line is a person.
    let first_line = GOOD.lines().next().unwrap();
    assert!(!said.all().contains(first_line), "{}", said.all());
    store.file("crm.map.toml", MAP.replace("mail\"\nb", "mial\"\nb"));
    says(&import(&store, GOOD).ended(1), &["did you mean \"mail\"?"]);
}

#[test]
fn a_broken_row_a_strange_date_and_a_wrong_encoding_cost_nobody_else_anything() {
    let store = store();
    let text = format!("{GOOD}3,Cleo,cleo@example.org\n4,Dora,dora@example.org,some day\n");
    let said = import(&store, &text);
    says(
        &said,
        &["crm.csv:4", "another number of fields", "date_format", "rejects/"],
    );
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes.extend(b"5,J\xf6rg,joerg@example.org,1980-01-01\n");
    assert!(matches!(import(&store, bytes).code, Some(0 | 3)));
    store.night();
    let found = |text: &str| store.run(["people", "find", text]).stdout;
    assert!(
        ["Ann", "Ben", "Dora", "Jörg"]
            .iter()
            .all(|name| found(name).contains(name))
    );
}

#[test]
fn one_bad_event_costs_no_good_one() {
    let store = store();
    let event = |id: u32| {
        format!(
            r#"{{"type":"track","event":"Seen","messageId":"m{id}","anonymousId":"a{id}","timestamp":"2026-11-18T10:00:00Z","context":{{"consent":{{"categoryPreferences":{{"analytics":true}}}}}}}}"#
        )
    };
    let text = format!("{}\n{{\"type\":\"track\"\n{}\n", event(1), event(2));
    let said = store.run([
        "import",
        store.file("e.jsonl", text).to_str().unwrap(),
        "--format",
        "json",
    ]);
    let file = &said.json()[0];
    assert_eq!(
        (&file["accepted"], &file["reasons"]["invalid_event"]),
        (&2.into(), &1.into()),
        "{file}"
    );
}

#[test]
fn a_store_in_use_says_so() {
    let store = store();
    let mut holder = store.command(["import", "/dev/stdin"]);
    let mut holder = holder
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !store.path("state/db").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let said = store.run(["run", "--now", NOW]);
    holder.kill().unwrap();
    holder.wait().unwrap();
    says(&said.ended(1), &["in use by another run", "wait until it has ended"]);
    import(&store, GOOD).ended(0);
}

#[test]
fn a_full_disk_leaves_the_old_night_and_the_next_run_succeeds() {
    let store = store();
    import(&store, GOOD).ended(0);
    store.night();
    let before = store.tables();
    // No file may grow over 512 bytes, and being refused is an error rather than a signal.
    let program = env!("CARGO_BIN_EXE_unifier");
    let line = format!(
        "trap '' XFSZ; ulimit -f 1; exec {program} -C {} run --now {NOW}",
        store.root().display()
    );
    let said = Said::from(std::process::Command::new("bash").args(["-c", &line]).output().unwrap());
    says(&said.ended(1), &["make room on the disk", "run the command again"]);
    assert_eq!(store.tables(), before);
    store.night();
    let mut after = store.tables();
    after.remove("report.json");
    assert!(after.iter().all(|(name, bytes)| before[name] == *bytes));
}

#[test]
fn an_unknown_key_of_the_configuration_names_the_nearest() {
    let store = TestStore::new(&format!("{CONFIG}curency = \"EUR\"\n"));
    says(
        &store.say("run").ended(2),
        &["unifier.toml", "did you mean `currency`?"],
    );
}

#[test]
fn a_place_nobody_can_write_to_and_a_time_nobody_can_read_are_said() {
    let store = store();
    import(&store, GOOD).ended(0);
    store.night();
    let said = store.run(["export", "people", "--to", "/proc/people.csv"]);
    says(&said.ended(1), &["/proc/people.csv"]);
    says(&store.say("run --now yesterday").ended(2), &["--now", "yesterday"]);
}

#[test]
fn a_folder_without_a_store_names_the_way_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let said = Said::from(unifier().arg("-C").arg(folder.path()).arg("run").output().unwrap());
    says(&said.ended(2), &["unifier init"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
