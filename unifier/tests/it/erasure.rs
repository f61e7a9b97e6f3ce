//! Erasure leaves no trace: an independent scan of everything on disk, which knows nothing of how the store is built.

use std::collections::BTreeSet;
use std::fs;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::compute::cast;
use arrow::datatypes::{DataType, FieldRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use unifier::privacy::erase::{Traces, erase};
use unifier::store::Store;

use crate::program::{NOW, TestStore, exports, files};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[edge]\nfolder = \"web\"\n";

const PEOPLE_MAP: &str = "source = \"crm\"\nrecord_key = \"id\"\n[columns]\ngiven_name = \"first\"\nfamily_name = \"last\"\n\
                          email = \"mail\"\nphone = \"tel\"\n[consents]\nemail_marketing = \"news\"\n";
/// Ann and Ben share a telephone; Ann's second row is refused for its width and holds her address.
const PEOPLE: &str = "id,first,last,mail,tel,news\ncrm-000017,Ann,Abel,ann.abel@example.org,+41790000017,yes\n\
                      crm-000018,Ben,Abel,ben.abel@example.org,079 000 00 18,no\n\
                      crm-000019,Cleo,Cox,cleo.cox@example.org,,yes\n\
                      crm-000020,Ann,Abel,ANN.ABEL@example.org,079 000 00 17,yes,surplus\n";
const ORDERS_MAP: &str = "source = \"till\"\nkind = \"orders\"\nrecord_key = \"nr\"\n[columns]\nemail = \"mail\"\n\
                          ordered_at = \"day\"\namount = \"sum\"\n";
const ORDERS: &str =
    "nr,mail,day,sum\nT-1,ann.abel@example.org,2026-11-01,12.50\nT-2,cleo.cox@example.org,2026-11-02,9.90\n";
/// Web events of Ann and of Cleo, one of a visitor who says to have had Ann's customer id before, and a line of Ann's that is no event.
const EVENTS: &str = concat!(
    r#"{"type":"identify","messageId":"m-1","anonymousId":"anon-ann-4711","userId":"user-ann-0815","timestamp":"2026-11-18T10:00:00Z","context":{"consent":{"categoryPreferences":{"analytics":true}}},"traits":{"email":"ann.abel@example.org"}}"#,
    "\n",
    r#"{"type":"track","event":"Product Viewed","messageId":"m-2","anonymousId":"anon-ann-4711","userId":"user-ann-0815","timestamp":"2026-11-18T10:01:00Z","context":{"consent":{"categoryPreferences":{"analytics":true}}},"properties":{}}"#,
    "\n",
    r#"{"type":"track","event":"Product Viewed","messageId":"m-3","anonymousId":"anon-cleo-4712","timestamp":"2026-11-18T11:00:00Z","context":{"consent":{"categoryPreferences":{"analytics":true}}},"properties":{}}"#,
    "\n",
    r#"{"type":"alias","messageId":"m-5","anonymousId":"anon-dora-4713","userId":"user-dora-0816","previousId":"user-ann-0815","timestamp":"2026-11-18T12:00:00Z","context":{"consent":{"categoryPreferences":{"analytics":true}}}}"#,
    "\n",
    r#"{"type":"strange","messageId":"m-4","anonymousId":"anon-ann-4711","timestamp":"2026-11-18T10:02:00Z","context":{"consent":{"categoryPreferences":{"analytics":true}}}}"#,
    "\n",
);

/// Everything by which Ann could be found, in any spelling that her rows have.
const TRACES: [&str; 6] = [
    "ann.abel@example.org",
    "41790000017",
    "079 000 00 17",
    "anon-ann-4711",
    "user-ann-0815",
    "crm-000017",
];

fn filled() -> TestStore {
    let store = TestStore::new(CONFIG);
    fill(&store);
    store
}

fn fill(store: &TestStore) {
    store.file("people.map.toml", PEOPLE_MAP);
    store.file("orders.map.toml", ORDERS_MAP);
    for (name, text) in [("people.csv", PEOPLE), ("orders.csv", ORDERS), ("events.jsonl", EVENTS)] {
        let said = store.import(&store.file(name, text));
        assert!(matches!(said.code, Some(0 | 3)), "{}", said.all());
    }
}

fn ann(store: &TestStore) -> String {
    let found = store
        .run(["people", "find", "ann.abel@example.org", "--format", "json"])
        .ended(0)
        .json();
    found["people"][0]["person_id"].as_str().unwrap_or_default().to_owned()
}

/// Everything under a folder as lower-case text: raw bytes, and every decoded cell of every Parquet file.
pub struct Scan(Vec<(String, String)>);

impl Scan {
    /// Reads everything under `root`.
    pub fn of(root: &Path) -> Self {
        let mut texts = Vec::new();
        for path in files(root) {
            let bytes = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            texts.push((format!("{}: bytes", path.display()), text));
            if path.extension().is_some_and(|ending| ending == "parquet") {
                texts.push((format!("{}: cells", path.display()), cells(&path).to_lowercase()));
            }
        }
        Self(texts)
    }

    /// Where `trace` stands. A telephone number is found in any spelling, by its last nine digits.
    pub fn places(&self, trace: &str) -> Vec<&str> {
        let trace = trace.to_lowercase();
        let tail = trace.strip_prefix('+').map(|number| &number[number.len() - 9..]);
        let tells = |text: &str| {
            let is_number = |line: &str| tail.is_some_and(|tail| digits(line).contains(tail));
            text.contains(&trace) || text.lines().any(is_number)
        };
        let telling = self.0.iter().filter(|(_, text)| tells(text));
        telling.map(|(place, _)| place.as_str()).collect()
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Every cell of a Parquet file as text, nested ones too, and what is noted in its footer.
fn cells(path: &Path) -> String {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let mut text = format!("{:?}", builder.metadata());
    for batch in builder.build().unwrap() {
        let batch = batch.unwrap();
        for column in batch.columns() {
            let column = cast(column, &with_offsets(column.data_type())).unwrap();
            let cells = ArrayFormatter::try_new(&column, &FormatOptions::default()).unwrap();
            (0..batch.num_rows()).for_each(|row| text.push_str(&format!("\n{}", cells.value(row))));
        }
    }
    text
}

/// The same type with times that carry UTC by its offset: its name would need a database of time zones to be shown.
fn with_offsets(data_type: &DataType) -> DataType {
    let nested = |field: &FieldRef| Arc::new(field.as_ref().clone().with_data_type(with_offsets(field.data_type())));
    match data_type {
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::List(item) => DataType::List(nested(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(nested).collect()),
        other => other.clone(),
    }
}

#[track_caller]
fn no_trace(store: &TestStore, person: &str) {
    let scan = Scan::of(&store.root());
    for trace in TRACES.iter().chain([&person]) {
        assert_eq!(scan.places(trace), Vec::<&str>::new(), "{trace}");
    }
}

#[test]
fn after_an_erasure_no_byte_of_the_store_tells_of_the_person_and_no_import_brings_them_back() {
    let store = filled();
    store.night();
    let person = ann(&store);
    let scan = Scan::of(&store.root());
    for trace in TRACES {
        assert!(!scan.places(trace).is_empty(), "the scan must see {trace} before");
    }
    let refused = |store: &TestStore| {
        files(&store.path("rejects"))
            .iter()
            .map(|path| cells_of_csv(path))
            .sum::<usize>()
    };
    assert_eq!(refused(&store), 2, "a row too wide and a line that is no event");
    let cleo = store
        .run(["people", "find", "cleo.cox@example.org", "--format", "json"])
        .stdout;

    store.run(["privacy", "erase", &person, "--yes"]).ended(0);
    no_trace(&store, &person);
    assert_eq!(refused(&store), 0, "both rows were hers");

    // The same rows under other bytes, since the same file is known and not read again.
    store.file("people.map.toml", PEOPLE_MAP);
    let mut again = store.command(["import", "--as-of", "2026-11-19", "--map"]);
    again
        .arg(store.beside("people.map.toml"))
        .arg(store.file("more.csv", format!("{PEOPLE}\n")));
    assert!(matches!(again.output().unwrap().status.code(), Some(0 | 3)));
    store.import(&store.file("more.jsonl", format!("{EVENTS}\n")));
    store.night();
    assert_eq!(ann(&store), "");
    assert_eq!(
        store
            .run(["people", "find", "cleo.cox@example.org", "--format", "json"])
            .stdout,
        cleo
    );
}

/// Rows of a rejects file.
fn cells_of_csv(path: &Path) -> usize {
    csv::Reader::from_path(path).unwrap().records().count()
}

#[test]
fn access_holds_every_row_about_the_person_wherever_it_stands() {
    let store = filled();
    store.night();
    let person = ann(&store);
    for (answer, at) in [
        ("--grant", "2026-11-18T08:00:00Z"),
        ("--refuse", "2026-11-19T08:00:00Z"),
    ] {
        let purpose = [
            "--purpose",
            "email_marketing",
            answer,
            "--at",
            at,
            "--evidence",
            "letter 12",
        ];
        store
            .run(["privacy", "consent", &person].into_iter().chain(purpose))
            .ended(0);
    }
    // A row of another source that no night has seen yet.
    store.file("late.map.toml", PEOPLE_MAP.replace("crm", "kiosk"));
    let late = "id,first,last,mail,tel,news\nkiosk-0042,Ann,Abel,ann.abel@example.org,,yes\n";
    store.import(&store.file("late.csv", late)).ended(0);

    let document = store.beside("ann.json");
    let access = [
        "privacy",
        "access",
        &person,
        "--format",
        "json",
        "--to",
        document.to_str().unwrap(),
    ];
    let said = store.run(access).ended(0).json();
    // A record of the CRM and its consent, an order and the record of its customer, two web events and the alias that names
    // her; a late record and its consent.
    assert_eq!(said["rows"], 9);
    assert_eq!((&said["answers"], &said["rejected"]), (&2.into(), &2.into()), "{said}");
    let text = fs::read_to_string(document).unwrap();
    for trace in [
        "crm-000017",
        "T-1",
        "anon-ann-4711",
        "user-ann-0815",
        "2026-11-01T",
        "2026-11-18T10:01:00",
        "kiosk-0042",
        "letter 12",
        "surplus",
        "m-4",
    ] {
        assert!(text.contains(trace), "{trace}");
    }
    assert!(!text.contains("cleo"), "nobody else's");
}

#[test]
fn a_plan_of_an_erasure_changes_nothing() {
    let store = filled();
    store.night();
    let before = store.tables();
    let said = store.run(["privacy", "erase", &ann(&store)]).ended(0);
    assert!(said.stdout.contains("nothing has changed"), "{}", said.stdout);
    assert_eq!(store.tables(), before);
}

#[test]
fn a_killed_erasure_is_finished_by_the_next_run_or_has_not_begun() {
    let store = filled();
    store.night();
    let person = ann(&store);
    let erase = |store: &TestStore| store.command(["privacy", "erase", &person, "--yes"]);
    store.killed_at(12, erase, |killed| {
        killed.night();
        if ann(killed).is_empty() {
            no_trace(killed, &person);
        } else {
            // Not begun: the log still has all of hers, and nothing of it is half gone. Rejected rows may be.
            let scan = Scan::of(&killed.path("log"));
            for trace in ["41790000017", "anon-ann-4711", "user-ann-0815", "crm-000017"] {
                assert!(!scan.places(trace).is_empty(), "{trace}");
            }
            assert!(erase(killed).output().unwrap().status.success());
            no_trace(killed, &person);
        }
    });
}

#[test]
fn an_erasure_that_was_cut_off_comes_into_force_whatever_limits_of_quality_it_crosses() {
    let store = filled();
    store.night();
    let person = ann(&store);
    let traces = Traces {
        records: [("crm".to_owned(), "crm-000017".to_owned())].into(),
        ..Traces::default()
    };
    let mut open = Store::open(&store.root()).unwrap();
    erase(&mut open, &traces, NOW.parse().unwrap()).unwrap();
    drop(open);
    fs::write(
        store.path("unifier.toml"),
        format!("{CONFIG}[quality]\ngone = 0.0\nsplit = 0.0\n"),
    )
    .unwrap();
    let said = store.run(["run", "--now", NOW]).ended(0);
    assert!(said.stderr.contains("an erasure waits"), "{}", said.stderr);
    assert!(Scan::of(&store.root()).places("crm-000017").is_empty() && !person.is_empty());
}

/// A person of the example: their id, the sources that know them, and their keys and identifiers.
struct Known {
    id: String,
    sources: BTreeSet<String>,
    traces: BTreeSet<String>,
}

impl Known {
    fn look_up(store: &TestStore, name: &str) -> Self {
        let found = store.run(["people", "find", name, "--format", "json"]).ended(0).json();
        let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
        let id = text(&found["people"][0], "person_id");
        let shown = store.run(["people", "show", &id, "--format", "json"]).ended(0).json();
        let each = |list: &str, name: &str| -> Vec<String> {
            shown[list]
                .as_array()
                .unwrap()
                .iter()
                .map(|value| text(value, name))
                .collect()
        };
        let traces = each("identities", "record_key")
            .into_iter()
            .chain(each("identifiers", "value"));
        Self {
            id,
            sources: each("identities", "source").into_iter().collect(),
            traces: traces.flat_map(|key| parts(&key)).collect(),
        }
    }
}

/// What a key is made of, and so what stands in the log: web identities are pairs, and the customer of an order without a number
/// is named by an address. Numbers of a few digits are left out, since they stand in other people's rows, too.
fn parts(key: &str) -> Vec<String> {
    let bare = key.trim_start_matches("email:").trim_start_matches("phone:");
    let parts = bare.split('/').map(str::to_owned);
    parts.filter(|part| part.len() >= 10).collect()
}

#[test]
fn an_erasure_reaches_people_of_the_example_in_every_source() {
    let store = TestStore::of_the_example();
    exports().iter().for_each(|export| drop(store.import(export)));
    store.run(["pull"]);
    store.night();
    let people = ["Zoë Lüthi", "Nora Keller"].map(|name| Known::look_up(&store, name));
    let sources: BTreeSet<&str> = people
        .iter()
        .flat_map(|known| &known.sources)
        .map(String::as_str)
        .collect();
    assert!(
        sources.is_superset(&["hubspot", "mailchimp", "odoo", "panel", "shopify", "till", "web"].into()),
        "{sources:?}"
    );
    for Known { id, traces, .. } in people {
        assert!(traces.len() >= 4, "{}", traces.len());
        let before = Scan::of(&store.path("log"));
        for (number, trace) in traces.iter().enumerate() {
            assert!(
                !before.places(trace).is_empty(),
                "the scan must see trace {number} before"
            );
        }
        store.run(["privacy", "erase", &id, "--yes"]).ended(0);
        let after = Scan::of(&store.root());
        for (number, trace) in traces.iter().chain([&id]).enumerate() {
            // The recorded day is the edge's, and not the store's to change.
            let mut places = after.places(trace);
            places.retain(|place| !place.contains("/store/web/"));
            assert_eq!(places, Vec::<&str>::new(), "trace {number}");
        }
    }
}
