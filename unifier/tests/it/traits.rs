//! Computed traits and groups through the whole program: from imports to people, segments and exports.

use serde_json::Value;

use crate::program::TestStore;

const CONFIG: &str = r#"
[company]
name = "Shop"
country = "CH"
currency = "EUR"

[traits.dear-boots-seen]
event = "Product Viewed"
compute = "count"
where = { category = "boots", price = ">= 100" }
within = "30 days"

[traits.favourite-category]
event = "Product Viewed"
compute = "most_frequent"
property = "category"

[traits.first-touch]
event = "touch"
compute = "first"
property = "source"

[traits.spent]
event = "order"
compute = "sum"
property = "value"

[groups.household]
by = ["family_name", "address"]

[segments.keen]
rule = 'trait "dear-boots-seen" >= 2 and trait "order_interval_days" <= 10'

[segments.families]
rule = 'group "household" people >= 2 and group "household" orders >= 2'
"#;

const PEOPLE: &str = "id,first,last,street,postcode,city,email\n\
    1,Ann,Muster,Weg 1,3000,Bern,ann@muster.example\n\
    2,Beat,Muster,WEG 1,3000,Bern,beat@muster.example\n\
    3,Cleo,Sola,Gasse 2,3000,Bern,cleo@sola.example\n";
const PEOPLE_MAP: &str = "source = \"crm\"\nrecord_key = \"id\"\n[columns]\ngiven_name = \"first\"\nfamily_name = \"last\"\n\
    street = \"street\"\npostcode = \"postcode\"\ncity = \"city\"\nemail = \"email\"\n";
const ORDERS: &str = "order,email,day,sum,state\n\
    1,ann@muster.example,2026-11-01,10.50,paid\n2,ann@muster.example,2026-11-11,20,paid\n3,ann@muster.example,2026-11-12,99,cancelled\n";
const ORDERS_MAP: &str = "source = \"till\"\nkind = \"orders\"\nrecord_key = \"order\"\n[columns]\nemail = \"email\"\nordered_at = \"day\"\n\
    amount = \"sum\"\nstatus = \"state\"\n";

/// One event of Ann, who came by a newsletter.
fn event(id: u32, at: &str, category: &str, price: u32, campaign: &str) -> String {
    format!(
        r#"{{"type":"track","event":"Product Viewed","messageId":"m{id}","anonymousId":"a1","timestamp":"{at}","context":{{"campaign":{{{campaign}}},"consent":{{"categoryPreferences":{{"analytics":true}}}}}},"properties":{{"category":"{category}","price":{price}}}}}"#
    )
}

fn events() -> String {
    let known = r#"{"type":"identify","messageId":"m0","anonymousId":"a1","timestamp":"2026-09-01T09:59:00Z","context":{"consent":{"categoryPreferences":{"analytics":true}}},"traits":{"email":"ann@muster.example"}}"#;
    let news = r#""source":"newsletter","medium":"email","name":"autumn""#;
    let events = [
        known.to_owned(),
        event(1, "2026-09-01T10:00:00Z", "boots", 300, news),
        event(2, "2026-11-10T10:00:00Z", "boots", 150, ""),
        event(3, "2026-11-11T10:00:00Z", "Boots", 100, ""),
        event(4, "2026-11-12T10:00:00Z", "boots", 20, ""),
        event(5, "2026-11-12T11:00:00Z", "hats", 500, ""),
    ];
    events.join("\n") + "\n"
}

fn store() -> TestStore {
    let store = TestStore::new(CONFIG);
    store.file("people.map.toml", PEOPLE_MAP);
    store.file("orders.map.toml", ORDERS_MAP);
    for (name, text) in [
        ("people.csv", PEOPLE.to_owned()),
        ("orders.csv", ORDERS.to_owned()),
        ("events.jsonl", events()),
    ] {
        store.import(&store.file(name, text)).ended(0);
    }
    store.night();
    store
}

fn told<'v>(person: &'v Value, name: &str) -> &'v Value {
    let traits = person["traits"].as_array().unwrap();
    traits.iter().find(|told| told["trait"] == name).unwrap_or(&Value::Null)
}

#[test]
fn traits_are_computed_of_events_touches_and_orders_and_say_what_of() {
    let store = store();
    let ann = store
        .run(["people", "show", "ann@muster.example", "--format", "json"])
        .ended(0)
        .json();
    for (name, value, rule, made_of) in [
        ("dear-boots-seen", "2", "count", "2 events, 2026-11-10 to 2026-11-11"),
        (
            "favourite-category",
            "boots",
            "most_frequent",
            "5 events, 2026-09-01 to 2026-11-12",
        ),
        ("first-touch", "newsletter", "first", "1 event, 2026-09-01"),
        ("spent", "30.5", "sum", "2 orders, 2026-11-01 to 2026-11-11"),
        (
            "order_interval_days",
            "10",
            "interval",
            "2 orders, 2026-11-01 to 2026-11-11",
        ),
        ("order_web_share", "0", "share", "2 orders, 2026-11-01 to 2026-11-11"),
        ("cancelled_orders", "1", "count", "1 order, 2026-11-12"),
    ] {
        let told = told(&ann, name);
        let got = ["value", "rule", "file", "source"].map(|key| told[key].as_str().unwrap_or_default());
        assert_eq!(got, [value, rule, made_of, "computed"], "{name}");
    }
    let text = store.say("people show ann@muster.example").ended(0).stdout;
    assert!(
        text.contains("Belongs to") && text.contains("favourite-category"),
        "{text}"
    );
    let count = store
        .run(["segment", "count", "keen", "--format", "json"])
        .ended(0)
        .json();
    assert_eq!(count["matched"], 1, "{count}");
}

#[test]
fn a_household_adds_up_and_merges_nobody() {
    let store = store();
    let show = |who: &str| store.run(["people", "show", who, "--format", "json"]).ended(0).json();
    let (ann, beat, cleo) = (
        show("ann@muster.example"),
        show("beat@muster.example"),
        show("cleo@sola.example"),
    );
    assert_ne!(ann["person"]["person_id"], beat["person"]["person_id"]);
    assert_eq!(ann["groups"][0]["group_id"], beat["groups"][0]["group_id"]);
    let figures =
        |person: &Value| ["people", "orders", "revenue"].map(|figure| person["groups"][0][figure].as_f64().unwrap());
    assert_eq!(figures(&beat), [2.0, 2.0, 30.5]);
    assert_eq!(figures(&cleo), [1.0, 0.0, 0.0]);
    let count = store
        .run(["segment", "count", "families", "--format", "json"])
        .ended(0)
        .json();
    assert_eq!(count["matched"], 2, "{count}");
    let to = store.beside("members.csv");
    store
        .run(["export", "group_members", "--to", to.to_str().unwrap()])
        .ended(0);
    let written = std::fs::read_to_string(to).unwrap();
    assert_eq!(written.lines().count(), 4);
    assert_eq!(
        written
            .lines()
            .filter(|line| line.contains("\"Muster, Weg 1, 3000\""))
            .count(),
        2,
        "{written}"
    );
}

#[test]
fn a_computed_trait_that_makes_no_sense_is_told_with_the_file_before_any_work() {
    let store = TestStore::new(
        "[company]\nname = \"Shop\"\ncountry = \"CH\"\ncurrency = \"EUR\"\n[traits.spent]\nevent = \"order\"\ncompute = \"sum\"\n",
    );
    let said = store.say("run").ended(2);
    assert!(
        said.stderr.contains("unifier.toml") && said.stderr.contains("property = \"value\""),
        "{}",
        said.stderr
    );
}
