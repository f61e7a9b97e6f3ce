//! Predictions through the whole program: from a file of orders to the report that says how good they are.

use std::fmt::Write;

use serde_json::Value;

use crate::program::TestStore;

const CONFIG: &str = "[company]\nname = \"Music\"\ncountry = \"US\"\ncurrency = \"USD\"\n";
const MAP: &str = "source = \"cdnow\"\nkind = \"orders\"\n[columns]\norder_id = \"order\"\ncustomer = \"customer\"\n\
                   ordered_at = \"day\"\namount = \"sum\"\n";
/// The last day of the sample's first half.
const NOW: &str = "1997-09-30T23:00:00Z";

/// The CDNOW sample as a file of orders with a number each; the orders of the second half are still to come.
fn cdnow(config: &str) -> TestStore {
    let store = TestStore::new(config);
    store.file("cdnow.map.toml", MAP);
    let mut orders = "order,customer,day,sum\n".to_owned();
    for (number, line) in include_str!("../data/predict/cdnow_sample.csv")
        .lines()
        .skip(1)
        .enumerate()
    {
        writeln!(orders, "{number},{line}").unwrap();
    }
    store.import(&store.file("cdnow.csv", orders)).ended(0);
    store
}

fn assert_fit(report: &Value, name: &str, expected: &[(&str, f64)], log_likelihood: f64, customers: u64) {
    let models = report["models"].as_array().unwrap();
    let model = models.iter().find(|model| model["name"] == name).unwrap();
    for (parameter, expected) in expected {
        let got = model["parameters"][parameter].as_f64().unwrap();
        assert!(
            (got / expected - 1.0).abs() < 1e-3,
            "{name} {parameter}: {got}, expected {expected}"
        );
    }
    assert!(
        (model["log_likelihood"].as_f64().unwrap() - log_likelihood).abs() < 0.01,
        "{model}"
    );
    assert_eq!(model["customers"], customers, "{name}");
}

#[test]
fn the_published_fits_come_out_of_an_import_and_the_report_says_how_good_they_are() {
    let store = cdnow(CONFIG);
    store.run(["run", "--now", NOW]).ended(0);
    let report = store.run(["predict", "report", "--format", "json"]).ended(0).json();
    let bg = [("r", 0.2426), ("alpha", 4.4136), ("a", 0.7929), ("b", 2.4259)];
    assert_fit(&report, "bg_nbd", &bg, -9_582.43, 2_357);
    let mbg = [("r", 0.5248), ("alpha", 6.1831), ("a", 0.8914), ("b", 1.6140)];
    assert_fit(&report, "mbg_nbd", &mbg, -9_582.13, 2_357);
    let pareto = [("r", 0.5533), ("alpha", 10.5777), ("s", 0.6062), ("beta", 11.669)];
    assert_fit(&report, "pareto_nbd", &pareto, -9_594.98, 2_357);
    let money = [("p", 6.250), ("q", 3.744), ("gamma", 15.444)];
    assert_fit(&report, "gamma_gamma", &money, -4_055.92, 946);
    assert_eq!(
        report["evaluation"]["origins"].as_array().unwrap().len(),
        3,
        "{}",
        report["evaluation"]
    );
    assert_eq!(report["champion"], report["served"]["p_buy"]);
    let text = store.say("predict report").ended(0).stdout;
    for part in [
        "SUFFICIENT",
        "four times in five",
        "ordered within 90 days",
        "area under the curve",
        "recency found",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_handful_of_customers_is_ranked_and_not_added_up() {
    let store = TestStore::new(CONFIG);
    store.file("few.map.toml", MAP);
    let orders = "order,customer,day,sum\n1,a,1997-01-01,10\n2,b,1997-02-01,20\n3,a,1997-03-01,10\n";
    store.import(&store.file("few.csv", orders)).ended(0);
    store.run(["run", "--now", NOW]).ended(0);
    let report = store.run(["predict", "report", "--format", "json"]).ended(0).json();
    assert_eq!(report["sufficiency"]["badge"], "ranking_only");
    assert_eq!(report["totals"].as_array().unwrap().len(), 0);
    assert!(report["evaluation"]["origins"].as_array().unwrap().is_empty());
    let text = store.say("predict report").ended(0).stdout;
    assert!(
        text.contains("RANKING ONLY") && text.contains("2 customers, and totals need 500"),
        "{text}"
    );
}

#[test]
fn the_chance_of_an_order_is_tried_told_and_usable_in_segments() {
    let store = cdnow(&format!(
        "{CONFIG}[predict.propensity.soon]\nevent = \"order\"\nhorizon_days = 60\n\
         [predict.propensity.cart]\nevent = \"Cart Viewed\"\n\
         [segments.likely]\nrule = 'propensity \"soon\" percentile >= 90'\n"
    ));
    store.run(["run", "--now", NOW]).ended(0);
    let report = store.run(["report", "--format", "json"]).ended(0).json();
    let [cart, soon] = [0, 1].map(|at| &report["predictions"]["propensities"][at]);
    assert!(cart["served"].is_null() && cart["refused"].as_str().unwrap().contains("nobody has ever done this"));
    let served = &soon["served"];
    assert_eq!(
        (soon["name"].as_str(), &served["people"]),
        (Some("soon"), &Value::from(2_357))
    );
    assert_eq!(served["origins"].as_array().unwrap().len(), 3);
    assert!(served["origins"][0]["auc"].as_f64().unwrap() > 0.7, "{served}");
    assert!(served["drift"]["stability"].as_f64().unwrap() >= 0.0, "{served}");
    let to = store.beside("chances.csv");
    store
        .run(["export", "propensities", "--to", to.to_str().unwrap()])
        .ended(0);
    assert_eq!(std::fs::read_to_string(to).unwrap().lines().count(), 1 + 2_357);
    let likely = report["segments"][0]["people"].as_u64().unwrap();
    assert!((100..=236).contains(&likely), "{likely}");
    let text = store.say("predict report").ended(0).stdout;
    for part in [
        "Who does \"order\" within 60 days",
        "no chances: nobody has ever done this",
        "event_recency",
        "people by tenths, with equals together",
        "drift: stability index",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
