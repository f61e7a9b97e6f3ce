//! A whole import, dry: read = accepted + duplicate + rejected, of people, orders and answers, by a mapping or a preset.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use jiff::civil::Date;
use unifier::ingest::{ImportRequest, import};
use unifier::store::{CONFIG_FILE, Store};

use super::scratch::{self, CONFIG, FOLDER};
use crate::input::Input;

/// Mappings of three kinds over the same columns; without one, a preset is found or nothing is read.
const MAPPINGS: [(&str, &str); 4] = [
    (
        "people.toml",
        "source = \"till\"\nrecord_key = \"a\"\n[columns]\ngiven_name = \"b\"\nemail = \"c\"\nbirth_date = \"d\"\nphone = \"e\"\n\
         [traits]\nshoe = \"f\"\n[consents]\nemail_marketing = { column = \"g\", at = \"h\" }\n",
    ),
    (
        "orders.toml",
        "source = \"till\"\nkind = \"orders\"\n[columns]\norder_id = \"a\"\ncustomer = \"b\"\nordered_at = \"d\"\namount = \"e\"\n\
         currency = \"f\"\nstatus = \"g\"\n",
    ),
    (
        "sales.toml",
        "source = \"till\"\nkind = \"orders\"\n[columns]\ncustomer = \"b\"\nordered_at = \"d\"\namount = \"e\"\n",
    ),
    (
        "answers.toml",
        "source = \"till\"\nkind = \"consents\"\nrecord_key = \"a\"\n[columns]\npurpose = \"b\"\ngranted = \"g\"\n",
    ),
];
/// The columns that the mappings name.
const HEADER: &[u8] = b"a,b,c,d,e,f,g,h\n";

thread_local! {
    static STORE: RefCell<Option<Store>> = const { RefCell::new(None) };
}

/// A byte for the mapping, then the rows under its header, or a file with a header of its own.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let choice = usize::from(input.byte()) % (MAPPINGS.len() + 1);
    let mapping = MAPPINGS.get(choice).map(|(name, text)| written(name, text));
    let header = if mapping.is_some() { HEADER } else { b"" };
    let content = [header, input.rest()].concat();
    STORE.with_borrow_mut(|store| {
        let store = store.get_or_insert_with(opened);
        scratch::with_file(&content, |file| {
            let request = ImportRequest {
                file: "people.csv".as_ref(),
                spooled: Some(file),
                declared: &[],
                preset: None,
                mapping: mapping.as_deref(),
                source: None,
                as_of: Date::constant(2026, 11, 24),
                dry_run: true,
                show: None,
                suppressed: None,
                progress: &|_, _| {},
            };
            let Ok(report) = import(store, &CONFIG, &request) else {
                return;
            };
            assert_eq!(report.read, report.accepted + report.duplicate + report.rejected);
            assert_eq!(report.rejected, report.reasons.values().sum::<u64>());
        });
    });
}

fn opened() -> Store {
    let folder = FOLDER.path().join("store");
    let company = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
    let made = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(CONFIG_FILE), company));
    made.unwrap_or_else(|error| panic!("no store can be made: {error}"));
    Store::open(&folder).unwrap_or_else(|error| panic!("{error}"))
}

fn written(name: &str, text: &str) -> PathBuf {
    let path = FOLDER.path().join(name);
    if !path.is_file() {
        fs::write(&path, text).unwrap_or_else(|error| panic!("no mapping can be written: {error}"));
    }
    path
}
