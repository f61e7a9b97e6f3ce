//! The segments: how large they are, what they mean, who is in them, and a place to try a rule that is not saved yet.

use axum::Form;
use axum::extract::{Path, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::layout::{Section, figure, page, scroll};
use super::super::{App, Language, Page, PageError, Shared, blocking, words};
use super::home::report;
use super::people::table;
use super::plan::{Plan, plans};
use crate::config::SegmentRule;
use crate::people::{PersonRow, listed};
use crate::report::{Report, SegmentSize};
use crate::run;
use crate::segment::{Count, Reach, Rule, Segments};
use crate::store::Night;

/// `GET /segments`
pub(in super::super) async fn segments(State(app): State<Shared>, language: Language) -> Page {
    let report = blocking(move || report(&app)).await?;
    let body = html! {
        @if report.segments.is_empty() { p .notice { (empty(language)) } } @else { (sizes(language, &report)) }
        h2 { (language.say("Try a rule", "Essayer une règle")) }
        (trial(language, ""))
    };
    Ok(page(
        language,
        Section::Segments,
        language.say("Segments", "Segments"),
        &body,
    ))
}

/// `GET /segments/{name}`
pub(in super::super) async fn segment(State(app): State<Shared>, language: Language, Path(name): Path<String>) -> Page {
    let (config, found, lists) = blocking(move || {
        let segments = compiled(&app)?;
        let (config, rule) = app
            .config
            .segments
            .get(&name)
            .zip(segments.rule(&name))
            .ok_or(PageError::NotFound)?;
        let night = app.night()?;
        let lists = Plan::all(&app, &night, &name, config)?;
        Ok((config.clone(), Found::new(&night, &segments, rule)?, lists))
    })
    .await?;
    let title = config
        .title
        .clone()
        .unwrap_or_else(|| language.say("Segment", "Segment").to_owned());
    Ok(page(
        language,
        Section::Segments,
        &title,
        &html! {
            (meaning(language, &config))
            (result(language, &found))
            (plans(language, &lists))
            (sample(language, &found.people))
        },
    ))
}

/// What the trial form sends.
#[derive(Deserialize)]
pub(in super::super) struct Trial {
    #[serde(default)]
    rule: String,
}

/// `POST /segments/try`
pub(in super::super) async fn try_rule(
    State(app): State<Shared>,
    language: Language,
    Form(asked): Form<Trial>,
) -> Page {
    let text = asked.rule.clone();
    let found = blocking(move || {
        let segments = compiled(&app)?;
        match segments.parse(&text) {
            Ok(rule) => Ok(Ok(Found::new(&app.night()?, &segments, &rule)?)),
            Err(error) => Ok(Err(error.to_string())),
        }
    })
    .await?;
    let body = html! {
        (trial(language, &asked.rule))
        @match &found {
            Ok(found) => { (result(language, found)) (sample(language, &found.people)) },
            Err(error) => p .notice.error role="alert" lang="en" { (error) },
        }
    };
    Ok(page(
        language,
        Section::Segments,
        language.say("Try a rule", "Essayer une règle"),
        &body,
    ))
}

/// A rule, its people in numbers, and some of them.
struct Found {
    rule: String,
    count: Count,
    people: Vec<PersonRow>,
}

impl Found {
    fn new(night: &Night, segments: &Segments, rule: &Rule) -> Result<Self, PageError> {
        let now = Report::read(night)?.now;
        let count = segments.count(night, rule, now)?;
        let people = listed(night, &count.sample)?;
        Ok(Self {
            rule: rule.to_string(),
            count,
            people,
        })
    }
}

fn compiled(app: &App) -> Result<Segments, PageError> {
    run::compile(&app.config).map_err(|error| PageError::Refused(error.to_string()))
}

fn empty(language: Language) -> &'static str {
    language.say(
        "No segment is named in unifier.toml yet. Try a rule below, and have it added there under [segments.NAME].",
        "Aucun segment n'est encore nommé dans unifier.toml. Essayez une règle ci-dessous, puis ajoutez-la sous [segments.NOM].",
    )
}

fn sizes(language: Language, report: &Report) -> Markup {
    html! {
        (scroll(language.say("Segments", "Segments"), &html! {
            table {
                thead { tr {
                    th scope="col" { (language.say("Segment", "Segment")) }
                    th .number scope="col" { (language.say("People", "Personnes")) }
                    th scope="col" { (language.say("Share of everybody", "Part du total")) }
                    th .number scope="col" { (language.say("May be e-mailed", "Joignables par e-mail")) }
                    th .number scope="col" { (language.say("May be texted", "Joignables par SMS")) }
                } }
                tbody { @for segment in &report.segments { (size(language, segment, report.identity.people)) } }
            }
        }))
    }
}

fn size(language: Language, segment: &SegmentSize, everybody: u64) -> Markup {
    let share = segment.people as f64 / everybody.max(1) as f64;
    html! {
        tr {
            th scope="row" { a href={ "/segments/" (segment.name) } { (segment.title) } }
            td .number { (language.number(segment.people)) }
            td { progress value=(segment.people) max=(everybody.max(1)) aria-label=(segment.title) {} " " span .quiet { (language.percent(share)) } }
            td .number { (language.number(segment.by_email)) }
            td .number { (language.number(segment.by_sms)) }
        }
    }
}

fn meaning(language: Language, segment: &SegmentRule) -> Markup {
    html! {
        @if let Some(description) = &segment.description { p { (description) } }
        p {
            (language.say("Made for: ", "Créé pour : "))
            @match &segment.purpose {
                Some(purpose) => (words::purpose(language, purpose)),
                None => (language.say("no purpose yet; a list of it needs one", "aucune finalité ; une liste en exige une")),
            }
        }
    }
}

fn result(language: Language, found: &Found) -> Markup {
    let count = &found.count;
    let of_all = language.percent(count.matched as f64 / count.people.max(1) as f64);
    let suppressed = language.number(count.suppressed as u64);
    html! {
        p { code { (found.rule) } }
        div .figures {
            (figure(&language.number(count.matched as u64), language.say("people", "personnes"), Some(&of_all)))
            (figure(&suppressed, language.say("may not be contacted at all", "ne doivent pas être contactées"), None))
        }
        section .card {
            h2 { (language.say("Who may be contacted", "Qui peut être contacté")) }
            (scroll(language.say("Who may be contacted", "Qui peut être contacté"), &reach(language, &count.reach)))
        }
    }
}

fn sample(language: Language, people: &[PersonRow]) -> Markup {
    html! {
        @if !people.is_empty() {
            h2 { (language.say("Some of them", "Quelques-unes")) }
            (table(language, people))
        }
    }
}

fn reach(language: Language, reach: &[Reach]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (language.say("Purpose", "Finalité")) }
                th .number scope="col" { (language.say("Agreed", "D'accord")) }
                th .number scope="col" { (language.say("with an e-mail address", "avec une adresse e-mail")) }
                th .number scope="col" { (language.say("with a telephone number", "avec un numéro de téléphone")) }
            } }
            tbody { @for reach in reach { (reached(language, reach)) } }
        }
    }
}

fn reached(language: Language, reach: &Reach) -> Markup {
    html! {
        tr {
            th scope="row" { (words::purpose(language, &reach.purpose)) }
            @for number in [reach.agreed, reach.by_email, reach.by_phone] { td .number { (language.number(number as u64)) } }
        }
    }
}

fn trial(language: Language, rule: &str) -> Markup {
    html! {
        form method="post" action="/segments/try" {
            label for="rule" { (language.say("Rule", "Règle")) }
            textarea #rule name="rule" required spellcheck="false" aria-describedby="rule-help" { (rule) }
            p #rule-help .quiet {
                (language.say("For example", "Par exemple")) " "
                code { "orders >= 2 and last_order within 90 days" } ", "
                code { "country = \"CH\" and consents to email_marketing" }
            }
            button type="submit" { (language.say("Count", "Compter")) }
        }
    }
}
