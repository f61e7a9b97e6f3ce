//! The command line is a promise: every command, its shape, its exit code, and what programs read from it.

use std::fs;

use clap::{Command, CommandFactory};
use unifier::cli::Cli;

use crate::program::{NOW, Said, TestStore, unifier};

const CONFIG: &str =
    "[company]\nname = \"Shop\"\ncountry = \"AU\"\ncurrency = \"AUD\"\n[segments.all]\nrule = 'orders >= 0'\n";
const FEBRL: &str = "rec_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,date_of_birth,soc_sec_id\n\
                     rec-1-org,michaela,neumann,8,stanley street,miami,winston hills,4223,nsw,19151111,5304218\n\
                     rec-2-org,courtney,painter,12,pinkerton circuit,bega flats,richlands,4560,vic,19161214,4066625\n";
const FEBRL_MAP: &str = "source = \"febrl\"\nkind = \"people\"\nrecord_key = \"rec_id\"\n[columns]\ngiven_name = \"given_name\"\n\
                         family_name = \"surname\"\nstreet_number = \"street_number\"\nstreet = \"address_1\"\ncity = \"suburb\"\n\
                         postcode = \"postcode\"\nregion = \"state\"\nbirth_date = \"date_of_birth\"\n[identifiers]\n\
                         national_id = \"soc_sec_id\"\n[traits]\naddress_2 = \"address_2\"\n";

fn import(store: &TestStore, name: &str, map: &str, text: &str) -> Said {
    store.file(&format!("{name}.map.toml"), map);
    store.import(&store.file(&format!("{name}.csv"), text))
}

fn filled() -> TestStore {
    let store = TestStore::new(CONFIG);
    import(&store, "febrl", FEBRL_MAP, FEBRL).ended(0);
    let orders = "source = \"febrl\"\nkind = \"orders\"\nrecord_key = \"nr\"\n[columns]\ncustomer = \"who\"\nordered_at = \"day\"\namount = \"sum\"\n";
    import(
        &store,
        "orders",
        orders,
        "nr,who,day,sum\n1,rec-1-org,2026-01-05,10.00\n2,rec-1-org,2026-03-05,12.00\n",
    )
    .ended(0);
    let consents = "source = \"febrl\"\nkind = \"consents\"\nrecord_key = \"who\"\n[columns]\npurpose = \"what\"\ngranted = \"yes\"\nanswered_at = \"day\"\n";
    import(
        &store,
        "consents",
        consents,
        "who,what,yes,day\nrec-1-org,email_marketing,yes,2026-01-05\n",
    )
    .ended(0);
    let events = "source = \"app\"\nkind = \"events\"\n[columns]\ntype = \"kind\"\nevent = \"name\"\nanonymous_id = \"device\"\ntimestamp = \"at\"\n[consents]\nanalytics = \"agreed\"\n";
    import(
        &store,
        "events",
        events,
        "kind,name,device,at,agreed\ntrack,Seen,d-1,2026-11-18T10:00:00Z,yes\n",
    )
    .ended(0);
    store.night();
    store
}

#[test]
fn every_kind_of_mapping_is_read_and_every_reading_command_speaks_json() {
    let store = filled();
    let id = store
        .run(["people", "find", "painter", "--format", "json"])
        .ended(0)
        .json()["people"][0]["person_id"]
        .clone();
    let commands: [&[&str]; 11] = [
        &["report"],
        &["predict", "report"],
        &["people", "find", "painter"],
        &["review", "next"],
        &["review", "list"],
        &["people", "show", id.as_str().unwrap()],
        &["explain", "febrl:rec-1-org", "febrl:rec-2-org"],
        &["segment", "list"],
        &["segment", "show", "all"],
        &["segment", "count", "orders >= 2"],
        &["privacy", "erase", id.as_str().unwrap()],
    ];
    for command in commands {
        store.run(command.iter().chain(&["--format", "json"])).ended(0).json();
        assert!(!store.run(command).ended(0).stdout.trim().is_empty(), "{command:?}");
    }
    let shown = store.run(["people", "show", id.as_str().unwrap()]).stdout;
    assert!(shown.contains("4066625") && shown.contains("1916-12-14"), "{shown}");
}

#[test]
fn the_exports_have_the_promised_columns() {
    let store = filled();
    let header = |what: &str| {
        let file = store.beside("out.csv");
        store.run(["export", what, "--to", file.to_str().unwrap()]).ended(0);
        let text = fs::read_to_string(file).unwrap();
        text.lines().next().unwrap().trim_start_matches('\u{feff}').to_owned()
    };
    assert_eq!(header("identities"), "source,record_key,person_id");
    let scores = header("scores");
    let columns: Vec<&str> = scores.split(',').collect();
    let promised = "person_id rfm p_alive p_buy_90d expected_orders_365d expected_value_365d next_order_median";
    assert!(promised.split(' ').all(|name| columns.contains(&name)), "{scores}");
    for ending in ["jsonl", "parquet"] {
        let file = store.beside(&format!("people.{ending}"));
        store.run(["export", "people", "--to", file.to_str().unwrap()]).ended(0);
        assert!(file.metadata().unwrap().len() > 0);
    }
}

#[test]
fn exit_codes_tell_done_failed_usage_and_too_many_rejects() {
    let store = TestStore::new(CONFIG);
    store.say("report").ended(1);
    store.say("frobnicate").ended(2);
    store.say("import").ended(2);
    store.say("export nonsense --to x.csv").ended(2);
    let broken = format!("{FEBRL}rec-3\nrec-4\nrec-5\nrec-6\n");
    import(&store, "febrl", FEBRL_MAP, &broken).ended(3);
    store.run(["run", "--now", NOW]).ended(0);
}

/// The commands that do something, as the program's own command line has them.
fn commands(command: &Command, path: &[String]) -> Vec<Vec<String>> {
    if !command.has_subcommands() {
        return vec![path.to_vec()];
    }
    let within = command.get_subcommands();
    within
        .flat_map(|sub| commands(sub, &[path, &[sub.get_name().to_owned()]].concat()))
        .collect()
}

#[test]
fn every_command_explains_itself() {
    let commands = commands(&Cli::command(), &[]);
    assert!(
        commands.contains(&vec!["review".to_owned(), "undo".to_owned()]),
        "{commands:?}"
    );
    for command in commands {
        let said = Said::from(unifier().args(&command).arg("--help").output().unwrap()).ended(0);
        let usage = format!("Usage: unifier {}", command.join(" "));
        assert!(said.stdout.contains(&usage), "{command:?}: {}", said.stdout);
        assert!(
            !said.stdout.starts_with("Usage"),
            "{command:?} says nothing of what it does"
        );
    }
}

#[test]
fn a_new_store_explains_its_configuration_and_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("new");
    let init = || Said::from(unifier().arg("init").arg(&root).output().unwrap());
    init().ended(0);
    assert!(
        fs::read_to_string(root.join("unifier.toml"))
            .unwrap()
            .contains("[company]")
    );
    assert!(init().ended(1).stderr.contains("there already"));
}
