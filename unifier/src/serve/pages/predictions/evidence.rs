//! How the scores did when they were tried on the past: who was found, whether probabilities meant what they said, what competes.

use maud::{Markup, html};

use super::super::super::Language;
use super::super::super::layout::scroll;
use super::super::super::plot::{Axes, Curve, Pair, Stroke, curves, pairs};
use crate::predict::calibration::{Tenth, held};
use crate::predict::evaluation::{Drift, LiftCurve, ScorerResult};
use crate::predict::report::PredictionReport;

/// Everything that was found out; nothing when there was no past to try anything on.
pub(super) fn evidence(language: Language, report: &PredictionReport) -> Markup {
    let evaluation = &report.evaluation;
    let Some(latest) = evaluation.origins.first() else {
        return html! {};
    };
    let (day, days) = (language.day(&latest.day), evaluation.horizon_days);
    html! {
        h2 { (language.say("How it did last time", "Ce que cela a donné la dernière fois")) }
        p {
            @match language {
                Language::English => { "Predicted on " (day) " from what was known then, and compared with the " (days) " days that followed." },
                Language::French => { "Prédit au " (day) " avec ce que l'on savait alors, et comparé aux " (days) " jours suivants." },
            }
        }
        (verdict(language, report))
        div .columns {
            section .card {
                @let found = language.say("Buyers found among the customers who score best", "Acheteurs trouvés parmi les clients les mieux notés");
                (lift(language, found, &evaluation.lift))
            }
            section .card { (calibration(language, &buyers(language), &evaluation.tenths)) }
        }
        section .card { (tenths(language, &buyers(language), &evaluation.tenths)) }
        (drift(language, evaluation.drift))
        section .card { (competitors(language, report)) }
    }
}

/// One sentence on who is found, one on what competes.
fn verdict(language: Language, report: &PredictionReport) -> Markup {
    let evaluation = &report.evaluation;
    let of_hundred = |part: u64, all: u64| language.decimal(100.0 * part as f64 / all.max(1) as f64, 0);
    let (best, all) = (evaluation.held().next(), evaluation.origins.first());
    html! {
        @if let (Some(best), Some(all)) = (best, all) {
            @let customers = language.number(best.customers);
            @let (best, all) = (of_hundred(best.bought, best.customers), of_hundred(all.buyers as u64, all.customers as u64));
            p {
                @match language {
                    Language::English => { "Of the " (customers) " customers who scored best, " strong { (best) } " of 100 bought; of all customers, " strong { (all) } " of 100 did." },
                    Language::French => { "Des " (customers) " clients les mieux notés, " strong { (best) } " sur 100 ont acheté ; de tous les clients, " strong { (all) } " sur 100." },
                }
            }
        }
        @if let Some(compared) = &evaluation.comparison {
            p .notice {
                @if compared.model_is_better {
                    (compared.model) " " (language.say("ranks customers better than the best simple rule,", "classe mieux les clients que la meilleure règle simple,")) " " (compared.rule) "."
                } @else {
                    (compared.model) " " (language.say("ranks customers no better than a simple rule, so the rule is used:", "ne classe pas mieux les clients qu'une règle simple, qui sert donc :")) " " (compared.rule) "."
                }
            }
        }
    }
}

/// How much is found among those who score best, as a plot and as a table.
pub(super) fn lift(language: Language, title: &str, found: &[LiftCurve]) -> Markup {
    let strokes = [Stroke::First, Stroke::Second, Stroke::Third];
    let shares = |curve: &LiftCurve| {
        let steps = (curve.shares.len().max(2) - 1) as f64;
        curve
            .shares
            .iter()
            .enumerate()
            .map(|(i, share)| (i as f64 / steps, *share))
            .collect()
    };
    let mut drawn: Vec<Curve> = vec![Curve {
        name: language.say("by chance", "au hasard").to_owned(),
        points: vec![(0.0, 0.0), (1.0, 1.0)],
        stroke: Stroke::Reference,
    }];
    let last = found.len().saturating_sub(1);
    drawn.extend(found.iter().enumerate().map(|(i, curve)| Curve {
        name: curve.name.clone(),
        points: shares(curve),
        // Recency always stands last and always looks the same.
        stroke: if i == last && i > 0 {
            Stroke::Third
        } else {
            strokes[i.min(1)]
        },
    }));
    let axes = Axes {
        across: language.say("the best first", "les meilleurs d'abord").to_owned(),
        up: language.say("found", "trouvés").to_owned(),
        right: 1.0,
        top: 1.0,
    };
    html! {
        h3 { (title) }
        (curves(title, &axes, &drawn, |tick| language.percent(tick)))
        details {
            summary { (language.say("The same as a table", "Le même en tableau")) }
            (scroll(title, &lift_table(language, found)))
        }
    }
}

fn lift_table(language: Language, found: &[LiftCurve]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (language.say("best", "meilleurs")) }
                @for curve in found { th .number scope="col" { (curve.name) } }
            } }
            tbody { @for part in (2..=20).step_by(2) {
                tr {
                    th scope="row" { (language.percent(part as f64 / 20.0)) }
                    @for curve in found { td .number { (language.percent(curve.shares.get(part).copied().unwrap_or(1.0))) } }
                }
            } }
        }
    }
}

/// What is said of those who were expected to do something.
pub(super) struct Named {
    /// Over the plot of chances.
    pub(super) shares: String,
    /// Over the table of tenths. No two regions of a page may be called alike.
    pub(super) tenths: String,
    /// Everybody.
    pub(super) people: &'static str,
    /// Everybody by tenths.
    pub(super) by_tenths: &'static str,
    /// Those who did it.
    pub(super) did: &'static str,
    /// What marks above the line mean.
    pub(super) above: &'static str,
}

fn buyers(language: Language) -> Named {
    Named {
        shares: language
            .say("Predicted and actual share of buyers", "Part d'acheteurs prévue et réelle")
            .to_owned(),
        tenths: language
            .say(
                "Predicted and actual buyers by tenths of the customers, equals together, the best first",
                "Acheteurs prévus et réels par dixièmes des clients, égaux ensemble, les meilleurs d'abord",
            )
            .to_owned(),
        people: language.say("customers", "clients"),
        by_tenths: language.say("customers by tenths", "clients par dixièmes"),
        did: language.say("bought", "ont acheté"),
        above: language.say(
            "Marks above the line: more bought than predicted. The same figures are in the table of tenths.",
            "Points au-dessus de la ligne : plus d'achats que prévu. Les mêmes chiffres sont dans le tableau des dixièmes.",
        ),
    }
}

/// Whether the present is still like the past.
pub(super) fn drift(language: Language, drift: Option<Drift>) -> Markup {
    let Some(drift) = drift else { return html! {} };
    let sign = if drift.auc_change > 0.0 { "+" } else { "" };
    let change = format!("{sign}{}", language.decimal(drift.auc_change, 3));
    html! {
        p .quiet {
            @if let Some(index) = drift.stability {
                (language.say("Stability index of today's chances:", "Indice de stabilité des probabilités du jour :")) " "
                strong { (language.decimal(index, 3)) } " "
                (language.say("(below 0.1 alike, above 0.25 different).", "(moins de 0,1 : semblables ; plus de 0,25 : différentes).")) " "
            }
            (language.say("Area under the curve, against earlier periods:", "Aire sous la courbe, par rapport aux périodes précédentes :")) " " strong { (change) } "."
        }
        @if drift.is_alarming() {
            p .notice { (language.say(
                "People were ranked worse in the period just ended than before: expect worse figures than these.",
                "Le classement a été moins bon sur la dernière période qu'avant : attendez-vous à de moins bons chiffres.",
            )) }
        }
    }
}

pub(super) fn calibration(language: Language, named: &Named, tenths: &[Tenth]) -> Markup {
    let title = named.shares.as_str();
    let points: Vec<(f64, f64)> = held(tenths)
        .map(|tenth| {
            let customers = tenth.customers as f64;
            (tenth.predicted / customers, tenth.bought as f64 / customers)
        })
        .collect();
    let largest = points.iter().flat_map(|point| [point.0, point.1]).fold(0.0, f64::max);
    let end = ((largest * 10.0).ceil() / 10.0).clamp(0.1, 1.0);
    let axes = Axes {
        across: language.say("predicted", "prévu").to_owned(),
        up: language.say("actual", "réel").to_owned(),
        right: end,
        top: end,
    };
    let drawn = [
        Curve {
            name: language.say("just as predicted", "exactement comme prévu").to_owned(),
            points: vec![(0.0, 0.0), (end, end)],
            stroke: Stroke::Reference,
        },
        Curve {
            name: named.by_tenths.to_owned(),
            points,
            stroke: Stroke::Marks,
        },
    ];
    html! {
        h3 { (title) }
        (curves(title, &axes, &drawn, |tick| language.percent(tick)))
        p .quiet { (named.above) }
    }
}

pub(super) fn tenths(language: Language, named: &Named, tenths: &[Tenth]) -> Markup {
    let title = named.tenths.as_str();
    let names = [language.say("predicted", "prévus"), named.did];
    let from = |tenth: &Tenth| format!("{}\u{a0}%", language.decimal(100.0 * tenth.from, 1));
    let drawn: Vec<Pair> = held(tenths)
        .map(|tenth| Pair {
            label: from(tenth),
            first: tenth.predicted,
            second: tenth.bought as f64,
        })
        .collect();
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (language.say("Chance from", "Probabilité dès")) }
                th .number scope="col" { (named.people) }
                @for name in names { th .number scope="col" { (name) } }
            } }
            tbody { @for tenth in held(tenths) {
                tr {
                    th scope="row" { (from(tenth)) }
                    td .number { (language.number(tenth.customers)) }
                    td .number { (language.decimal(tenth.predicted, 1)) }
                    td .number { (language.number(tenth.bought)) }
                }
            } }
        }
    };
    html! {
        h3 { (title) }
        div .columns {
            div { (pairs(title, names, &drawn)) }
            (scroll(title, &table))
        }
    }
}

fn competitors(language: Language, report: &PredictionReport) -> Markup {
    let evaluation = &report.evaluation;
    let days: Vec<&str> = evaluation.origins.iter().map(|origin| origin.day.as_str()).collect();
    let who = language.say("Who buys", "Qui achète");
    let off = language.say("buyers off", "écart du total");
    compared(
        language,
        language.say(
            "What competes, and how it fared",
            "Ce qui est comparé, et avec quel résultat",
        ),
        [who, off],
        &days,
        &evaluation.results,
        report.champion.as_deref(),
    )
}

/// What competes, and how it fared on average over some days, under a title; `heads` stand over names and over errors of the total.
pub(super) fn compared(
    language: Language,
    title: &str,
    heads: [&str; 2],
    days: &[&str],
    results: &[ScorerResult],
    champion: Option<&str>,
) -> Markup {
    let days: Vec<String> = days.iter().map(|day| language.day(day)).collect();
    let figures = html! {
        table {
            thead { tr {
                th scope="col" { (heads[0]) }
                @for name in ["AUC", "log-loss", "Brier"] { th .number scope="col" { (name) } }
                th .number scope="col" { (language.say("calibration error", "erreur de calibration")) }
                th .number scope="col" { (language.say("lift of the best tenth", "lift du meilleur dixième")) }
                th .number scope="col" { (heads[1]) }
            } }
            tbody { @for result in results {
                @let served = champion == Some(result.name.as_str());
                tr {
                    th scope="row" { code { (result.name) } @if served { " ← " (language.say("in use", "utilisé")) } }
                    td .number { (language.decimal(result.auc, 3)) }
                    td .number { (language.decimal(result.log_loss, 3)) }
                    td .number { (language.decimal(result.brier, 4)) }
                    td .number { (language.decimal(result.calibration_error, 3)) }
                    td .number { (language.decimal(result.lift_of_best_tenth, 2)) }
                    td .number { (language.decimal(100.0 * result.buyers_error, 1)) "\u{a0}%" }
                }
            } }
        }
    };
    html! {
        h3 { (title) }
        p .quiet { (language.say("Means over predictions from", "Moyennes des prédictions du")) " " (days.join(", ")) }
        (scroll(title, &figures))
    }
}
