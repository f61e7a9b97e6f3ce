//! One person whole: who they are and why, what they did on the web and offline in one line of time, what they agreed to,
//! what is expected of them.

use axum::extract::{Path, State};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::super::layout::{Section, figure, page, scroll};
use super::super::{Language, Page, PageError, Shared, blocking, words};
use super::people::table;
use crate::config::Config;
use crate::people::{Chance, Consent, Evidence, Group, PersonView, Shown, Trait, show};
use crate::profile::computed::COMPUTED;

mod timeline;

/// `GET /people/{id}`
pub(in super::super) async fn person(State(app): State<Shared>, language: Language, Path(id): Path<String>) -> Page {
    let reader = app.clone();
    let shown = blocking(move || Ok(show(&reader.night()?, &id)?)).await?;
    match shown {
        Shown::Nobody => Err(PageError::NotFound),
        Shown::Person(view) => {
            let nameless = language.say("Somebody without a name", "Personne sans nom");
            let title = view.person.name.clone().unwrap_or_else(|| nameless.to_owned());
            Ok(page(
                language,
                Section::People,
                &title,
                &body(language, &view, &app.config),
            ))
        }
        Shown::Several { candidates, .. } => {
            let title = language.say(
                "Several people have an id that begins so",
                "Plusieurs personnes ont un tel identifiant",
            );
            Ok(page(language, Section::People, title, &table(language, &candidates)))
        }
    }
}

fn body(language: Language, view: &PersonView, config: &Config) -> Markup {
    let currency = &config.company.currency;
    html! {
        p .quiet .id { (view.person.person_id) }
        @if view.totals.suppressed {
            p .notice { (language.say("This person must not be contacted at all.", "Cette personne ne doit pas être contactée.")) }
        }
        div .figures { (figures(language, view, currency)) }
        div .columns {
            section .card { h2 { (language.say("Profile", "Profil")) } (profile(language, view)) }
            div .stack {
                section .card { h2 { (language.say("Expected", "Prévisions")) } (scores(language, &view.scores, currency)) (chances(language, &view.propensities)) }
                section .card { h2 { (language.say("Consent", "Consentement")) } (scroll(language.say("Consent", "Consentement"), &consents(language, &view.consents))) }
                @if !view.groups.is_empty() {
                    section .card { h2 { (language.say("Belongs to", "Fait partie de")) } (scroll(language.say("Belongs to", "Fait partie de"), &groups(language, &view.groups, currency))) }
                }
                section .card { h2 { (language.say("Segments", "Segments")) } (segments(language, view, config)) }
            }
            section .card { h2 { (language.say("Timeline", "Chronologie")) } (timeline::timeline(language, view)) }
            section .card { h2 { (language.say("Known under", "Connue sous")) } (identities(language, view)) }
        }
    }
}

fn figures(language: Language, view: &PersonView, currency: &str) -> Markup {
    let person = &view.person;
    let revenue = language.money(person.revenue, currency);
    let average = view.totals.average_order.map(|value| language.money(value, currency));
    let last = person
        .last_order
        .as_deref()
        .map_or("–".to_owned(), |day| language.day(day));
    let first = view
        .totals
        .first_order
        .as_deref()
        .filter(|first| person.last_order.as_deref() != Some(first))
        .map(|day| format!("{} {}", language.say("the first:", "la première :"), language.day(day)));
    html! {
        (figure(&language.number(person.orders.max(0).unsigned_abs()), language.say("orders", "commandes"), Some(&revenue)))
        @if let Some(average) = &average { (figure(average, language.say("average order", "commande moyenne"), None)) }
        (figure(&last, language.say("last order", "dernière commande"), first.as_deref()))
        (figure(&language.number(view.totals.web.days.max(0).unsigned_abs()), language.say("days on the web", "jours sur le site"), None))
    }
}

fn profile(language: Language, view: &PersonView) -> Markup {
    html! {
        @if view.traits.is_empty() { p { (language.say("Nothing is known yet.", "Rien n'est encore connu.")) } }
        @for known in &view.traits { (one_trait(language, known)) }
    }
}

/// A trait, and why it has this value.
fn one_trait(language: Language, known: &Trait) -> Markup {
    html! {
        details {
            summary { span .quiet { (words::field(language, &known.name)) } " " strong { (known.won.value) } }
            p {
                @if known.won.source == COMPUTED {
                    (language.say("Computed of ", "Calculée de ")) span lang="en" { (known.won.file) } ": " (words::rule(language, &known.rule)) "."
                } @else {
                    (language.say("From ", "De ")) (evidence(language, &known.won)) ". "
                    (language.say("Why it won: ", "Pourquoi : ")) (words::rule(language, &known.rule)) "."
                }
            }
            @if known.purpose.is_some() || known.licensed_until.is_some() {
                p .notice {
                    (language.say("Third-party data:", "Données de tiers :")) " "
                    @if let Some(purpose) = &known.purpose { (language.say("only for", "uniquement pour")) " " (words::purpose(language, purpose)) ". " }
                    @if let Some(day) = &known.licensed_until { (language.say("licensed until", "licence jusqu'au")) " " (language.day(day)) "." }
                }
            }
            @if !known.lost.is_empty() {
                @let made = ["sum", "union"].contains(&known.rule.as_str());
                p { @if made { (language.say("It was made of:", "Elle est faite de :")) } @else { (language.say("It won against:", "Elle l'emporte sur :")) } }
                ul { @for lost in &known.lost { li { (lost.value) " – " (evidence(language, lost)) } } }
            }
        }
    }
}

fn evidence(language: Language, evidence: &Evidence) -> Markup {
    html! {
        (evidence.source) ", " (evidence.file)
        @if evidence.line > 0 { ":" (evidence.line) }
        @if let Some(at) = evidence.observed_at { ", " (language.moment(&at.to_string())) }
    }
}

fn scores(language: Language, scores: &Map<String, Value>, currency: &str) -> Markup {
    let number = |name: &str| scores.get(name).and_then(Value::as_f64);
    let text = |name: &str| scores.get(name).and_then(Value::as_str);
    let Some((p_buy, days)) = number("p_buy").zip(scores.get("horizon_days").and_then(Value::as_i64)) else {
        return html! { p { (language.say("No purchase yet, so nothing is predicted.", "Aucun achat, donc aucune prévision.")) } };
    };
    let window = text("next_order_p25")
        .zip(text("next_order_median"))
        .zip(text("next_order_p75"));
    html! {
        dl {
            dt { @match language { Language::English => { "Buys within " (days) " days" }, Language::French => { "Achète d'ici " (days) " jours" } } }
            dd { (language.percent(p_buy)) }
            @if let Some(percentile) = number("p_buy_percentile") {
                dt { (language.say("more likely than", "plus probable que")) }
                dd { (language.percent(percentile / 100.0)) " " (language.say("of all customers", "des clients")) }
            }
            @if let Some(alive) = number("p_alive") {
                dt { (language.say("Still a customer", "Toujours client")) } dd { (language.percent(alive)) }
            }
            @if let Some(orders) = number("expected_orders_365d") {
                dt { (language.say("Orders within a year", "Commandes en un an")) } dd { (language.decimal(orders, 1)) }
            }
            @if let Some(value) = number("expected_value_365d") {
                dt { (language.say("Their value", "Leur valeur")) } dd { (language.decimal(value, 0)) "\u{a0}" (currency) }
            }
            @if let Some(((early, median), late)) = window {
                dt { (language.say("Next order, if one comes", "Prochaine commande, le cas échéant")) }
                dd { (language.day(median)) " (" (language.day(early)) " – " (language.day(late)) ")" }
            }
            @if let Some(rfm) = text("rfm") {
                dt { abbr title=(language.say("recency, frequency, monetary value; 5 is best", "récence, fréquence, montant ; 5 est le meilleur")) { "RFM" } }
                dd { (rfm) }
            }
        }
        (reasons(language, scores.get("reasons")))
    }
}

fn reasons(language: Language, reasons: Option<&Value>) -> Markup {
    let reasons: Vec<&str> = reasons
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    html! {
        @if !reasons.is_empty() {
            h3 { (language.say("Why", "Pourquoi")) }
            ul lang="en" { @for reason in reasons { li { (reason) } } }
        }
    }
}

fn chances(language: Language, chances: &[Chance]) -> Markup {
    html! {
        @for chance in chances {
            h3 { (chance.propensity) }
            dl {
                dt { @match language {
                    Language::English => { code { (chance.event) } " within " (chance.horizon_days) " days" },
                    Language::French => { code { (chance.event) } " d'ici " (chance.horizon_days) " jours" },
                } }
                dd { (language.percent(chance.probability)) }
                dt { (language.say("more likely than", "plus probable que")) }
                dd { (language.percent(chance.percentile / 100.0)) " " (language.say("of all people", "des personnes")) }
            }
            @if !chance.reasons.is_empty() { ul lang="en" { @for reason in &chance.reasons { li { (reason) } } } }
        }
    }
}

/// The people who share something with this one, added up.
fn groups(language: Language, groups: &[Group], currency: &str) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (language.say("Group", "Groupe")) }
                th scope="col" { (language.say("Shared", "En commun")) }
                th scope="col" .number { (language.say("People", "Personnes")) }
                th scope="col" .number { (language.say("Orders", "Commandes")) }
                th scope="col" .number { (language.say("Revenue", "Chiffre d'affaires")) }
            } }
            tbody { @for group in groups { tr {
                th scope="row" { (group.group) }
                td { (group.name) }
                td .number { (language.number(group.people.unsigned_abs())) }
                td .number { (language.number(group.orders.unsigned_abs())) }
                td .number { (language.money(group.revenue, currency)) }
            } } }
        }
    }
}

fn consents(language: Language, consents: &[Consent]) -> Markup {
    html! {
        @if consents.is_empty() {
            p { (language.say("Never asked, and so: no to everything.", "Jamais demandé, donc non à tout.")) }
        } @else {
            table {
                thead { tr {
                    th scope="col" { (language.say("Purpose", "Finalité")) }
                    th scope="col" { (language.say("Answer", "Réponse")) }
                    th scope="col" { (language.say("Since", "Depuis")) }
                    th scope="col" { (language.say("Shown by", "Preuve")) }
                } }
                tbody { @for consent in consents { (answer(language, consent)) } }
            }
        }
    }
}

fn answer(language: Language, consent: &Consent) -> Markup {
    html! {
        tr {
            th scope="row" { (words::purpose(language, &consent.purpose)) }
            td {
                @if consent.granted { span .good { "✓ " (language.say("yes", "oui")) } } @else { span .bad { "✗ " (language.say("no", "non")) } }
            }
            td { @if let Some(at) = consent.at { (language.moment(&at.to_string())) } }
            td { (consent.source) @if !consent.evidence.is_empty() { ", " (consent.evidence) } }
        }
    }
}

fn segments(language: Language, view: &PersonView, config: &Config) -> Markup {
    let title = |name: &str| config.segments.get(name).and_then(|segment| segment.title.clone());
    html! {
        @if view.segments.is_empty() { p { (language.say("In no segment.", "Dans aucun segment.")) } }
        @for segment in &view.segments { a .tag href={ "/segments/" (segment.segment) } { (title(&segment.segment).unwrap_or_else(|| segment.segment.clone())) } }
    }
}

fn identities(language: Language, view: &PersonView) -> Markup {
    html! {
        h3 { (language.say("Records", "Fiches")) }
        ul { @for record in &view.identities { li { (record.source) ": " span .id { (record.record_key) } } } }
        h3 { (language.say("Identifiers", "Identifiants")) }
        ul {
            @for identifier in &view.identifiers {
                li {
                    (words::field(language, &identifier.kind)) ": " span .id { (identifier.value) }
                    @if !identifier.joins {
                        " " span .quiet { "(" (language.say("shared or blocked: joins nobody", "partagé ou bloqué : ne réunit personne")) ")" }
                    }
                }
            }
        }
    }
}
