//! What a person did, web and offline, in one line of time, the latest first.

use maud::{Markup, html};

use super::super::super::Language;
use crate::people::{EventDay, Order, PersonView};

/// Entries shown before the rest is folded away.
const SHOWN: usize = 30;

/// One entry, by the text of its time, which sorts as time does.
struct Entry {
    at: String,
    content: Content,
}

enum Content {
    Order(Markup),
    Web(Markup),
}

/// The orders and the days on the web.
pub(super) fn timeline(language: Language, view: &PersonView) -> Markup {
    let orders = view.orders.iter().map(|order| Entry {
        at: order.ordered_at.map(|at| at.to_string()).unwrap_or_default(),
        content: Content::Order(ordered(language, order)),
    });
    let days = view.events_daily.iter().map(|day| Entry {
        at: day.last_at.map_or(day.day.clone(), |at| at.to_string()),
        content: Content::Web(visited(language, day)),
    });
    let mut entries: Vec<Entry> = orders.chain(days).collect();
    entries.sort_by(|a, b| b.at.cmp(&a.at));
    let (first, rest) = entries.split_at(entries.len().min(SHOWN));
    html! {
        @if entries.is_empty() { p { (language.say("Nothing has happened yet.", "Il ne s'est encore rien passé.")) } }
        (list(language, first))
        @if !rest.is_empty() {
            details { summary { (language.say("Earlier", "Plus tôt")) " (" (language.number(rest.len() as u64)) ")" } (list(language, rest)) }
        }
    }
}

fn list(language: Language, entries: &[Entry]) -> Markup {
    html! {
        ol .timeline {
            @for entry in entries {
                @match &entry.content {
                    Content::Order(content) => li .order { (time(language, &entry.at)) (content) },
                    Content::Web(content) => li { (time(language, &entry.at)) (content) },
                }
            }
        }
    }
}

fn time(language: Language, at: &str) -> Markup {
    html! { time datetime=(at) { (language.moment(at)) } br; }
}

fn ordered(language: Language, order: &Order) -> Markup {
    let amount = language.money(order.amount, &order.currency);
    html! {
        strong { (language.say("Order", "Commande")) " " (order.order_id) } ", " (amount)
        @if order.status != "completed" { ", " em { (status(language, &order.status)) } }
        " " span .quiet { "(" (order.sources.join(", ")) ")" }
    }
}

fn status(language: Language, status: &str) -> &str {
    match (language, status) {
        (Language::French, "refunded") => "remboursée",
        (Language::French, "cancelled") => "annulée",
        _ => status,
    }
}

fn visited(language: Language, day: &EventDay) -> Markup {
    html! {
        (day.event)
        @if day.count > 1 { " × " (language.number(day.count.max(0).unsigned_abs())) }
        " " span .quiet { "(" (language.say("web", "site")) ")" }
    }
}
