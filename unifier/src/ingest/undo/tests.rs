//! What taking an import back promises.

use std::collections::BTreeMap;
use std::fs;

use event_schema::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::ingest::import::tests::Desk;
use crate::ingest::rows::RepeatRow;
use crate::run::night;
use crate::store::Lane;

const PEOPLE: &str = "source = \"till\"\nrecord_key = \"Card\"\n[columns]\ngiven_name = \"First\"\nemail = \"Mail\"\n\
                      [traits]\nshoe = \"Shoe\"\n[consents]\nemail_marketing = \"News\"\n";
const ORDERS: &str = "source = \"till\"\nkind = \"orders\"\n[columns]\norder_id = \"Nr\"\ncustomer = \"Card\"\n\
                      ordered_at = \"Day\"\namount = \"Paid\"\n";

/// One file: its kind, its day, and its rows.
type File = (u8, i8, Vec<(u8, u8, u8)>);

fn import(desk: &mut Desk, at: usize, (kind, day, rows): &File) -> String {
    let (map, header) = match kind {
        0 => (Some(PEOPLE), "Card,First,Mail,Shoe,News\n"),
        1 => (Some(ORDERS), "Nr,Card,Day,Paid\n"),
        _ => (None, ""),
    };
    let line = |(key, value, other): &(u8, u8, u8)| match kind {
        0 => format!(
            "{key},N{value},p{key}@example.org,{other},{}\n",
            ["yes", "no", "perhaps"][usize::from(*value % 3)]
        ),
        1 => format!("{key},{other},2025-12-0{},{}\n", value + 1, value + 10),
        _ => format!(
            "{{\"type\":\"page\",\"messageId\":\"m{key}{value}\",\"userId\":\"u{key}\",\"timestamp\":\"2026-11-0{}T10:00:00Z\",\
             \"context\":{{\"consent\":{{\"categoryPreferences\":{{\"analytics\":{}}}}}}}}}\n",
            value + 1,
            other % 3 > 0
        ),
    };
    let content = header.to_owned() + &rows.iter().map(line).collect::<String>();
    let path = desk.folder.path().join("map.toml");
    match map {
        Some(map) => fs::write(path, map).unwrap(),
        None => drop(fs::remove_file(path)),
    }
    let name = format!("{at}.{}", if *kind < 2 { "csv" } else { "jsonl" });
    let as_of = Date::constant(2026, 11, 20 + *day);
    desk.try_import(&name, content, |request| {
        request.as_of = as_of;
        request.source = Some("till");
    })
    .unwrap()
    .id
}

/// Everything in the store that a night reads, in an order of its own.
fn content(desk: &Desk) -> Vec<String> {
    let mut content = Vec::new();
    for lane in Lane::ALL {
        for segment in desk.store.log().segments(lane) {
            let notes = segment.notes().unwrap();
            let note = |name: &str| notes.get(name).cloned().unwrap_or_default();
            let from = format!(
                "{} {} {} {}",
                lane.folder(),
                note("import"),
                note("file"),
                note("as_of")
            );
            for batch in segment.read(None).unwrap() {
                let batch = batch.unwrap();
                if lane == Lane::Repeats {
                    // Of several rows that say the same, any may be named.
                    content.extend(RepeatRow::read(&batch).iter().map(|row| format!("{from} {}", row.line)));
                    continue;
                }
                let text = |row| format!("{:?}", batch.slice(row, 1));
                content.extend((0..batch.num_rows()).map(|row| format!("{from}\n{}", text(row))));
            }
        }
    }
    for (id, entry) in imports(&desk.store).unwrap() {
        content.push(format!("{id} {:?}", ImportEntry { number: 0, ..entry }));
    }
    if let Ok(rejects) = fs::read_dir(desk.store.rejects()) {
        content.extend(rejects.map(|file| format!("{:?}", file.unwrap().file_name())));
    }
    content.sort();
    content
}

fn tables(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    let now: Timestamp = "2026-11-30T03:00:00Z".parse().unwrap();
    night(&desk.store, &desk.config, now, true, &|_| {}).unwrap();
    let folder = desk.folder.path().join("tables/000001");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read(&path).unwrap(),
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn an_import_that_is_taken_back_leaves_no_trace(
        files in prop::collection::vec((0..3_u8, 0..4_i8, prop::collection::vec((0..3_u8, 0..2_u8, 0..2_u8), 1..6)), 1..7),
        gone in any::<prop::sample::Index>(),
    ) {
        let gone = gone.index(files.len());
        let (mut with, mut without) = (Desk::new(), Desk::new());
        let mut ids = Vec::new();
        for (at, file) in files.iter().enumerate() {
            ids.push(import(&mut with, at, file));
            if at != gone {
                import(&mut without, at, file);
            }
        }
        // The same bytes under the same layout are one import, whatever the name.
        prop_assume!(ids.iter().filter(|id| **id == ids[gone]).count() == 1);
        undo(&mut with.store, &ids[gone]).unwrap();
        prop_assert_eq!(content(&with), content(&without));
        prop_assert!(tables(&with) == tables(&without), "a night's bytes differ");
    }
}

#[test]
fn what_a_later_import_told_again_is_its_own_then() {
    let mut desk = Desk::new();
    let first = import(&mut desk, 0, &(0, 0, vec![(1, 0, 0), (2, 0, 0)]));
    import(&mut desk, 1, &(0, 1, vec![(1, 0, 0), (2, 0, 0), (3, 0, 0)]));
    assert_eq!(desk.records().len(), 3);
    let undone = undo(&mut desk.store, &first[..6]).unwrap();
    assert_eq!((undone.import.accepted, undone.handed_on), (2, 2));
    assert_eq!(desk.records().iter().map(|row| row.line).collect::<Vec<_>>(), [4, 2, 3]);
    let second = imports(&desk.store).unwrap().pop().unwrap().1;
    assert_eq!((second.accepted, second.duplicate), (3, 0));
}

#[test]
fn an_import_can_be_made_again_after_it_was_taken_back() {
    let mut desk = Desk::new();
    let file = (0, 0, vec![(1, 0, 0), (1, 2, 0)]);
    let id = import(&mut desk, 0, &file);
    let before = content(&desk);
    undo(&mut desk.store, &id).unwrap();
    assert!(content(&desk).is_empty());
    import(&mut desk, 0, &file);
    assert_eq!(content(&desk), before);
    let unknown = undo(&mut desk.store, "feed").unwrap_err().to_string();
    assert!(unknown.contains("unifier import list"), "{unknown}");
}

#[test]
fn a_message_that_two_files_tell_is_counted_once_and_stays_with_the_other() {
    let mut desk = Desk::new();
    let first = import(&mut desk, 0, &(2, 0, vec![(1, 0, 1), (2, 0, 1)]));
    import(&mut desk, 1, &(2, 0, vec![(2, 0, 1), (3, 0, 1)]));
    let facts = crate::ingest::read(desk.store.log(), &desk.config).unwrap();
    assert_eq!(facts.web_events, 3);
    assert_eq!(undo(&mut desk.store, &first).unwrap().handed_on, 1);
    let facts = crate::ingest::read(desk.store.log(), &desk.config).unwrap();
    assert_eq!(facts.web_events, 2);
}
