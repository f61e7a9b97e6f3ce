//! What is proposed for files that nobody has mapped.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::config::Config;
use crate::ingest::mapping::Mapping;

const COMPANY: &str = "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"CHF\"\n";

/// The columns and rows of a small file.
fn table(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut lines = text
        .trim()
        .lines()
        .map(|line| line.split(',').map(|cell| cell.trim().to_owned()).collect());
    (lines.next().unwrap(), lines.collect())
}

fn proposed(name: &str, text: &str) -> Proposal {
    let (header, rows) = table(text);
    let proposal = propose(name, &header, &rows, "CH");
    read_back(&proposal, &header).unwrap();
    proposal
}

/// Whether the mapping file can be used for the file it was proposed for.
fn read_back(proposal: &Proposal, header: &[String]) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.toml");
    fs::write(&path, proposal.to_string()).unwrap();
    let mapping = Mapping::read(&path, &Config::parse(COMPANY).unwrap()).map_err(|error| error.to_string())?;
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    mapping
        .resolve(Path::new("map.toml"), &header, "file")
        .map_err(|error| error.to_string())?;
    Ok(())
}

#[test]
fn a_register_of_people_is_mapped_by_its_header() {
    insta::assert_snapshot!(proposed(
        "febrl1.csv",
        "record_id,given_name,surname,street_number,address_1,address_2,suburb,postcode,state,date_of_birth,soc_sec_id
         r000000,caitlin,bishop,186,dolling crescent,clifden,tarana,3121,nsw,19721009,1052176
         r000001,,boulter,20,tazewell circuit,berkeley vlge,potts point,2450,vic,19420722,5269403
         r000002,blake,green,7,keane place,,kingscliff,3056,qld,19130218,4180738"
    ));
}

#[test]
fn transactions_of_customers_who_come_again_are_orders_without_numbers() {
    let columns = "customer_id,date,quantity,amount\n00001,1997-01-01,1,11.77\n00002,1997-01-12,1,12.00\n";
    let told = proposed("cdnow.csv", &format!("{columns}00002,1997-01-12,5,77.00\n"));
    assert_eq!(told.kind, "orders");
    assert!(told.to_string().contains("customer = \"customer_id\""), "{told}");
    assert_eq!(
        proposed("cdnow.csv", columns).kind,
        "people",
        "a customer a row is a list of customers"
    );
}

#[test]
fn historical_people_keep_what_no_field_is_for_as_traits() {
    insta::assert_snapshot!(proposed(
        "historical.csv",
        "record_id,full_name,first_and_surname,first_name,surname,dob,birth_place,postcode_fake,gender,occupation
         r000000,andrew ramsey,andrew ramsey,andrew,ramsey,1859-11-09,,,male,
         r000001,hugh lusk,hugh lusk,hugh,lusk,1837-01-01,tameside,ol6 8ug,male,clergyman"
    ));
}

#[test]
fn german_and_french_headers_are_understood_and_consent_finds_its_date() {
    insta::assert_snapshot!(proposed(
        "Kunden 2024.csv",
        "Kundennummer,Anrede,Vorname,Name,E-Mail,Handy,Strasse,PLZ,Ort,Land,Geburtsdatum,Newsletter,Einwilligung am,Schuhgrösse
         1001,Frau,Anna,Muster,anna@example.org,079 111 22 33,Seeweg 1,8001,Zürich,Schweiz,29.02.1980,ja,01.05.2024,38
         1002,Herr,Beat,Huber,,,Dorfplatz 2,3000,Bern,CH,01.01.1970,nein,02.05.2024,43"
    ));
    insta::assert_snapshot!(proposed(
        "adherents.csv",
        "N° client,Nom,Prénom,Courriel,Tél portable,Adresse,Code postal,Ville,Pays,Né le,Désabonné
         7,Dupont,Jean,jean@example.org,+33 6 12 34 56 78,4 rue du Lac,69003,Lyon,France,13/02/1980,non
         8,Martin,Zoé,zoe@example.org,,1 place Carnot,69002,Lyon,France,14/03/1981,oui"
    ));
}

#[test]
fn orders_and_events_are_told_from_people() {
    insta::assert_snapshot!(proposed(
        "receipts.csv",
        "Belegnummer,Filiale,Datum,Kundenkarte,Artikel,Betrag,Währung
         25-1,2,21.05.2025,20028,Spoon,13.97,EUR
         25-2,2,21.05.2025,20014,Spoon,11.77,EUR"
    ));
    insta::assert_snapshot!(proposed(
        "segment.csv",
        "messageId,anonymousId,userId,type,event,timestamp,properties,context_ip
         m1,a1,u1,track,Order Completed,2024-05-01T10:00:00Z,{},198.51.100.7
         m2,a2,,page,,2024-05-01T10:01:00Z,{},198.51.100.8"
    ));
}

#[test]
fn values_speak_where_the_header_does_not_and_against_it_where_it_lies() {
    let proposal = proposed(
        "a.csv",
        "spalte 1,email,x\nann@example.org,yes,079 111 22 33\nbob@example.org,no,079 111 22 44",
    );
    let uses: Vec<&Use> = proposal.columns.iter().map(|column| &column.used).collect();
    assert_eq!(
        uses,
        [
            &Use::Field("email"),
            &Use::Trait("email_2".to_owned()),
            &Use::Field("phone")
        ]
    );
}

#[test]
fn no_value_of_the_file_is_in_the_proposal() {
    let text = proposed("a.csv", "email,note\nann@example.org,secret\nbob@example.org,hidden").to_string();
    assert!(!text.contains("ann") && !text.contains("secret"), "{text}");
}

#[test]
fn a_refusal_outranks_an_agreement_of_the_same_purpose_and_never_takes_its_date() {
    let proposal = proposed(
        "a.csv",
        "email,Newsletter,Opt-in date,Unsubscribed from newsletter\nann@example.org,yes,2020-01-01,yes\nbob@example.org,no,2020-01-02,no",
    );
    let uses: Vec<&Use> = proposal.columns.iter().map(|column| &column.used).collect();
    let refusal = Use::Consent {
        purpose: "email_marketing",
        refusal: true,
        at: None,
    };
    assert_eq!(
        uses,
        [
            &Use::Field("email"),
            &Use::Trait("newsletter".to_owned()),
            &Use::Trait("opt_in_date".to_owned()),
            &refusal
        ]
    );
}

proptest! {
    #[test]
    fn any_file_has_a_proposal_that_can_be_used(
        header in prop::collection::vec("(\\PC|\n|\r|\0|\u{7f}){0,10}|email|name|order id|date|total|purpose|consent|type|timestamp|user id|id|newsletter", 1..9),
        cells in prop::collection::vec("\\PC{0,8}|yes|no|[0-9]{1,6}|2024-05-01|a@example.org", 0..40),
    ) {
        let rows: Vec<Vec<String>> = cells.chunks(header.len()).map(<[String]>::to_vec).collect();
        let proposal = propose("file.csv", &header, &rows, "CH");
        prop_assert_eq!(proposal.columns.len(), header.len());
        let read = read_back(&proposal, &header);
        prop_assert!(read.is_ok(), "{:?}\n{}", read, proposal);
    }
}
