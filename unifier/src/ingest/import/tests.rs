//! What an import promises.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::ingest::Field;
use crate::ingest::rows::{ConsentRow, OrderRow};
use crate::record::OrderStatus;
use crate::store::{CONFIG_FILE, Lane};

const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";

/// A store, and files to import into it.
pub(in crate::ingest) struct Desk {
    pub(in crate::ingest) folder: tempfile::TempDir,
    pub(in crate::ingest) store: Store,
    pub(in crate::ingest) config: Config,
}

impl Desk {
    pub(in crate::ingest) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CONFIG_FILE), COMPANY).unwrap();
        Self {
            store: Store::open(folder.path()).unwrap(),
            config: Config::parse(COMPANY).unwrap(),
            folder,
        }
    }

    pub(in crate::ingest) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(in crate::ingest) fn try_import(
        &mut self,
        name: &str,
        content: impl AsRef<[u8]>,
        change: impl FnOnce(&mut ImportRequest<'_>),
    ) -> Result<ImportReport, ImportError> {
        let file = self.file(name, content);
        let mapping = self.folder.path().join("map.toml");
        let mut request = ImportRequest {
            file: &file,
            spooled: None,
            declared: &[],
            preset: None,
            mapping: mapping.is_file().then_some(mapping.as_path()),
            source: None,
            as_of: Date::constant(2026, 11, 24),
            dry_run: false,
            show: None,
            suppressed: None,
            progress: &|_, _| {},
        };
        change(&mut request);
        import(&mut self.store, &self.config, &request)
    }

    pub(in crate::ingest) fn import(&mut self, name: &str, content: impl AsRef<[u8]>) -> ImportReport {
        let report = self.try_import(name, content, |_| {}).unwrap();
        assert_eq!(report.read, report.accepted + report.duplicate + report.rejected);
        report
    }

    pub(in crate::ingest) fn map(&self, toml: &str) {
        self.file("map.toml", toml);
    }

    pub(in crate::ingest) fn records(&self) -> Vec<RecordRow> {
        self.batches(Lane::Records).iter().flat_map(RecordRow::read).collect()
    }

    pub(in crate::ingest) fn orders(&self) -> Vec<OrderRow> {
        self.batches(Lane::Orders).iter().flat_map(OrderRow::read).collect()
    }

    pub(in crate::ingest) fn consents(&self) -> Vec<ConsentRow> {
        self.batches(Lane::Consents).iter().flat_map(ConsentRow::read).collect()
    }

    pub(in crate::ingest) fn batches(&self, lane: Lane) -> Vec<arrow::array::RecordBatch> {
        self.store
            .log()
            .segments(lane)
            .flat_map(|segment| segment.read(None).unwrap())
            .map(Result::unwrap)
            .collect()
    }

    pub(in crate::ingest) fn rejects(&self, report: &ImportReport) -> String {
        fs::read_to_string(report.rejects.as_ref().unwrap()).unwrap()
    }
}

const PEOPLE: &str = "source = \"till\"\nrecord_key = \"Card\"\n[columns]\ngiven_name = \"First\"\nemail = \"Mail\"\nbirth_date = \"Born\"\n\
                      [consents]\nemail_marketing = \"News\"\n";
const HEADER: &str = "Card,First,Mail,Born,News\n";

#[test]
fn good_rows_are_kept_and_bad_ones_have_a_line_a_column_and_a_reason() {
    let mut desk = Desk::new();
    desk.map(PEOPLE);
    let content = format!(
        "{HEADER}1,Ann,ann@example.org,1980-02-29,yes\n2,Bob\n,,,,\n4,Dan,dan@example.org,31.02.1980,perhaps\n"
    );
    let report = desk.import("people.csv", content);
    assert_eq!((report.read, report.accepted, report.rejected), (4, 2, 2));
    assert_eq!(
        report.reasons,
        BTreeMap::from([(RowReject::WrongFieldCount, 1), (RowReject::MissingKey, 1)])
    );
    assert_eq!(
        report.left_out,
        BTreeMap::from([(RowReject::UnreadableDate, 1), (RowReject::UnreadableAnswer, 1)])
    );
    let rejects = desk.rejects(&report);
    assert!(rejects.contains("3,,row,wrong_field_count,\"2,Bob\""), "{rejects}");
    assert!(rejects.contains("5,Born,digits,unreadable_date,"), "{rejects}");
    assert_eq!(desk.records().iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(desk.records()[0].get(Field::BirthDate), Some("1980-02-29"));
    assert!(report.has_too_many_rejects());
}

#[test]
fn the_same_file_twice_changes_nothing_and_says_so() {
    let mut desk = Desk::new();
    desk.map(PEOPLE);
    let content = format!("{HEADER}1,Ann,ann@example.org,,\n");
    let first = desk.import("people.csv", &content);
    let again = desk.import("copy.csv", &content);
    assert_eq!(
        again.already_imported.map(|entry| (entry.file, entry.accepted)),
        Some(("people.csv".to_owned(), 1))
    );
    assert_eq!((first.accepted, again.read, desk.records().len()), (1, 0, 1));
}

#[test]
fn an_unchanged_row_of_a_later_file_is_a_duplicate_and_a_changed_one_is_not() {
    let mut desk = Desk::new();
    desk.map(PEOPLE);
    desk.import(
        "monday.csv",
        format!("{HEADER}1,Ann,ann@example.org,,\n2,Bob,bob@example.org,,\n"),
    );
    let tuesday = format!("{HEADER}2,Robert,bob@example.org,,\n1,Ann,ann@example.org,,\n");
    let report = desk
        .try_import("tuesday.csv", tuesday, |request| {
            request.as_of = Date::constant(2026, 11, 25)
        })
        .unwrap();
    assert_eq!((report.accepted, report.duplicate), (1, 1));
    assert_eq!(desk.records().len(), 3);
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let mut desk = Desk::new();
    desk.map(PEOPLE);
    let content = format!("{HEADER}1,Ann,ann@example.org,,\nbroken\n");
    let report = desk
        .try_import("people.csv", &content, |request| request.dry_run = true)
        .unwrap();
    assert_eq!((report.accepted, report.rejected, report.rejects), (1, 1, None));
    assert!(desk.records().is_empty() && !desk.store.rejects().exists());
    assert_eq!(desk.import("people.csv", &content).accepted, 1);
}

#[test]
fn an_erased_person_does_not_come_back() {
    let mut desk = Desk::new();
    desk.map(PEOPLE);
    let content = format!("{HEADER}1,Ann,Ann@Example.org,,\n2,Bob,bob@example.org,,\n");
    let report = desk
        .try_import("people.csv", content, |request| {
            request.suppressed = Some(&|kind, value| (kind, value) == ("email", "ann@example.org"))
        })
        .unwrap();
    assert_eq!((report.accepted, report.reasons[&RowReject::ErasedPerson]), (1, 1));
    assert!(
        !desk.rejects(&report).to_lowercase().contains("ann@"),
        "the row must not be kept"
    );
    assert_eq!(desk.records().len(), 1);
}

#[test]
fn a_run_killed_before_its_commit_leaves_nothing() {
    let desk = Desk::new();
    desk.map(PEOPLE);
    let content = format!("{HEADER}1,Ann,ann@example.org,,yes\n");
    let file = desk.file("people.csv", &content);
    let mapping = desk.folder.path().join("map.toml");
    let request = ImportRequest {
        file: &file,
        spooled: None,
        declared: &[],
        preset: None,
        mapping: Some(&mapping),
        source: None,
        as_of: Date::constant(2026, 11, 24),
        dry_run: false,
        show: None,
        suppressed: None,
        progress: &|_, _| {},
    };
    let plan = Plan::make(&desk.store, &desk.config, &request).unwrap();
    let rejects = RejectsFile::new(&desk.store.rejects(), &plan.id);
    let mut run = Run {
        plan: &plan,
        config: &desk.config,
        request: &request,
        known: KnownRows::default(),
        numbering: Numbering::default(),
        comparison: None,
        rejects,
        report: plan.report(&request),
    };
    assert_eq!(run.stage(&desk.store).unwrap().len(), 2);
    drop(run);
    let Desk { folder, store, config } = desk;
    drop(store);
    let mut desk = Desk {
        store: Store::open(folder.path()).unwrap(),
        folder,
        config,
    };
    assert!(desk.records().is_empty());
    let left = fs::read_dir(desk.folder.path().join("log/records/source=till"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "staged files are cleared");
    assert_eq!(desk.import("people.csv", content).accepted, 1);
}

#[test]
fn windows_files_with_semicolons_and_commas_are_read() {
    let mut desk = Desk::new();
    desk.map("source = \"erp\"\nkind = \"orders\"\n[columns]\norder_id = \"Nr\"\nordered_at = \"Datum\"\namount = \"Betrag\"\nemail = \"Mail\"\ncity = \"Ort\"\n");
    let content = b"Nr;Datum;Betrag;Mail;Ort\n7;24.12.2025 18:30;1.234,50 \x80;ann@example.org;Z\xfcrich\n8;bald;1,00;;\n9;24.12.2025;viel;;\n";
    let report = desk.import("auftraege.csv", content);
    assert_eq!(
        (report.accepted, report.rejected, report.encoding.as_str()),
        (1, 2, "windows-1252")
    );
    let order = &desk.orders()[0];
    assert_eq!(
        (order.amount.to_string().as_str(), order.currency.as_str()),
        ("1234.50", "EUR")
    );
    assert_eq!(order.ordered_at.to_string(), "2025-12-24T18:30:00.000Z");
    assert_eq!(order.record_key.as_deref(), Some("email:ann@example.org"));
    assert_eq!(desk.records()[0].get(Field::City), Some("Zürich"));
    assert!(desk.rejects(&report).contains("3,Datum,letters,unreadable_date"));
}

#[test]
fn an_orders_own_key_is_its_number_and_never_its_customers() {
    let mut desk = Desk::new();
    desk.map("source = \"till\"\nkind = \"orders\"\nrecord_key = \"Nr\"\n[columns]\ncustomer = \"Card\"\nordered_at = \"Day\"\namount = \"Paid\"\n");
    desk.import(
        "receipts.csv",
        "Nr,Card,Day,Paid\n7,0020,2025-12-24,5\n8,,2025-12-24,5\n",
    );
    let told: Vec<_> = desk
        .orders()
        .into_iter()
        .map(|order| (order.order_id, order.record_key))
        .collect();
    assert_eq!(
        told,
        [("7".to_owned(), Some("0020".to_owned())), ("8".to_owned(), None)]
    );
    assert_eq!(
        desk.records()
            .iter()
            .map(|row| row.record_key.as_str())
            .collect::<Vec<_>>(),
        ["0020"]
    );
}

#[test]
fn an_order_over_several_lines_is_one_order() {
    let mut desk = Desk::new();
    let content = "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Refunded Amount,Cancelled at,Accepts Marketing\n\
                   #1,ann@example.org,paid,CHF,30.00,2024-05-01 10:00:00 +0200,1,5.00,,yes\n\
                   #1,,,,,,2,,,\n\
                   #2,bob@example.org,refunded,CHF,10.00,2024-05-02 10:00:00 +0200,1,10.00,,no\n\
                   #3,bob@example.org,voided,CHF,10.00,2024-05-03 10:00:00 +0200,1,0.00,2024-05-04 10:00:00 +0200,\n\
                   #4,,,,,,1,,,\n";
    let report = desk.import("orders_export_1.csv", content);
    assert_eq!(
        (report.layout.as_str(), report.source.as_str()),
        ("shopify-orders", "shopify")
    );
    assert_eq!((report.read, report.accepted, report.continuations), (4, 3, 1));
    assert_eq!(report.reasons, BTreeMap::from([(RowReject::MissingTime, 1)]));
    let told: Vec<_> = desk
        .orders()
        .iter()
        .map(|order| (order.amount.to_string(), order.status))
        .collect();
    let expected = [
        ("25.00", OrderStatus::Completed),
        ("0.00", OrderStatus::Refunded),
        ("10.00", OrderStatus::Cancelled),
    ];
    assert_eq!(told, expected.map(|(amount, status)| (amount.to_owned(), status)));
    assert_eq!(
        desk.consents()
            .iter()
            .map(|consent| consent.granted)
            .collect::<Vec<_>>(),
        [true, false]
    );
}

#[test]
fn shopify_customers_lose_their_apostrophes_and_keep_their_consents() {
    let mut desk = Desk::new();
    let content = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags\n\
                   '1001,Ann,Smith,ann@example.org,yes,'8001,'+41791112233,no,12.00,1,\"vip, early\"\n\
                   '1002,,,,no,,'+41791112244,no,0.00,0,\n";
    let report = desk.import("customers_export.csv", content);
    assert_eq!((report.accepted, report.consents), (2, 4));
    let row = &desk.records()[0];
    assert_eq!(
        (row.record_key.as_str(), row.get(Field::Postcode), row.get(Field::Phone)),
        ("1001", Some("8001"), Some("+41791112233"))
    );
    assert_eq!(row.traits["tags"], "vip, early");
    let evidence: Vec<String> = desk.consents().into_iter().map(|consent| consent.evidence).collect();
    assert!(
        evidence.contains(&"column Accepts Email Marketing: yes".to_owned()),
        "{evidence:?}"
    );
}

#[test]
fn the_file_of_unsubscribed_members_refuses_with_its_time() {
    let mut desk = Desk::new();
    let content = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,LAST_CHANGED,LEID,EUID,UNSUB_TIME\n\
                   ann@example.org,Ann,2,2023-01-01 08:00:00,192.0.2.1,2024-01-01 08:00:00,11,e1,2024-01-01 09:00:00\n";
    desk.import("unsubscribed_members_export_ab12.csv", content);
    let consent = &desk.consents()[0];
    assert_eq!(
        (consent.granted, consent.at.unwrap().to_string().as_str()),
        (false, "2024-01-01T09:00:00.000Z")
    );
    let row = &desk.records()[0];
    assert_eq!(
        (
            row.record_key.as_str(),
            row.traits.keys().map(String::as_str).collect::<Vec<_>>()
        ),
        ("e1", vec!["member_rating"])
    );
}

#[test]
fn partners_with_either_header_are_the_same_people() {
    let technical = "id,name,email,is_company,parent_id,vat\n__export__.res_partner_42_a1,Ann Smith,ann@example.org,False,Acme,CHE-1\n__export__.res_partner_43_a1,Acme,,True,,CHE-1\n";
    let labels = "External ID,Name,Email,Is a Company,Related Company,Tax ID\n__export__.res_partner_42_a1,Ann Smith,ann@example.org,False,Acme,CHE-1\n__export__.res_partner_43_a1,Acme,,True,,CHE-1\n";
    let read = |content: &str| {
        let mut desk = Desk::new();
        assert_eq!(desk.import("res.partner.csv", content).layout, "odoo-partners");
        desk.records()
            .into_iter()
            .map(|row| (row.record_key, row.person))
            .collect::<Vec<_>>()
    };
    assert_eq!(read(technical), read(labels));
    assert_eq!(read(technical)[1].1[Field::Company as usize].as_deref(), Some("Acme"));
    assert_eq!(read(technical)[1].1[Field::FullName as usize], None);
}

#[test]
fn the_time_of_a_yes_is_not_the_time_of_a_no() {
    let mut desk = Desk::new();
    desk.map("source = \"till\"\nrecord_key = \"Card\"\n[consents]\nemail_marketing = { column = \"News\", granted_at = \"Opt-in\" }\n");
    desk.import("people.csv", "Card,News,Opt-in\n1,yes,2020-05-01\n2,no,2020-05-01\n");
    let told: Vec<_> = desk
        .consents()
        .into_iter()
        .map(|consent| (consent.granted, consent.at.map(|at| at.to_string())))
        .collect();
    let agreed = Some("2020-05-01T00:00:00.000Z".to_owned());
    assert_eq!(told, [(true, agreed), (false, None)]);
}

#[test]
fn a_file_of_consents_gives_answers_and_the_people_who_gave_them() {
    let mut desk = Desk::new();
    desk.map("source = \"letters\"\nkind = \"consents\"\n[columns]\nemail = \"Mail\"\npurpose = \"For\"\ngranted = \"Answer\"\nanswered_at = \"When\"\n");
    let content = "Mail,For,Answer,When\nann@example.org,Email Marketing,no,2024-05-01\nann@example.org,telepathy,yes,2024-05-01\n\
                   ann@example.org,profiling,perhaps,2024-05-01\nann@example.org,profiling,yes,someday\n";
    let report = desk.import("letters.csv", content);
    assert_eq!((report.accepted, report.rejected), (1, 3));
    let consent = &desk.consents()[0];
    assert_eq!(
        (consent.record_key.as_str(), consent.purpose.as_str(), consent.granted),
        ("email:ann@example.org", "email_marketing", false)
    );
    assert_eq!(desk.records()[0].get(Field::Email), Some("ann@example.org"));
}

/// An event of the file's own, of a visitor who agreed to analytics or not.
fn event(id: &str, agreed: bool) -> String {
    format!(
        "{{\"type\":\"track\",\"event\":\"Demo Booked\",\"messageId\":\"{id}\",\"userId\":\"u1\",\"timestamp\":\"2020-05-01T10:00:00Z\",\
         \"context\":{{\"consent\":{{\"categoryPreferences\":{{\"analytics\":{agreed}}}}}}}}}\n"
    )
}

#[test]
fn a_file_of_events_goes_the_way_of_the_webs() {
    let mut desk = Desk::new();
    let lines = [
        event("m1", true),
        event("m1", true),
        "{\"type\":\"dance\"}\n".to_owned(),
        "{".to_owned(),
    ];
    let report = desk.import("events.jsonl", lines.concat());
    assert_eq!((report.accepted, report.duplicate, report.rejected), (1, 1, 2));
    desk.map("source = \"calls\"\nkind = \"events\"\n[columns]\ntype = \"Kind\"\nevent = \"What\"\ntimestamp = \"When\"\nuser_id = \"Who\"\n[traits]\nminutes = \"Minutes\"\n[consents]\nanalytics = \"Agreed\"\n");
    let calls = "Kind,What,When,Who,Minutes,Agreed\ntrack,Called,2020-05-01 11:00,u1,7,yes\ntrack,Called,soon,u1,7,yes\ntrack,Called,2020-05-01 11:00,u1,7,yes\n";
    let report = desk.import("calls.csv", calls);
    assert_eq!((report.accepted, report.duplicate, report.rejected), (1, 1, 1));
    let segments: Vec<_> = desk
        .store
        .log()
        .segments(Lane::Events)
        .map(|segment| segment.partition())
        .collect();
    assert_eq!(segments, ["2020-05-01", "2020-05-01"]);
}

#[test]
fn an_event_without_an_agreement_is_not_kept_and_neither_are_its_ids() {
    let mut desk = Desk::new();
    let silent = "{\"type\":\"page\",\"messageId\":\"m3\",\"userId\":\"u1\",\"timestamp\":\"2020-05-01T10:00:00Z\"}\n";
    let report = desk.import(
        "events.jsonl",
        [event("m1", true), event("m2", false), silent.to_owned()].concat(),
    );
    assert_eq!((report.accepted, report.reasons[&RowReject::MissingConsent]), (1, 2));
    assert!(!desk.rejects(&report).contains("u1"));
    desk.map("source = \"calls\"\nkind = \"events\"\n[columns]\ntype = \"Kind\"\nevent = \"What\"\ntimestamp = \"When\"\nuser_id = \"Who\"\n");
    let report = desk.import("calls.csv", "Kind,What,When,Who\ntrack,Called,2020-05-01 11:00,u1\n");
    assert_eq!((report.accepted, report.reasons[&RowReject::MissingConsent]), (0, 1));
}

#[test]
fn a_line_of_the_edge_is_checked_like_any_other() {
    let mut desk = Desk::new();
    let line = |id: &str, user: &str, agreed: bool| {
        format!(
            "{{\"lane\":\"consented\",{},\"receivedAt\":\"2020-05-01T10:00:01Z\",\"site\":\"shop\",\"country\":\"CH\",\"device\":\"mobile\",\"bot\":false}}\n",
            event(id, agreed)
                .trim_end()
                .trim_start_matches('{')
                .trim_end_matches('}')
                .to_owned()
                .replace("\"u1\"", user)
                + "}}}"
        )
    };
    let lines = [
        line("m1", "\"u1\"", true),
        line("m2", "\"undefined\"", true),
        line("m3", "\"u1\"", false),
        line("m4", "\"u1\"", true).replace("consented", "strange"),
    ];
    let report = desk.import("edge.jsonl", lines.concat());
    assert_eq!(report.accepted, 2, "{:?}", report.reasons);
    assert_eq!(
        report.reasons,
        BTreeMap::from([(RowReject::InvalidEvent, 1), (RowReject::MissingConsent, 1)])
    );
}

#[test]
fn a_refused_event_without_an_agreement_leaves_no_id_whatever_else_is_wrong() {
    let mut desk = Desk::new();
    let strange = |id: &str, agreed| event("m1", agreed).replace("track", "strange").replace("\"u1\"", id);
    let lines = [
        event("m0", true),
        strange("\"user-refused\"", false),
        "{\"type\":\"page\",\"userId\":\"user-silent\"}\n".to_owned(),
        "{\"userId\":\"user-broken\"\n".to_owned(),
        "{\"lane\":\"audience\",\"userId\":\"user-lane\"}\n".to_owned(),
        strange("\"user-agreed\"", true),
    ];
    let report = desk.import("events.jsonl", lines.concat());
    assert_eq!(report.rejected, 5);
    let rejects = desk.rejects(&report);
    for id in ["user-refused", "user-silent", "user-broken", "user-lane"] {
        assert!(!rejects.contains(id), "{id} in {rejects}");
    }
    assert!(rejects.contains("user-agreed"), "{rejects}");
    desk.map("source = \"calls\"\nkind = \"events\"\n[columns]\ntype = \"Kind\"\nevent = \"What\"\ntimestamp = \"When\"\nuser_id = \"Who\"\n[consents]\nanalytics = \"Agreed\"\n");
    let report = desk.import(
        "calls.csv",
        "Kind,What,When,Who,Agreed\ntrack,Called,soon,user-refused,no\ntrack,Called,soon,user-agreed,yes\ntrack,Called,user-wide\n",
    );
    let rejects = desk.rejects(&report);
    assert!(
        !rejects.contains("user-refused") && !rejects.contains("user-wide"),
        "{rejects}"
    );
    assert!(rejects.contains("user-agreed"), "{rejects}");
}

#[test]
fn a_hit_without_an_id_is_checked_like_any_other_line() {
    let mut desk = Desk::new();
    let hit = |id: &str, place: &str| {
        format!(
            "{{\"lane\":\"audience\",\"messageId\":\"{id}\",\"timestamp\":\"2020-05-01T10:00:00Z\",\"receivedAt\":\"2020-05-01T10:00:01Z\",\
             \"site\":\"shop\",\"name\":\"Page Viewed\",{place},\"device\":\"mobile\",\"bot\":false}}\n"
        )
    };
    let sound = "\"path\":\"/shoes\",\"referrerHost\":\"search.example\",\"country\":\"CH\"";
    let mut lines = vec![hit("m1", sound), hit("m2", &sound.replace("CH", ""))];
    lines.extend([
        hit("m3", &sound.replace("/shoes", "/shoes?mail=ann@example.org")),
        hit("m4", &sound.replace("/shoes", "/reset/ann@example.org")),
        hit("m5", &sound.replace("search.example", "search.example/?q=ann")),
        hit("m6", &sound.replace("CH", "Switzerland")),
        hit("m7", sound).replace("Page Viewed", &"x".repeat(101)),
        hit("m8", &format!("{sound},\"campaign\":{{\"name\":\"a\",\"source\":\"b\",\"medium\":\"c\",\"clickIdName\":\"gclid\",\"clickId\":\"1\"}}")),
        hit("m9", &format!("{sound},\"userId\":\"u1\"")),
    ]);
    let report = desk.import("edge.jsonl", lines.concat());
    assert_eq!((report.accepted, report.rejected), (2, 7), "{:?}", report.reasons);
    assert!(!desk.rejects(&report).contains("ann"));
}

#[test]
fn a_long_file_of_events_is_staged_in_parts_and_committed_once() {
    let mut desk = Desk::new();
    let many: String = (0..=events::PART_EVENTS)
        .map(|id| event(&format!("m{id}"), true))
        .collect();
    let report = desk.import("events.jsonl", many);
    assert_eq!(report.accepted, events::PART_EVENTS + 1);
    assert_eq!(desk.store.log().segments(Lane::Events).count(), 2);
}

#[test]
fn a_source_of_events_has_a_usable_name() {
    let mut desk = Desk::new();
    let refused = desk.try_import("events.jsonl", event("m1", true), |request| {
        request.source = Some("../web")
    });
    assert!(refused.unwrap_err().to_string().contains("--source NAME"));
}

#[test]
fn a_file_that_cannot_be_imported_says_why_and_writes_nothing() {
    let mut desk = Desk::new();
    let told = |result: Result<ImportReport, ImportError>| result.unwrap_err().to_string();
    let unknown = told(desk.try_import("odd.csv", "a,b\n1,2\n", |_| {}));
    assert!(
        unknown.contains("odd.csv") && unknown.contains("--map MAP.toml"),
        "{unknown}"
    );
    let unfit = told(desk.try_import("odd.csv", "a,b\n1,2\n", |request| {
        request.preset = Some("odoo-partners")
    }));
    assert!(unfit.contains("it lacks External ID"), "{unfit}");
    desk.map("source = \"till\"\n[columns]\nemail = \"Mial\"\n");
    let missing = told(desk.try_import("odd.csv", "Card,Mail\n1,2\n", |_| {}));
    assert!(missing.contains("did you mean \"Mail\"?"), "{missing}");
    desk.map("[columns]\nemail = \"Mail\"\n");
    let nameless = told(desk.try_import("odd.csv", "Card,Mail\n1,2\n", |_| {}));
    assert!(nameless.contains("--source NAME"), "{nameless}");
    assert!(desk.records().is_empty());
}

#[test]
fn a_packed_file_is_the_same_file() {
    use std::io::Write;
    let mut desk = Desk::new();
    desk.map(PEOPLE);
    let content = format!("\u{feff}{HEADER}1,Ann,ann@example.org,,\n");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(content.as_bytes()).unwrap();
    assert_eq!(desk.import("people.csv.gz", packer.finish().unwrap()).accepted, 1);
    let plain = desk.import("people.csv", content);
    assert_eq!((plain.accepted, plain.duplicate), (0, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn totals_add_up_whatever_the_bytes(lines in prop::collection::vec("[1-3a,\"@.éx/ ]{0,24}", 0..30)) {
        let mut desk = Desk::new();
        desk.map(PEOPLE);
        let report = desk.import("people.csv", format!("{HEADER}{}\n", lines.join("\n")));
        prop_assert_eq!(desk.records().len() as u64, report.accepted);
    }
}
