//! A mapping that the program proposes is one that it can use.

use crate::program::{Said, TestStore};

const CONFIG: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n";
const CARDS: &str = "Kundenkarte;Vorname;Nachname;Geburtsdatum;E-Mail;Telefon;PLZ;Ort;Newsletter;Abgegeben am\n\
                     0020007;Anna;Muster;22.11.1953;anna@example.org;;8001;Zürich;ja;21.05.2025\n\
                     0020014;Beat;Huber;01.12.1960;;+41 79 111 22 33;3000;Bern;nein;22.05.2025\n";

#[test]
fn a_proposed_mapping_is_saved_and_used() {
    let store = TestStore::new(CONFIG);
    let file = store.file("karten.csv", CARDS);
    let mut command = store.command(["import", "--propose"]);
    let proposed = Said::from(command.arg(&file).output().unwrap()).ended(0);
    assert!(
        proposed.stdout.contains("record_key = \"Kundenkarte\""),
        "{}",
        proposed.stdout
    );
    assert!(!proposed.all().contains("anna"), "personal data in {}", proposed.all());
    let map = store.file("map.toml", proposed.stdout);
    let mut command = store.command(["import", "--format", "json", "--map"]);
    let said = Said::from(command.arg(map).arg(&file).output().unwrap()).ended(0);
    let imported = said.json();
    assert_eq!(
        (&imported[0]["read"], &imported[0]["accepted"]),
        (&2.into(), &2.into()),
        "{imported}"
    );
    assert_eq!(imported[0]["source"], "karten");
}

#[test]
fn a_proposal_is_for_one_file_and_is_json_for_programs() {
    let store = TestStore::new(CONFIG);
    let file = store.file("karten.csv", CARDS);
    let mut command = store.command(["import", "--propose"]);
    let said = Said::from(command.arg(&file).arg(&file).output().unwrap()).ended(2);
    assert!(said.stderr.contains("one file at a time"), "{}", said.stderr);
    let mut command = store.command(["import", "--propose", "--format", "json"]);
    let proposal = Said::from(command.arg(&file).output().unwrap()).ended(0).json();
    assert_eq!(proposal["columns"][1]["use"]["field"], "given_name", "{proposal}");
    assert_eq!(proposal["columns"][3]["class"], "date", "{proposal}");
}
