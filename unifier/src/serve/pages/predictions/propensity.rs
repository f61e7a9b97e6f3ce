//! One propensity: how many are expected to do it, what says so, and how that did on past days.

use maud::{Markup, html};

use super::super::super::Language;
use super::evidence::{Named, calibration, compared, drift, lift, tenths};
use crate::predict::note::iso_date;
use crate::predict::propensity::report::{PropensityReport, PropensityServed};
use crate::predict::propensity::windows::Refused;

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
        @match (&report.refusal, &report.refused) {
            (Some(refusal), _) if language == Language::French => { p .notice { (report.name) " : " (in_french(language, refusal)) } },
            (_, Some(refused)) => { p .notice lang="en" { (report.name) ": " (refused) } },
            _ => {},
        }
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
    // No two regions of a page may be called alike.
    let found = format!(
        "{} ({name})",
        language.say(
            "Those who did it, found among the people who score best",
            "Ceux qui l'ont fait, trouvés parmi les mieux notés",
        )
    );
    let competes = language.say(
        "What competes, and how it fared",
        "Ce qui est comparé, et avec quel résultat",
    );
    let competes = format!("{competes} ({name})");
    let doers = doers(language, name);
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
        div .columns {
            section .card { (lift(language, &found, &served.lift)) }
            section .card { (calibration(language, &doers, &served.tenths)) }
        }
        section .card { (tenths(language, &doers, &served.tenths)) }
        (drift(language, served.drift))
        section .card { (compared(language, &competes, heads, &days, &served.results, champion)) }
    }
}

fn doers(language: Language, name: &str) -> Named {
    let titled = |english, french| format!("{} ({name})", language.say(english, french));
    Named {
        shares: titled(
            "Predicted and actual share of those who did it",
            "Part prévue et réelle de ceux qui l'ont fait",
        ),
        tenths: titled(
            "Those expected to do it and those who did, by tenths of the people, equals together, the best first",
            "Ceux qui devaient le faire et ceux qui l'ont fait, par dixièmes des personnes, égaux ensemble, les meilleurs d'abord",
        ),
        people: language.say("people", "personnes"),
        by_tenths: language.say("people by tenths", "personnes par dixièmes"),
        did: language.say("did it", "l'ont fait"),
        above: language.say(
            "Marks above the line: more did it than predicted. The same figures are in the table of tenths.",
            "Points au-dessus de la ligne : plus nombreux que prévu. Les mêmes chiffres sont dans le tableau des dixièmes.",
        ),
    }
}

/// Why there are no chances, as the report says it in English.
fn in_french(language: Language, refused: &Refused) -> String {
    match refused {
        Refused::Never => {
            "personne ne l'a jamais fait : un événement s'écrit exactement comme la page l'envoie, et une commande est \
                           \"order\""
                .to_owned()
        }
        Refused::NotAsked => {
            "predict.origins vaut 0, et une probabilité qui n'a été éprouvée sur aucun jour passé n'est pas donnée"
                .to_owned()
        }
        Refused::ShortHistory {
            days,
            needed,
            possible_from,
        } => {
            let from = language.day(&iso_date(*possible_from));
            format!(
                "{days} jours se sont écoulés depuis la première fois, sur les {needed} nécessaires : ce que l'on sait avant, ce qui \
                 arrive ensuite, et encore autant pour l'éprouver ; cela suffira dès le {from}"
            )
        }
        Refused::FewOutcomes {
            day,
            horizon,
            did,
            not,
            needed,
        } => {
            let day = language.day(&iso_date(*day));
            format!(
                "dans les {horizon} jours après le {day}, {did} personnes l'ont fait et {not} ne l'ont pas fait : il en faut au moins \
                 {needed} de chaque pour apprendre"
            )
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::calibration::Tenth;
    use crate::predict::evaluation::{Comparison, Drift, LiftCurve};

    fn served(name: &str) -> PropensityReport {
        PropensityReport {
            name: name.to_owned(),
            served: Some(PropensityServed {
                model: "logistic".to_owned(),
                backtest: String::new(),
                learnt_from: "2026-10-01".to_owned(),
                people: 10,
                expected: 3.0,
                origins: Vec::new(),
                results: Vec::new(),
                comparison: Comparison {
                    model: "logistic".to_owned(),
                    rule: "recency".to_owned(),
                    difference: 0.1,
                    low: 0.05,
                    high: 0.15,
                    model_is_better: true,
                },
                tenths: vec![Tenth {
                    from: 0.1,
                    customers: 10,
                    predicted: 3.0,
                    bought: 4,
                }],
                drift: Some(Drift {
                    stability: Some(0.3),
                    auc_change: -0.1,
                }),
                lift: vec![LiftCurve {
                    name: "logistic".to_owned(),
                    shares: vec![0.0; 21],
                }],
            }),
            ..PropensityReport::default()
        }
    }

    #[test]
    fn no_two_regions_of_a_page_with_two_propensities_are_called_alike() {
        for language in [Language::English, Language::French] {
            let page = ["soon", "cart"].map(|name| propensity(language, &served(name)).into_string());
            let page = page.concat();
            let regions = page.split("role=\"region\" aria-label=\"").skip(1);
            let mut names: Vec<&str> = regions.filter_map(|rest| rest.split('"').next()).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!((names.len(), all), (6, 6), "{names:?}");
        }
    }

    #[test]
    fn a_refusal_and_drift_are_told_in_french() {
        let refused = PropensityReport {
            name: "cart".to_owned(),
            refused: Some("nobody".to_owned()),
            refusal: Some(Refused::FewOutcomes {
                day: 20_000,
                horizon: 30,
                did: 7,
                not: 90,
                needed: 100,
            }),
            ..PropensityReport::default()
        };
        let page = propensity(Language::French, &refused).into_string();
        assert!(
            page.contains("7 personnes l'ont fait") || page.contains("7 personnes l&#39;ont fait"),
            "{page}"
        );
        let page = propensity(Language::French, &served("soon")).into_string();
        assert!(
            page.contains("Indice de stabilité") && page.contains("Le classement a été moins bon"),
            "{page}"
        );
    }
}
