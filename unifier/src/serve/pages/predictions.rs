//! What is expected of everybody, how it is spread, and how far to trust it.

mod evidence;
mod propensity;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use axum::extract::State;
use maud::{Markup, html};

use super::super::chart::{Bar, bars};
use super::super::layout::{Section, figure, page, scroll};
use super::super::{Language, Page, PageError, Shared, blocking};
use super::home::report;
use crate::predict::gates::Badge;
use crate::predict::report::{Counted, Model, Total};
use crate::report::Report;

/// `GET /predictions`
pub(in super::super) async fn predictions(State(app): State<Shared>, language: Language) -> Page {
    let (report, spread) = blocking(move || Ok((report(&app)?, Spread::read(&app.night()?)?))).await?;
    let title = language.say("Predictions", "Prévisions");
    Ok(page(
        language,
        Section::Predictions,
        title,
        &body(language, &report, &spread),
    ))
}

/// How the scores are spread over the customers.
#[derive(Default)]
struct Spread {
    /// Customers by their probability to buy, in steps of a tenth.
    p_buy: [u64; 10],
    /// Customers by recency (rows, 5 first) and frequency (columns, 1 first).
    rfm: [[u64; 5]; 5],
}

impl Spread {
    fn read(night: &crate::store::Night) -> Result<Self, PageError> {
        let mut spread = Self::default();
        for batch in night.read("scores", Some(&["recency", "frequency", "p_buy"]))? {
            spread.add(&batch);
        }
        Ok(spread)
    }

    fn add(&mut self, batch: &RecordBatch) {
        let numbers = |name: &str| {
            batch
                .column_by_name(name)
                .and_then(|column| column.as_primitive_opt::<Int64Type>())
        };
        let shares = batch
            .column_by_name("p_buy")
            .and_then(|column| column.as_primitive_opt::<Float64Type>());
        for share in shares.into_iter().flat_map(|shares| shares.iter().flatten()) {
            self.p_buy[((share * 10.0) as usize).min(9)] += 1;
        }
        if let Some((recency, frequency)) = numbers("recency").zip(numbers("frequency")) {
            for (recency, frequency) in recency.values().iter().zip(frequency.values()) {
                let cell = |quintile: i64| (quintile.clamp(1, 5) - 1) as usize;
                self.rfm[4 - cell(*recency)][cell(*frequency)] += 1;
            }
        }
    }
}

fn body(language: Language, report: &Report, spread: &Spread) -> Markup {
    html! {
        (badge(language, report))
        (sentence(language, report))
        div .figures { (figures(language, report)) }
        @for note in &report.predictions.notes { p .notice lang="en" { (note) } }
        div .columns {
            section .card { h2 { (language.say("Who will buy", "Qui va acheter")) } (p_buy(language, report, spread)) }
            section .card { h2 { (language.say("Recency and frequency", "Récence et fréquence")) } (rfm(language, spread)) }
        }
        @if !report.predictions.clusters.is_empty() {
            section .card { h2 { (language.say("Customers who are alike", "Clients semblables")) } (clusters(language, report)) }
        }
        (evidence::evidence(language, &report.predictions))
        @for told in &report.predictions.propensities { (propensity::propensity(language, told)) }
        section .card { h2 { (language.say("The models behind it", "Les modèles utilisés")) } (scroll(language.say("The models behind it", "Les modèles utilisés"), &models(language, report))) }
    }
}

/// What the data are good for, and why.
fn badge(language: Language, report: &Report) -> Markup {
    let data = &report.predictions.sufficiency;
    let (class, words) = match data.badge {
        Badge::Sufficient => (
            "good",
            language.say(
                "✓ enough data for scores and totals",
                "✓ assez de données pour notes et totaux",
            ),
        ),
        Badge::RankingOnly => (
            "bad",
            language.say(
                "✗ good for ranking only: no totals",
                "✗ utile pour classer seulement : pas de totaux",
            ),
        ),
        Badge::Nothing => (
            "bad",
            language.say("✗ nothing to go by yet", "✗ encore rien pour prévoir"),
        ),
    };
    let [customers, repeaters] = [data.customers, data.repeaters].map(|count| language.number(count as u64));
    let days = language.number(u64::from(data.history_days));
    html! {
        p {
            strong class=(class) { (words) } " "
            span .quiet {
                @match language {
                    Language::English => { (customers) " customers, " (repeaters) " of whom came back, " (days) " days of orders" },
                    Language::French => { (customers) " clients, dont " (repeaters) " revenus, " (days) " jours de commandes" },
                }
            }
        }
    }
}

/// What to expect of 100 customers, or what the scores are good for where there are no totals.
fn sentence(language: Language, report: &Report) -> Markup {
    let expected = &report.predictions;
    let buyers = expected.total(Counted::Buyers, expected.horizon_days);
    let share = buyers.map(|buyers| buyers.expected / expected.customers.max(1) as f64);
    let Some(share) = share else {
        let instead = match expected.sufficiency.badge {
            Badge::Nothing => language.say(
                "Nobody has ordered yet, so nothing is predicted.",
                "Personne n'a encore commandé, donc aucune prévision.",
            ),
            Badge::RankingOnly | Badge::Sufficient => language.say(
                "Every customer has scores: use them to rank people, not to add them up. The reasons stand below.",
                "Chaque client a ses notes : utilisez-les pour classer, pas pour additionner. Les raisons suivent.",
            ),
        };
        return html! { p .notice { (instead) } };
    };
    let of_hundred = language.decimal(share * 100.0, 0);
    let days = expected.horizon_days;
    html! {
        p {
            @match language {
                Language::English => { "Of 100 customers, about " strong { (of_hundred) } " are expected to buy within " (days) " days." },
                Language::French => { "Sur 100 clients, environ " strong { (of_hundred) } " devraient acheter d'ici " (days) " jours." },
            }
        }
    }
}

fn figures(language: Language, report: &Report) -> Markup {
    html! { @for total in &report.predictions.totals { (one_total(language, total, &report.currency)) } }
}

fn one_total(language: Language, total: &Total, currency: &str) -> Markup {
    let whole = |value: f64| match total.of {
        Counted::Value => format!("{}\u{a0}{currency}", language.decimal(value, 0)),
        Counted::Buyers | Counted::Orders => language.decimal(value, 0),
    };
    let what = match total.of {
        Counted::Buyers => language.say("buyers", "acheteurs"),
        Counted::Orders => language.say("orders", "commandes"),
        Counted::Value => language.say("income", "recettes"),
    };
    let label = match language {
        Language::English => format!("{what} within {} days", total.within_days),
        Language::French => format!("{what} d'ici {} jours", total.within_days),
    };
    let note = match (language, total.low.zip(total.high)) {
        (Language::English, Some((low, high))) => format!("4 times in 5 between {} and {}", whole(low), whole(high)),
        (Language::French, Some((low, high))) => format!("4 fois sur 5 entre {} et {}", whole(low), whole(high)),
        (_, None) => language
            .say("how far off this may be was not tried", "marge d'erreur non mesurée")
            .to_owned(),
    };
    figure(&whole(total.expected), &label, Some(&note))
}

fn p_buy(language: Language, report: &Report, spread: &Spread) -> Markup {
    let range = |tenth: usize| format!("{}–{}", tenth * 10, tenth * 10 + 10);
    let drawn: Vec<Bar> = spread
        .p_buy
        .iter()
        .enumerate()
        .map(|(tenth, people)| Bar {
            label: range(tenth),
            value: *people as f64,
            shown: language.number(*people),
        })
        .collect();
    let title = match language {
        Language::English => format!(
            "Customers by their chance to buy within {} days, in percent",
            report.predictions.horizon_days
        ),
        Language::French => format!(
            "Clients selon leur probabilité d'achat d'ici {} jours, en pour cent",
            report.predictions.horizon_days
        ),
    };
    html! {
        p { (title) }
        (bars(&title, &drawn))
        details {
            summary { (language.say("The same as a table", "Le même en tableau")) }
            table {
                thead { tr { th scope="col" { "%" } th .number scope="col" { (language.say("customers", "clients")) } } }
                tbody { @for bar in &drawn { tr { th scope="row" { (bar.label) } td .number { (bar.shown) } } } }
            }
        }
    }
}

fn rfm(language: Language, spread: &Spread) -> Markup {
    let title = language.say("Recency and frequency", "Récence et fréquence");
    html! {
        p { (language.say("Customers by when they last ordered (rows) and how often (columns). 5 is best.", "Clients selon leur dernière commande (lignes) et leur fréquence (colonnes). 5 est le meilleur.")) }
        (scroll(title, &grid(language, spread)))
    }
}

fn grid(language: Language, spread: &Spread) -> Markup {
    html! {
        table .grid-rfm {
            thead { tr {
                th scope="col" { (language.say("Recency", "Récence")) " ↓ · " (language.say("Frequency", "Fréquence")) " →" }
                @for frequency in 1..=5 { th scope="col" { (frequency) } }
            } }
            tbody { @for (row, cells) in spread.rfm.iter().enumerate() {
                tr { th scope="row" { (5 - row) } @for people in cells { td { (language.number(*people)) } } }
            } }
        }
    }
}

fn clusters(language: Language, report: &Report) -> Markup {
    let heads = [
        language.say("customers", "clients"),
        language.say("days since the last order", "jours depuis la dernière commande"),
        language.say("days with an order", "jours avec commande"),
        language.say("spent in all", "dépensé en tout"),
    ];
    let table = html! {
        table {
            thead { tr { th scope="col" { (language.say("Group", "Groupe")) } @for head in heads { th .number scope="col" { (head) } } } }
            tbody { @for cluster in &report.predictions.clusters {
                tr {
                    th scope="row" lang="en" { (cluster.name) }
                    td .number { (language.number(cluster.customers)) }
                    td .number { (language.decimal(cluster.silence_days, 0)) }
                    td .number { (language.decimal(cluster.order_days, 1)) }
                    td .number { (language.money(cluster.spend, &report.currency)) }
                }
            } }
        }
    };
    scroll(language.say("Customers who are alike", "Clients semblables"), &table)
}

fn models(language: Language, report: &Report) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (language.say("Model", "Modèle")) }
                th scope="col" { (language.say("Parameters", "Paramètres")) }
                th .number scope="col" { (language.say("Log-likelihood", "Log-vraisemblance")) }
                th .number scope="col" { (language.say("Customers", "Clients")) }
            } }
            tbody { @for model in &report.predictions.models { (one_model(language, model)) } }
        }
    }
}

fn one_model(language: Language, model: &Model) -> Markup {
    html! {
        tr {
            th scope="row" { code { (model.name) } }
            td { @for (name, value) in &model.parameters { span .pair { (name) " = " (significant(language, *value)) } " " } }
            td .number { (language.decimal(model.log_likelihood, 2)) }
            td .number { (language.number(model.customers as u64)) }
        }
    }
}

/// A number with its first four digits.
fn significant(language: Language, value: f64) -> String {
    let magnitude = value.abs().max(f64::MIN_POSITIVE).log10().floor();
    language.decimal(value, (3.0 - magnitude).clamp(0.0, 9.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_four_digits() {
        let shown = [0.558_119_2, 52.393_38, 12_345.6, 0.0].map(|value| significant(Language::English, value));
        assert_eq!(shown, ["0.5581", "52.39", "12,346", "0.000000000"]);
    }
}
