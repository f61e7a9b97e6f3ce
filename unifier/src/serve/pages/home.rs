//! What the last night found, and what came in for it.

use axum::extract::State;
use maud::{Markup, html};

use super::super::layout::{Section, figure, page, scroll};
use super::super::{Language, Page, PageError, Shared, blocking, words};
use crate::ingest::Intake;
use crate::predict::report::Counted;
use crate::report::Report;

/// `GET /`
pub(in super::super) async fn home(State(app): State<Shared>, language: Language) -> Page {
    let report = blocking(move || report(&app)).await?;
    let title = format!("{} · {}", report.company, language.say("overview", "aperçu"));
    Ok(page(language, Section::Home, &title, &body(language, &report)))
}

/// The report of the night in force.
pub(in super::super) fn report(app: &Shared) -> Result<Report, PageError> {
    Ok(Report::read(&app.night()?)?)
}

fn body(language: Language, report: &Report) -> Markup {
    html! {
        p .quiet {
            (language.say("Night", "Nuit")) " " (report.night) ", "
            (language.say("as of", "état au")) " " time datetime=(report.now) { (language.moment(&report.now.to_string())) }
        }
        div .figures { (figures(language, report)) }
        div .columns {
            section .card { h2 { (language.say("What came in", "Ce qui est arrivé")) } (scroll(language.say("What came in", "Ce qui est arrivé"), &sources(language, report))) }
            section .card { h2 { (language.say("Who is who", "Qui est qui")) } (identity(language, report)) }
        }
        @if !report.predictions.notes.is_empty() {
            section {
                h2 { (language.say("Before you trust the predictions", "Avant de vous fier aux prévisions")) }
                @for note in &report.predictions.notes { p .notice lang="en" { (note) } }
            }
        }
    }
}

fn figures(language: Language, report: &Report) -> Markup {
    let expected = report
        .predictions
        .total(Counted::Buyers, report.predictions.horizon_days)
        .map_or("–".to_owned(), |buyers| language.decimal(buyers.expected, 0));
    let within = match language {
        Language::English => format!("expected to buy within {} days", report.predictions.horizon_days),
        Language::French => format!("achats attendus d'ici {} jours", report.predictions.horizon_days),
    };
    let records = format!(
        "{} {}",
        language.number(report.identity.records),
        language.say("records", "fiches")
    );
    let revenue = report.orders.revenue.parse().map_or_else(
        |_| report.orders.revenue.clone(),
        |revenue| language.money(revenue, &report.currency),
    );
    html! {
        (figure(&language.number(report.identity.people), language.say("people", "personnes"), Some(&records)))
        (figure(&language.number(report.predictions.customers), language.say("customers", "clients"), None))
        (figure(&language.number(report.orders.orders), language.say("orders", "commandes"), Some(&revenue)))
        (figure(&expected, &within, None))
    }
}

fn sources(language: Language, report: &Report) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (language.say("Source", "Source")) }
                th .number scope="col" { (language.say("Read", "Lues")) }
                th .number scope="col" { (language.say("Accepted", "Acceptées")) }
                th .number scope="col" { (language.say("Already there", "Déjà là")) }
                th .number scope="col" { (language.say("Rejected", "Rejetées")) }
            } }
            tbody { @for (name, intake) in &report.sources { (source(language, name, intake)) } }
        }
    }
}

fn source(language: Language, name: &str, intake: &Intake) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td .number { (language.number(intake.read)) }
            td .number { (language.number(intake.accepted)) }
            td .number { (language.number(intake.duplicate)) }
            td .number {
                (language.number(intake.rejected()))
                @if !intake.rejected.is_empty() {
                    details {
                        summary { (language.say("why", "pourquoi")) }
                        @for (reason, count) in &intake.rejected { div { code { (reason) } " " (language.number(*count)) } }
                    }
                }
            }
        }
    }
}

fn identity(language: Language, report: &Report) -> Markup {
    let who = &report.identity;
    html! {
        dl {
            dt { (language.say("Known to two or more sources", "Connues d'au moins deux sources")) }
            dd { (language.number(who.across_sources)) }
            dt { (language.say("Records of the largest person", "Fiches de la plus grande personne")) }
            dd { (language.number(who.largest)) }
            @for (kind, count) in &who.links {
                dt { (language.say("Joined by", "Réunies par")) " " (words::field(language, kind)) }
                dd { (language.number(*count)) }
            }
            @for (reason, count) in &who.conflicts {
                dt { (language.say("Not joined:", "Non réunies :")) " " (words::conflict(language, reason)) }
                dd { (language.number(*count)) }
            }
            dt { (language.say("Events of bots, left out", "Événements de robots, écartés")) }
            dd { (language.number(who.bots)) }
        }
    }
}
