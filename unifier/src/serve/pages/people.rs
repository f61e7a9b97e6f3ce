//! Finding people. What is looked for is posted, so that a name or address never stands in a URL, a history or a log.

use axum::Form;
use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::layout::{Section, page, scroll};
use super::super::{Language, Page, Shared, blocking};
use crate::people::{PersonRow, best, find};

/// People shown at most.
const SHOWN: usize = 100;
/// People shown before anybody is looked for.
const BEST: usize = 20;

/// `GET /people`
pub(in super::super) async fn people(State(app): State<Shared>, language: Language) -> Page {
    let people = blocking(move || Ok(best(&app.night()?, BEST)?)).await?;
    let body = html! {
        (search(language, "", Sort::Match))
        @if people.is_empty() {
            p { (language.say("Nobody has bought anything yet.", "Personne n'a encore acheté.")) }
        } @else {
            h2 { (language.say("Who spent most", "Les meilleurs clients")) }
            (table(language, &people))
        }
    };
    Ok(page(language, Section::People, title(language), &body))
}

/// What the search form sends.
#[derive(Deserialize)]
pub(in super::super) struct Search {
    #[serde(default)]
    text: String,
    #[serde(default)]
    sort: Sort,
}

/// By what the people found are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    #[default]
    Match,
    Name,
    Orders,
    Revenue,
    LastOrder,
}

impl Sort {
    const ALL: [Sort; 5] = [Sort::Match, Sort::Name, Sort::Orders, Sort::Revenue, Sort::LastOrder];

    fn code(self) -> &'static str {
        match self {
            Sort::Match => "match",
            Sort::Name => "name",
            Sort::Orders => "orders",
            Sort::Revenue => "revenue",
            Sort::LastOrder => "last_order",
        }
    }

    fn name(self, language: Language) -> &'static str {
        match self {
            Sort::Match => language.say("best match", "meilleure correspondance"),
            Sort::Name => language.say("name", "nom"),
            Sort::Orders => language.say("most orders", "plus de commandes"),
            Sort::Revenue => language.say("highest revenue", "chiffre le plus élevé"),
            Sort::LastOrder => language.say("latest order", "commande la plus récente"),
        }
    }

    fn apply(self, people: &mut [PersonRow]) {
        match self {
            Sort::Match => {}
            Sort::Name => people.sort_by_key(|person| person.name.as_deref().unwrap_or("\u{10ffff}").to_lowercase()),
            Sort::Orders => people.sort_by_key(|person| std::cmp::Reverse(person.orders)),
            Sort::Revenue => people.sort_by(|a, b| b.revenue.total_cmp(&a.revenue)),
            Sort::LastOrder => people.sort_by(|a, b| b.last_order.cmp(&a.last_order)),
        }
    }
}

/// `POST /people`
pub(in super::super) async fn found(State(app): State<Shared>, language: Language, Form(asked): Form<Search>) -> Page {
    let (text, sort) = (asked.text.clone(), asked.sort);
    let people = blocking(move || {
        let mut people = find(&app.night()?, &text, SHOWN)?;
        sort.apply(&mut people);
        Ok(people)
    })
    .await?;
    let body = html! {
        (search(language, &asked.text, asked.sort))
        p role="status" { (count(language, people.len())) }
        @if !people.is_empty() { (table(language, &people)) }
    };
    Ok(page(language, Section::People, title(language), &body))
}

fn title(language: Language) -> &'static str {
    language.say("People", "Personnes")
}

fn count(language: Language, people: usize) -> String {
    let number = language.number(people as u64);
    match (people, language) {
        (0, _) => language
            .say(
                "Nobody was found. Try a part of the name or address.",
                "Personne n'a été trouvé. Essayez une partie du nom ou de l'adresse.",
            )
            .to_owned(),
        (SHOWN.., Language::English) => {
            format!("The first {number} people. Look for something more precise to see the others.")
        }
        (SHOWN.., Language::French) => {
            format!("Les {number} premières personnes. Précisez la recherche pour voir les autres.")
        }
        (1, _) => language.say("One person.", "Une personne.").to_owned(),
        (_, Language::English) => format!("{number} people."),
        (_, Language::French) => format!("{number} personnes."),
    }
}

fn search(language: Language, text: &str, sort: Sort) -> Markup {
    html! {
        form .inline method="post" action="/people" role="search" {
            div .grow {
                label for="text" { (language.say("Name, e-mail, telephone, or a source's key", "Nom, e-mail, téléphone ou clé d'une source")) }
                input #text type="search" name="text" value=(text) autocomplete="off" required aria-describedby="text-help";
            }
            div {
                label for="sort" { (language.say("Sorted by", "Trier par")) }
                select #sort name="sort" {
                    @for option in Sort::ALL { option value=(option.code()) selected[option == sort] { (option.name(language)) } }
                }
            }
            button type="submit" { (language.say("Find", "Chercher")) }
            p #text-help .quiet.help { (language.say(
                "A part is enough; accents and capitals do not matter.",
                "Une partie suffit ; ni les accents ni les majuscules ne comptent.",
            )) }
        }
    }
}

/// People as a table, each with a link to their page.
pub(in super::super) fn table(language: Language, people: &[PersonRow]) -> Markup {
    html! {
        (scroll(language.say("People", "Personnes"), &html! {
            table {
                thead { tr {
                    th scope="col" { (language.say("Name", "Nom")) }
                    th scope="col" { (language.say("E-mail", "E-mail")) }
                    th scope="col" { (language.say("Telephone", "Téléphone")) }
                    th scope="col" { (language.say("Town", "Ville")) }
                    th scope="col" { (language.say("Known to", "Connue de")) }
                    th .number scope="col" { (language.say("Orders", "Commandes")) }
                    th .number scope="col" { (language.say("Revenue", "Chiffre")) }
                    th scope="col" { (language.say("Last order", "Dernière commande")) }
                } }
                tbody { @for person in people { (row(language, person)) } }
            }
        }))
    }
}

fn row(language: Language, person: &PersonRow) -> Markup {
    let nameless = || language.say("(no name)", "(sans nom)").to_owned();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    html! {
        tr {
            th scope="row" { a href={ "/people/" (person.person_id) } { (person.name.clone().unwrap_or_else(nameless)) } }
            td { (text(&person.email)) }
            td { (text(&person.phone)) }
            td { (text(&person.city)) @if let Some(country) = &person.country { " " span .quiet { (country) } } }
            td { (person.sources.join(", ")) }
            td .number { (language.number(person.orders.max(0).unsigned_abs())) }
            td .number { (language.decimal(person.revenue, 2)) }
            td .day { (person.last_order.as_deref().map_or(String::new(), |day| language.day(day))) }
        }
    }
}
