//! The router as a browser and a program see it, over a small store that was imported and run as an operator does.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::ToSpan;
use jiff::civil::date;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;
use crate::ingest::{ImportRequest, import};
use crate::people;
use crate::run;
use crate::store::{CONFIG_FILE, Store};

const CONFIG: &str = r#"
[company]
name = "Shop & <Co>"
country = "CH"
currency = "EUR"

[predict]
horizon_days = 30

[segments.everybody]
title = "Everybody we can write to"
rule = 'orders >= 0'
purpose = "email_marketing"

[segments.nameless]
rule = 'orders >= 1'
"#;

/// More customers than there are hexadecimal digits, so that two ids begin alike.
const CUSTOMERS: usize = 20;
/// The first so many have ordered.
const BUYERS: usize = 12;
const ORDERS_MAP: &str = "source = \"shopify\"\nkind = \"orders\"\n[columns]\norder_id = \"order\"\ncustomer = \"customer\"\n\
    ordered_at = \"day\"\namount = \"sum\"\n";

/// A store, and the router over it.
struct Ui {
    folder: TempDir,
    router: Router,
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Ui {
    /// Without a night.
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CONFIG_FILE), CONFIG).unwrap();
        let router = router(Arc::new(App {
            config: Config::parse(CONFIG).unwrap(),
            tables: Tables::new(folder.path()),
            store: folder.path().to_owned(),
        }));
        Self { folder, router }
    }

    /// With a night over some customers: the first has a mark-up character in the name and agreed, the others refused; some
    /// have ordered and some have not.
    fn after_a_night() -> Self {
        let ui = Self::empty();
        let path = |name: &str| ui.folder.path().join(name);
        std::fs::write(path("customers.csv"), customers()).unwrap();
        std::fs::write(path("orders.csv"), orders()).unwrap();
        std::fs::write(path("orders.map.toml"), ORDERS_MAP).unwrap();
        let config = Config::parse(CONFIG).unwrap();
        let mut store = Store::open(ui.folder.path()).unwrap();
        let mapping = path("orders.map.toml");
        for (file, preset, mapping, rows) in [
            ("customers.csv", Some("shopify-customers"), None, CUSTOMERS),
            (
                "orders.csv",
                None,
                Some(mapping.as_path()),
                orders().lines().count() - 1,
            ),
        ] {
            let request = ImportRequest {
                file: &path(file),
                spooled: None,
                declared: &[],
                preset,
                mapping,
                source: None,
                as_of: date(2026, 11, 19),
                dry_run: false,
                show: None,
                suppressed: None,
                progress: &|_, _| {},
            };
            let report = import(&mut store, &config, &request).unwrap();
            assert_eq!(report.accepted, rows as u64, "{file}");
        }
        run::night(&store, &config, "2026-11-20T03:00:00Z".parse().unwrap(), false, &|_| {}).unwrap();
        ui
    }

    /// The id of the one person that a text finds.
    fn id(&self, text: &str) -> String {
        let night = Tables::new(self.folder.path()).current().unwrap();
        people::find(&night, text, 1).unwrap()[0].person_id.clone()
    }

    fn send(&self, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let request = request.body(body.into()).unwrap();
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            Answer {
                status: parts.status,
                headers: parts.headers,
                text: String::from_utf8(bytes.to_vec()).unwrap(),
            }
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.send(local(path), Body::empty())
    }

    fn post(&self, path: &str, kind: &str, body: &str) -> Answer {
        let request = local(path).method("POST").header("content-type", kind);
        self.send(request, body.to_owned())
    }

    fn post_form(&self, path: &str, body: &str) -> Answer {
        self.post(path, "application/x-www-form-urlencoded", body)
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

fn local(path: &str) -> axum::http::request::Builder {
    Request::builder().uri(path).header("host", "127.0.0.1:8080")
}

fn customers() -> String {
    let header = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,\
        Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,\
        Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags\n";
    let row = |index: usize| {
        let (name, agreed) = if index == 0 {
            ("<script>alert(1)</script>", "yes")
        } else {
            ("Muster", "no")
        };
        format!("'{index},Anna,{name},anna{index}@example.org,{agreed},,,,Bern,BE,CH,'3000,,,no,0.00,0,,no,\n")
    };
    (0..CUSTOMERS).map(row).fold(header.to_owned(), |text, row| text + &row)
}

/// Customer 0 has ordered once, customer 1 twice, and so on, the last time in the week before the night.
fn orders() -> String {
    let rows = (0..BUYERS).flat_map(|customer| (0..=customer).map(move |order| (customer, order)));
    let row = |(customer, order): (usize, usize)| {
        let day = date(2026, 11, 18) - (30 * order as i64 + customer as i64 % 5).days();
        format!("{customer}-{order},{customer},{day},{}.00\n", 20 + customer)
    };
    rows.map(row)
        .fold("order,customer,day,sum\n".to_owned(), |text, row| text + &row)
}

#[test]
fn every_page_is_there_and_carries_the_headers() {
    let ui = Ui::after_a_night();
    let person = format!("/people/{}", ui.id("anna7@example.org"));
    for path in [
        "/",
        "/people",
        &person,
        "/segments",
        "/segments/everybody",
        "/segments/nameless",
        "/predictions",
    ] {
        let answer = ui.get(path);
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8", "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none';") && !policy.contains("script-src"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert!(
            !answer.text.contains("<script") && !answer.text.contains(" style="),
            "{path}"
        );
    }
}

#[test]
fn an_unknown_address_is_not_found_in_the_readers_language() {
    let ui = Ui::after_a_night();
    for path in [
        "/nowhere",
        "/people/ffffffffffffffffffffffffffffffff",
        "/segments/nowhere",
    ] {
        let answer = ui.send(local(path).header("accept-language", "fr-CH"), Body::empty());
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            answer.text.contains("<html lang=\"fr\">") && answer.text.contains("Introuvable"),
            "{path}"
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[test]
fn a_foreign_host_and_a_foreign_post_are_refused() {
    let ui = Ui::after_a_night();
    for path in ["/people", "/api/report", "/style.css", "/nowhere"] {
        let request = Request::builder().uri(path).header("host", "firsthand.evil.example");
        assert_eq!(ui.send(request, Body::empty()).status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/people", "/api/people", "/language/fr"] {
        let request = local(path).method("POST").header("sec-fetch-site", "cross-site");
        assert_eq!(ui.send(request, "text=anna").status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[test]
fn before_the_first_night_every_page_says_what_to_do() {
    let ui = Ui::empty();
    for path in [
        "/",
        "/people",
        "/people/00ff",
        "/segments",
        "/segments/everybody",
        "/predictions",
    ] {
        let answer = ui.get(path);
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(
            answer.text.contains("No night has run yet") && answer.text.contains(" run`"),
            "{path}"
        );
    }
    assert_eq!(ui.get("/api/report").status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ui.get("/style.css").status, StatusCode::OK);
}

#[test]
fn markup_in_a_name_is_shown_as_text() {
    let ui = Ui::after_a_night();
    let page = ui.get(&format!("/people/{}", ui.id("anna0@example.org")));
    let found = ui.post_form("/people", "text=%3Cscript%3E");
    for answer in [page, found] {
        assert!(!answer.text.to_lowercase().contains("<script"), "{}", answer.text);
        assert!(answer.text.to_lowercase().contains("&lt;script&gt;"), "{}", answer.text);
    }
}

#[test]
fn the_start_of_an_id_leads_to_the_person_or_lists_the_candidates() {
    let ui = Ui::after_a_night();
    let id = ui.id("anna7@example.org");
    let page = ui.get(&format!("/people/{}", &id[..16]));
    assert!(page.status == StatusCode::OK && page.text.contains(&id));
    let starts = "0123456789abcdef"
        .chars()
        .map(|digit| ui.get(&format!("/people/{digit}")));
    let several = starts.filter(|answer| answer.text.contains("Several people"));
    assert!(
        several.count() > 0,
        "{CUSTOMERS} ids and 16 digits: two ids begin alike"
    );
}

#[test]
fn what_was_looked_for_stands_in_no_address() {
    let ui = Ui::after_a_night();
    let answer = ui.post_form("/people", "text=anna7%40example.org&sort=name");
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers.get("location").is_none());
    let addresses = answer.text.split(['"']).filter(|text| text.starts_with('/'));
    let telling: Vec<&str> = addresses
        .filter(|address| address.contains("anna7") || address.contains('?'))
        .collect();
    assert_eq!(telling, [""; 0]);
    // The form posts, and an address with the text in it searches nothing.
    assert!(
        answer
            .text
            .contains("<form class=\"inline\" method=\"post\" action=\"/people\"")
    );
    assert_eq!(ui.get("/people?text=anna15%40example.org").text, ui.get("/people").text);
}

#[test]
fn the_choice_of_a_language_is_kept_and_leads_back() {
    let ui = Ui::after_a_night();
    let request = local("/language/fr")
        .method("POST")
        .header("referer", "http://127.0.0.1:8080/segments");
    let answer = ui.send(request, Body::empty());
    assert_eq!(
        (answer.status, &answer.headers["location"]),
        (StatusCode::SEE_OTHER, &"/segments".parse().unwrap())
    );
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("language=fr;") && cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly"));
    let page = ui.send(local("/people").header("cookie", "language=fr"), Body::empty());
    assert!(page.text.contains("<html lang=\"fr\">") && page.text.contains("Chercher"));
}

#[test]
fn a_segments_page_says_who_would_be_on_its_list_and_how_to_make_it() {
    let ui = Ui::after_a_night();
    let page = ui.get("/segments/everybody").text;
    let store = ui.folder.path().display();
    let command = format!("unifier -C {store} segment export everybody --to everybody.csv</code>");
    assert!(page.contains(&command), "{page}");
    let numbers: Vec<&str> = page
        .split_once("On the list")
        .and_then(|(_, rest)| rest.split_once("</table>"))
        .map(|(table, _)| table.split("<td class=\"number\">").skip(1))
        .unwrap()
        .filter_map(|cell| cell.split('<').next())
        .collect();
    assert_eq!(
        numbers,
        ["1", "0", "0", "19", "0", "0"],
        "listed, unsure, suppressed, refused, never asked, no address"
    );
    // A segment without a purpose has a command for each.
    assert!(
        ui.get("/segments/nameless")
            .text
            .contains("--purpose sms_marketing</code>")
    );
}

#[test]
fn a_customers_page_tells_chance_and_rank_over_the_same_time_and_of_who_never_ordered_nothing_is_predicted() {
    let ui = Ui::after_a_night();
    let shown = |text: &str| {
        let id = ui.id(text);
        let scores = ui.get(&format!("/api/people/{id}")).json()["scores"].clone();
        (scores, ui.get(&format!("/people/{id}")).text)
    };
    let (scores, page) = shown("anna3@example.org");
    let [p_buy, p_buy_90d, percentile] =
        ["p_buy", "p_buy_90d", "p_buy_percentile"].map(|name| scores[name].as_f64().unwrap());
    let percent = |share| Language::English.percent(share);
    assert_ne!(percent(p_buy), percent(p_buy_90d), "30 days are not 90");
    let chance = format!("<dt>Buys within 30 days</dt><dd>{}</dd>", percent(p_buy));
    let rank = format!(
        "<dt>more likely than</dt><dd>{} of all customers</dd>",
        percent(percentile / 100.0)
    );
    assert!(page.contains(&format!("{chance}{rank}")), "{page}");
    assert!(!page.contains("within 90 days") && page.contains("Next order, if one comes"));

    let (scores, page) = shown("anna15@example.org");
    assert_eq!(scores, json!({}));
    assert!(page.contains("No purchase yet, so nothing is predicted.") && !page.contains("Buys within"));
}

#[test]
fn where_people_can_only_be_ranked_the_page_does_not_say_that_nothing_is_predicted() {
    let page = Ui::after_a_night().get("/predictions").text;
    assert!(page.contains("good for ranking only"), "{page}");
    assert!(
        page.contains("use them to rank people, not to add them up") && !page.contains("not enough"),
        "{page}"
    );
}

#[test]
fn a_faulty_rule_is_told_and_stays_in_the_form() {
    let ui = Ui::after_a_night();
    let answer = ui.post_form("/segments/try", "rule=ordres+%3E%3D+2");
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("role=\"alert\"") && answer.text.contains(">ordres &gt;= 2</textarea>"));
    let right = ui.post_form("/segments/try", "rule=country+%3D+%22CH%22");
    assert!(right.text.contains("<p class=\"value\">20</p>") && !right.text.contains("role=\"alert\""));
}

#[test]
fn the_api_gives_what_the_pages_show() {
    let ui = Ui::after_a_night();
    let report = ui.get("/api/report");
    assert_eq!(report.headers["content-type"], "application/json");
    assert_eq!(
        (
            report.headers["cache-control"].to_str().unwrap(),
            &report.json()["identity"]["people"]
        ),
        ("no-store", &json!(20))
    );
    assert_eq!(ui.get("/api/segments").json()["segments"][0]["name"], "everybody");

    let found = ui
        .post("/api/people", "application/json", r#"{"text": "anna7@example.org"}"#)
        .json();
    let id = found["people"][0]["person_id"].as_str().unwrap();
    assert_eq!(found["people"].as_array().unwrap().len(), 1);
    assert_eq!(
        ui.get(&format!("/api/people/{id}")).json()["person"]["email"],
        "anna7@example.org"
    );
    let few = ui
        .post("/api/people", "application/json", r#"{"text": "anna", "limit": 3}"#)
        .json();
    assert_eq!(few["people"].as_array().unwrap().len(), 3);

    let nobody = ui.get("/api/people/ffffffffffffffffffffffffffffffff");
    assert_eq!(
        (nobody.status, nobody.json()),
        (
            StatusCode::NOT_FOUND,
            json!({"error": "nothing is known under this address"})
        )
    );
}

#[test]
fn whatever_the_api_refuses_is_told_as_json() {
    let ui = Ui::after_a_night();
    let search = |kind, body| ui.post("/api/people", kind, body);
    let foreign = Request::builder()
        .uri("/api/report")
        .header("host", "firsthand.evil.example");
    let refused = [
        (
            search("text/plain", r#"{"text": "anna"}"#),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
        (search("application/json", "{"), StatusCode::BAD_REQUEST),
        (
            search("application/json", r#"{"txet": "anna"}"#),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (ui.get("/api/people?text=anna"), StatusCode::METHOD_NOT_ALLOWED),
        (ui.get("/api/nowhere"), StatusCode::NOT_FOUND),
        (ui.send(foreign, Body::empty()), StatusCode::FORBIDDEN),
        (Ui::empty().get("/api/report"), StatusCode::SERVICE_UNAVAILABLE),
    ];
    for (answer, status) in refused {
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "application/json", "{status}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{status}");
        let message = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(!message.is_empty() && !message.contains("anna"), "{message}");
        if status == StatusCode::METHOD_NOT_ALLOWED {
            assert_eq!(answer.headers["allow"], "POST");
        }
    }
}
