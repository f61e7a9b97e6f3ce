//! One propensity: how many are expected to do it, what says so, and how that did on past days.

use maud::{Markup, html};

use super::super::super::Language;
use super::evidence::{compared, lift};
use crate::predict::propensity::report::{PropensityReport, PropensityServed};

/// Everything that is told of one propensity.
pub(super) fn propensity(language: Language, report: &PropensityReport) -> Markup {
    let days = report.horizon_days;
    html! {
        h2 {
            @match language {
                Language::English => { "Who does " code { (report.event) } " within " (days) " days" },
                Language::French => { "Qui fait " code { (report.event) } " d'ici " (days) " jours" },
            }
        }
        @if let Some(refused) = &report.refused { p .notice lang="en" { (report.name) ": " (refused) } }
        @if let Some(served) = &report.served { (told(language, &report.name, served)) }
    }
}

fn told(language: Language, name: &str, served: &PropensityServed) -> Markup {
    let (people, expected) = (language.number(served.people), language.decimal(served.expected, 0));
    let days: Vec<&str> = served.origins.iter().map(|origin| origin.day.as_str()).collect();
    let heads = [
        language.say("Who does it", "Qui le fait"),
        language.say("people off", "écart du total"),
    ];
    let found = language.say(
        "Those who did it, found among the people who score best",
        "Ceux qui l'ont fait, trouvés parmi les mieux notés",
    );
    let champion = Some(served.model.as_str());
    html! {
        p {
            @match language {
                Language::English => { "Of " (people) " people about " strong { (expected) } " are expected to. In segments: " },
                Language::French => { "Sur " (people) " personnes, environ " strong { (expected) } " devraient le faire. Dans les segments : " },
            }
            code { "propensity \"" (name) "\" >= 0.5" }
        }
        p .notice { (verdict(language, served)) }
        section .card { (lift(language, found, &served.lift)) }
        section .card { (compared(language, heads, &days, &served.results, champion)) }
    }
}

/// Whether the best model beats the best simple rule.
fn verdict(language: Language, served: &PropensityServed) -> String {
    let compared = &served.comparison;
    let says = if compared.model_is_better {
        language.say(
            "ranks people better than the best simple rule,",
            "classe mieux que la meilleure règle simple,",
        )
    } else {
        language.say(
            "ranks people no better than a simple rule, so the rule is used:",
            "ne classe pas mieux qu'une règle simple, qui sert donc :",
        )
    };
    format!("{} {says} {}.", compared.model, compared.rule)
}
