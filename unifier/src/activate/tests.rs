//! What exports promise, over the six people of the segments' fixture.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::config::SegmentRule;
use crate::privacy::consent;
use crate::segment::fixture::{
    batch, events_daily, id, now, people, purposes, rule, rules, scores, tables, text, traits,
};
use crate::segment::{Segments, TableSet, compile};
use crate::store::CONFIG_FILE;
use crate::{predict, profile};

/// A store with one published night.
struct Shop {
    folder: tempfile::TempDir,
    store: Store,
    night: Night,
    config: Config,
}

impl Shop {
    fn open() -> Self {
        Self::with(people())
    }

    fn with(people: RecordBatch) -> Self {
        let mut config = Config::parse("[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n").unwrap();
        config.purposes = purposes();
        config.segments = rules([
            ("buyers", "orders >= 1"),
            ("everybody", "records >= 1"),
            ("nobody", "records > 9"),
        ]);
        config.segments.insert(
            "known".to_owned(),
            SegmentRule {
                purpose: Some("email_marketing".to_owned()),
                ..rule("email is known or phone is known")
            },
        );
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONFIG_FILE), "").unwrap();
        let store = Store::open(folder.path()).unwrap();
        let draft = store.tables().draft().unwrap();
        let identities = batch([
            ("source", text([Some("hubspot"), Some("web")])),
            ("record_key", text([Some("1"), Some("=cmd/7")])),
            ("record_id", text([Some(id(0)), Some(id(3))])),
            ("person_id", text([Some(id(0)), Some(id(3))])),
        ]);
        let segments = compile(&config.segments, &config.purposes).unwrap();
        let set = TableSet::new(vec![people.clone()], vec![scores()], vec![], vec![]).unwrap();
        let memberships = segments.evaluate(&set, now()).unwrap().to_batches(1, &[]).unwrap();
        draft.write("people", [Ok(people)]).unwrap();
        draft.write("identities", [Ok(identities)]).unwrap();
        draft.write("scores", [Ok(scores())]).unwrap();
        draft.write("traits", [Ok(traits())]).unwrap();
        draft.write("events_daily", [Ok(events_daily())]).unwrap();
        draft.write("segments", memberships.into_iter().map(Ok)).unwrap();
        let night = draft.publish().unwrap();
        Self {
            folder,
            store,
            night,
            config,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn export(&self, what: &str, to: &str, purpose: Option<&str>) -> Result<ExportReport, ExportError> {
        let options = ExportOptions {
            config: &self.config,
            purpose,
            confidence: None,
            note: Some((&self.store, now())),
        };
        export(&self.night, &what.parse().unwrap(), &self.path(to), &options)
    }

    fn text(&self, what: &str, to: &str, purpose: Option<&str>) -> String {
        self.export(what, to, purpose).unwrap();
        fs::read_to_string(self.path(to)).unwrap()
    }
}

#[test]
fn a_list_holds_only_who_agreed_is_not_suppressed_and_has_an_address() {
    let shop = Shop::open();
    let list = shop.text("segment:everybody", "list.csv", Some("email_marketing"));
    insta::assert_snapshot!(list);
    let report = shop
        .export("segment:everybody", "list.csv", Some("email_marketing"))
        .unwrap();
    let withheld = Withheld {
        unsure: 0,
        suppressed: 1,
        refused: 1,
        unknown: 2,
        no_address: 1,
    };
    let addressed = report.addressed.unwrap();
    assert_eq!((report.rows, addressed.members, addressed.withheld), (1, 6, withheld));
    let by_phone = shop.text("segment:everybody", "list.csv", Some("sms_marketing"));
    insta::assert_snapshot!(by_phone);
}

#[test]
fn a_refusal_told_since_the_night_withholds_and_one_that_the_night_weighed_does_not() {
    let shop = Shop::open();
    let counts = || {
        let report = shop
            .export("segment:everybody", "list.csv", Some("email_marketing"))
            .unwrap();
        let withheld = report.addressed.unwrap().withheld;
        (report.rows, withheld.suppressed, withheld.refused)
    };
    assert_eq!(counts(), (1, 1, 1));
    let told = (0..6).map(|person| {
        let id = id(person).parse().unwrap();
        consent::record(&shop.config, id, "email_marketing", false, now(), "letter").unwrap()
    });
    shop.store.state().apply(&told.collect::<Vec<_>>()).unwrap();
    assert_eq!(counts(), (0, 1, 5), "who is suppressed stays counted as that");
    let purposes = ["email_marketing".to_owned(), "sms_marketing".to_owned()];
    let previews = preview(&shop.night, "everybody", &purposes, &shop.config).unwrap();
    let listed: Vec<usize> = previews.iter().map(Addressed::listed).collect();
    assert_eq!(listed[0], 1, "a preview knows the night alone");
    assert_eq!(listed.len(), 2);
    consent::weighed(shop.store.state()).unwrap();
    assert_eq!(counts(), (1, 1, 1), "the night's own answer counts again");
}

#[test]
fn whose_records_are_only_likely_theirs_is_on_a_list_when_that_is_asked_for() {
    let list = |confidence: &str, asked: Option<Confidence>| {
        let six = people();
        let mut fields = six.schema().fields().to_vec();
        fields.push(Field::new("confidence", DataType::Utf8, false).into());
        let words = text([Some(confidence); 6]);
        let told = six.columns().iter().cloned().chain([words]).collect();
        let shop = Shop::with(RecordBatch::try_new(Schema::new(fields).into(), told).unwrap());
        let options = ExportOptions {
            config: &shop.config,
            purpose: Some("email_marketing"),
            confidence: asked,
            note: None,
        };
        let report = export(
            &shop.night,
            &"segment:everybody".parse().unwrap(),
            &shop.path("list.csv"),
            &options,
        );
        let addressed = report.unwrap().addressed.unwrap();
        let previewed = preview(&shop.night, "everybody", &["email_marketing".to_owned()], &shop.config).unwrap();
        assert_eq!(
            asked.is_none(),
            previewed == [addressed.clone()],
            "a preview is of what is listed unless asked otherwise"
        );
        (addressed.listed(), addressed.withheld.unsure)
    };
    assert_eq!(list("likely", None), (0, 6));
    assert_eq!(list("likely", Some(Confidence::Likely)), (1, 0));
    assert_eq!(list("strong", None), (1, 0));
    assert_eq!(list("strong", Some(Confidence::Exact)), (0, 6));
}

#[test]
fn a_segments_own_purpose_is_used_and_another_may_be_given() {
    let shop = Shop::open();
    let purpose = |given| {
        shop.export("segment:known", "a.csv", given)
            .unwrap()
            .addressed
            .unwrap()
            .purpose
    };
    assert_eq!(purpose(None), "email_marketing");
    assert_eq!(purpose(Some("sms_marketing")), "sms_marketing");
}

#[test]
fn a_purpose_nobody_was_asked_about_gives_an_empty_list() {
    let mut shop = Shop::open();
    shop.config.purposes.push("profiling".to_owned());
    let report = shop.export("segment:everybody", "list.csv", Some("profiling")).unwrap();
    let addressed = report.addressed.unwrap();
    assert_eq!((report.rows, addressed.withheld.unknown), (0, 5));
    let header = fs::read_to_string(shop.path("list.csv")).unwrap();
    assert_eq!(
        header,
        "person_id,given_name,family_name,email,phone,country,language\n"
    );
}

#[test]
fn a_list_without_purpose_or_with_an_unknown_one_is_refused_with_the_way_out() {
    let shop = Shop::open();
    let refused = |what, to, purpose| {
        let error = shop.export(what, to, purpose).unwrap_err().to_string();
        assert!(!shop.path(to).exists());
        error.replace(&shop.folder.path().display().to_string(), "DIR")
    };
    let told = [
        refused("segment:buyers", "a.csv", None),
        refused("segment:buyers", "a.csv", Some("emial_marketing")),
        refused("segment:byers", "a.csv", Some("email_marketing")),
        refused("people", "a.xlsx", None),
        What::from_str("persons").unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(Activation::all(&shop.store).unwrap(), []);
}

#[test]
fn internal_tables_leave_nobody_out_and_say_what_they_are() {
    let shop = Shop::open();
    let people = shop.text("people", "people.csv", None);
    insta::assert_snapshot!(people);
    insta::assert_snapshot!(shop.text("people", "people.jsonl", None));
    let report = shop.export("people", "people.csv", None).unwrap();
    assert_eq!((report.rows, report.formulas), (6, 1));
    insta::assert_snapshot!(
        report
            .to_string()
            .replace(&shop.folder.path().display().to_string(), "DIR")
    );
    let list = shop.export("segment:known", "known.csv", None).unwrap();
    insta::assert_snapshot!(
        list.to_string()
            .replace(&shop.folder.path().display().to_string(), "DIR")
    );
}

#[test]
fn a_purpose_for_a_table_that_is_written_whole_is_refused() {
    let shop = Shop::open();
    for what in ["people", "identities", "scores"] {
        let refused = shop.export(what, "all.csv", Some("email_marketing")).unwrap_err();
        assert!(matches!(refused, ExportError::NoList(_)), "{refused}");
        assert!(!shop.path("all.csv").exists());
    }
}

#[test]
fn identities_have_three_columns_and_scores_all_of_theirs() {
    let shop = Shop::open();
    let expected = format!(
        "source,record_key,person_id\nhubspot,1,{}\nweb,'=cmd/7,{}\n",
        id(0),
        id(3)
    );
    assert_eq!(shop.text("identities", "identities.csv", None), expected);
    let scores = shop.text("scores", "scores.csv", None);
    assert!(scores.starts_with("person_id,rfm,p_alive,p_buy_90d,"), "{scores}");
    assert!(scores.contains(&format!("{},111,0.1,0.05,\n", id(1))), "{scores}");
}

#[test]
fn parquet_holds_the_tables_own_columns_and_no_apostrophes() {
    let shop = Shop::open();
    let report = shop.export("people", "people.parquet", None).unwrap();
    assert_eq!(report.formulas, 0);
    assert_eq!(read_parquet(&shop.path("people.parquet")), people());
}

fn read_parquet(path: &Path) -> RecordBatch {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    builder.build().unwrap().next().unwrap().unwrap()
}

#[test]
fn tables_and_segments_without_rows_still_have_their_header() {
    let shop = Shop::with(people().slice(0, 0));
    assert!(shop.text("people", "a.csv", None).starts_with("person_id,given_name,"));
    let nobody = shop.text("segment:nobody", "b.csv", Some("email_marketing"));
    assert_eq!(nobody, "person_id,given_name,family_name,email,country,language\n");
}

#[test]
fn who_received_what_is_noted_without_personal_data() {
    let shop = Shop::open();
    shop.export("segment:known", "first.csv", None).unwrap();
    shop.export("people", "first.csv", None).unwrap();
    let notes = Activation::all(&shop.store).unwrap();
    insta::assert_json_snapshot!(notes);
}

#[test]
fn a_list_that_cannot_be_written_leaves_the_old_one() {
    let shop = Shop::open();
    fs::write(shop.path("people.csv"), "old").unwrap();
    // The name under which the new one would be written is taken by a folder.
    fs::create_dir(shop.path("people.csv.tmp")).unwrap();
    assert!(matches!(
        shop.export("people", "people.csv", None),
        Err(ExportError::Io { .. })
    ));
    assert_eq!(fs::read_to_string(shop.path("people.csv")).unwrap(), "old");
    assert_eq!(Activation::all(&shop.store).unwrap(), []);
}

#[test]
fn a_night_on_disk_counts_as_the_tables_in_memory_do() {
    let shop = Shop::open();
    let segments: Segments = compile(&shop.config.segments, &shop.config.purposes).unwrap();
    let texts = [
        "orders >= 1 and not in segment \"nobody\"",
        "trait \"loyalty_tier\" = \"gold\" or event \"Product Viewed\" at least 4 times",
        "p_buy_90d >= 0.5 and from source \"shopify\"",
        "consents to sms_marketing",
    ];
    for text in texts {
        let rule = segments.parse(text).unwrap();
        let count = segments.count(&shop.night, &rule, now()).unwrap();
        assert!(count.matched > 0);
        assert_eq!(count, segments.count_in(&tables(), &rule, now()).unwrap(), "{text}");
    }
    let read = TableSet::read(&shop.night).unwrap();
    assert_eq!(
        segments.evaluate(&read, now()).unwrap(),
        segments.evaluate(&tables(), now()).unwrap()
    );
}

/// The stages that make the tables keep to what the files can hold.
#[test]
fn every_column_of_people_and_scores_can_be_written() {
    let people = profile::people::people(&[], &purposes()).unwrap();
    let predictions = predict::score(&[], 20_000, &predict::PredictConfig::default());
    let scores = predict::table::scores(std::iter::empty(), &predictions)
        .next()
        .unwrap()
        .unwrap();
    let columns = people.columns().iter().chain(scores.columns());
    let unwritable: Vec<_> = columns.filter(|column| cell::Column::new(column).is_none()).collect();
    assert!(unwritable.is_empty(), "{unwritable:?}");
    for column in [
        "rfm",
        "p_alive",
        "p_buy_90d",
        "expected_orders_365d",
        "expected_value_365d",
        "next_order_median",
    ] {
        assert!(scores.column_by_name(column).is_some(), "{column}");
    }
}
