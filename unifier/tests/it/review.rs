//! What people decide: it shows first, lasts over nights, can be undone, and is erased with the person.

use std::fs;

use serde_json::Value;

use crate::erasure::Scan;
use crate::program::{NOW, TestStore, contents};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
const MAP: &str = "source = \"crm\"\nrecord_key = \"id\"\n[columns]\ngiven_name = \"first\"\nfamily_name = \"last\"\n\
                   email = \"mail\"\nphone = \"tel\"\ncreated_at = \"since\"\n";
/// Ann and her second row share an address; Bob shares Ann's telephone; Cleo shares nothing.
const PEOPLE: &str = "id,first,last,mail,tel,since\n1,Ann,Abel,ann@example.org,+41790000017,2020-01-01\n\
                      2,Ann,Abel,ann@example.org,,2021-01-01\n3,Bob,Abel,bob@example.org,+41790000017,2022-01-01\n\
                      4,Cleo,Cox,cleo@example.org,,2023-01-01\n";

fn store(config: &str) -> TestStore {
    let store = TestStore::new(config);
    store.file("people.map.toml", MAP);
    store.import(&store.file("people.csv", PEOPLE)).ended(0);
    store.night();
    store
}

/// The person's id and the keys of the records.
fn person(store: &TestStore, id: &str) -> (String, Vec<String>) {
    let shown = store.run(["people", "show", id, "--format", "json"]).ended(0).json();
    let keys = shown["identities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|known| known["record_key"].as_str().unwrap().to_owned());
    (
        shown["person"]["person_id"].as_str().unwrap().to_owned(),
        keys.collect(),
    )
}

fn keys(store: &TestStore, id: &str) -> Vec<String> {
    person(store, id).1
}

fn json(store: &TestStore, line: &str) -> Value {
    store.say(&format!("{line} --format json")).ended(0).json()
}

#[test]
fn a_split_shows_its_effects_first_lasts_over_nights_and_can_be_undone() {
    let store = store(CONFIG);
    let before = contents(&store.path("log"));
    let shown = json(&store, "split crm:2 --dry-run");
    assert_eq!(shown["before"].as_array().unwrap().len(), 1);
    let after: Vec<&Value> = shown["after"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| &person["records"])
        .collect();
    assert_eq!(after.len(), 2, "{shown}");
    assert!(shown["after"][0]["traits"]["email"].is_string(), "{shown}");
    assert_eq!(contents(&store.path("log")), before, "a dry run writes nothing");
    store.night();
    assert_eq!(keys(&store, "crm:2"), ["1", "2"]);

    let old = person(&store, "crm:1").0;
    store.say("split crm:2 --yes --by maria --why customer-called").ended(0);
    for _ in 0..2 {
        store.night();
        assert_eq!(keys(&store, "crm:2"), ["2"]);
        assert_eq!(
            person(&store, "crm:1"),
            (old.clone(), vec!["1".to_owned()]),
            "the id goes with its record"
        );
    }
    let listed = json(&store, "review list");
    let decision = &listed["decisions"][0];
    assert_eq!([&decision["by"], &decision["why"]], ["maria", "customer-called"]);
    store
        .run(["review", "undo", decision["id"].as_str().unwrap(), "--by", "paul"])
        .ended(0);
    store.night();
    assert_eq!(keys(&store, "crm:2"), ["1", "2"]);
    assert_eq!(json(&store, "review list")["decisions"][0]["undone"]["by"], "paul");
}

#[test]
fn after_a_merge_the_older_id_stays_and_the_other_leads_to_it() {
    let store = store(CONFIG);
    let (ann, cleo) = (person(&store, "crm:1").0, person(&store, "crm:4").0);
    store.say("merge crm:4 crm:1 --yes").ended(0);
    assert_eq!(keys(&store, &cleo), ["4"], "it counts from the next night on");
    store.night();
    for id in [&ann, &cleo] {
        assert_eq!(
            person(&store, id),
            (ann.clone(), ["1", "2", "4"].map(str::to_owned).to_vec())
        );
    }
    let explained = store.say("explain crm:2 crm:4").ended(0).stdout;
    assert!(explained.contains("were decided to be one person"), "{explained}");
    let formation = json(&store, "explain crm:4");
    let ranks: Vec<&Value> = formation["joined_by"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["evidence"][0]["rank"])
        .collect();
    assert_eq!(ranks, [0, 3], "the decision, then the address");
    store.say(&format!("merge {ann} {cleo}")).ended(2);
}

#[test]
fn the_next_question_goes_when_it_is_answered_and_a_contradiction_is_told() {
    let store = store(CONFIG);
    let next = json(&store, "review next");
    assert_eq!(
        [&next["question"]["type"], &next["question"]["value"]],
        ["phone", "+41790000017"]
    );
    let pair = ["left_record", "right_record"].map(|side| next["question"][side].as_str().unwrap().to_owned());
    let decided = json(&store, &format!("review different {} {}", pair[0], pair[1]));
    assert_eq!(decided["contradicts"].as_array().unwrap().len(), 0);
    assert_eq!(json(&store, "review next")["question"], Value::Null);
    store.night();
    assert_eq!(json(&store, "review next")["question"], Value::Null);
    let other = json(&store, &format!("review same {} {}", pair[0], pair[1]));
    assert_eq!(other["contradicts"][0], decided["decision"]["id"]);
    assert_eq!(json(&store, "review next")["set_aside"][0], decided["decision"]["id"]);
    store.night();
    assert_eq!(keys(&store, "crm:3"), ["1", "2", "3"]);
}

#[test]
fn other_rules_show_who_would_change_and_write_nothing() {
    let store = store(CONFIG);
    let rules = format!(
        "{CONFIG}[[identity.identifiers]]\ntype = \"email\"\nrank = 1\nlimit = 5\nblocked = [\"ann@example.org\"]\n"
    );
    let rules = store.file("other.toml", rules);
    let (log, tables) = (contents(&store.path("log")), contents(&store.path("tables")));
    let preview = store
        .run([
            "run",
            "--dry-run",
            "--now",
            NOW,
            "--format",
            "json",
            "--config",
            rules.to_str().unwrap(),
        ])
        .ended(0)
        .json();
    assert_eq!([&preview["changes"]["split"], &preview["changes"]["merged"]], [1, 0]);
    let example = &preview["examples"][0];
    assert_eq!(
        [&example["change"], &example["other_name"]],
        ["split", "Ann Abel"],
        "{example}"
    );
    assert_eq!(
        (contents(&store.path("log")), contents(&store.path("tables"))),
        (log, tables)
    );
}

#[test]
fn a_night_beyond_its_limits_does_not_come_into_force_until_it_is_accepted() {
    let store = store(CONFIG);
    fs::write(store.path("unifier.toml"), format!("{CONFIG}[quality]\nmerged = 0.1\n")).unwrap();
    let current = fs::read_to_string(store.path("tables/CURRENT")).unwrap();
    store.say("merge crm:1 crm:4 --yes").ended(0);
    let said = store.run(["run", "--now", NOW]).ended(1);
    assert!(said.stderr.contains("merged is 0.3"), "{}", said.stderr);
    assert_eq!(fs::read_to_string(store.path("tables/CURRENT")).unwrap(), current);
    store.run(["run", "--now", NOW, "--accept"]).ended(0);
    assert_eq!(keys(&store, "crm:4"), ["1", "2", "4"]);
    store.night();
}

#[test]
fn labels_of_a_sample_come_back_as_precision_and_recall() {
    let store = store(CONFIG);
    let file = store.beside("sample.csv");
    store.run(["review", "sample", "--to", file.to_str().unwrap()]).ended(0);
    let text = fs::read_to_string(&file).unwrap();
    let label = |line: &str| match line {
        header if header.starts_with("label") => header.to_owned(),
        joined if joined.starts_with(",yes") => format!("same{joined}"),
        apart => format!("different{apart}"),
    };
    assert!(
        text.contains("joined: email (exact)") && text.contains("not joined: different_people"),
        "{text}"
    );
    fs::write(&file, text.lines().map(label).collect::<Vec<_>>().join("\n")).unwrap();
    store.run(["review", "label", file.to_str().unwrap()]).ended(0);
    store.night();
    let report = json(&store, "report");
    let figure = |subject: &str| {
        let measures = report["quality"]["measures"].as_array().unwrap();
        let found = measures
            .iter()
            .find(|figure| figure["measure"] == "labels" && figure["subject"] == subject);
        found.map(|figure| figure["value"].as_f64().unwrap())
    };
    assert_eq!(
        [figure("pairs"), figure("precision"), figure("recall")],
        [Some(2.0), Some(1.0), Some(1.0)]
    );
}

#[test]
fn erasure_takes_decisions_about_the_person_along() {
    let store = store(CONFIG);
    let ann = person(&store, "crm:1").0;
    store.say("split crm:2 --yes --why secret-of-ann").ended(0);
    store.say("review different crm:2 crm:3 --why secret-of-ann").ended(0);
    store
        .say("review different crm:3 crm:4 --why about-the-others")
        .ended(0);
    store.run(["privacy", "erase", &ann, "--yes"]).ended(0);
    let listed = store.say("review list --format json").ended(0).stdout;
    assert!(
        !listed.contains("secret-of-ann") && listed.contains("about-the-others"),
        "{listed}"
    );
    let scan = Scan::of(&store.root());
    assert_eq!(scan.places("secret-of-ann"), Vec::<&str>::new());
    assert!(
        !scan.places("about-the-others").is_empty(),
        "the scan sees what decisions say"
    );
}

#[test]
fn an_export_holds_only_those_who_are_sure_enough() {
    let phone =
        "id,first,last,mail,tel,since\n5,Dora,Dun,,+41790000055,2020-01-01\n6,Dora,Dun,,+41790000055,2021-01-01\n";
    let store = store(CONFIG);
    store.file("more.map.toml", MAP);
    store.import(&store.file("more.csv", phone)).ended(0);
    store.night();
    let people = |confidence: &str| {
        let to = store.beside("people.jsonl");
        store
            .run([
                "export",
                "people",
                "--to",
                to.to_str().unwrap(),
                "--confidence",
                confidence,
            ])
            .ended(0);
        fs::read_to_string(to).unwrap().lines().count()
    };
    assert_eq!([people("likely"), people("strong"), people("exact")], [4, 4, 3]);
    store.say("export scores --to x.csv --confidence exact").ended(1);
    store.say("export people --to x.csv --confidence certain").ended(2);
}
