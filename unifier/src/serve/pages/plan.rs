//! What to do with a segment: the command that writes its list for a purpose, who would be on it, and who not and why.

use std::path::Path;

use maud::{Markup, html};

use super::super::layout::scroll;
use super::super::{App, Language, PageError, words};
use crate::activate::{self, Addressed};
use crate::config::SegmentRule;
use crate::store::Night;

/// One list that could be made.
pub(super) struct Plan {
    addressed: Addressed,
    command: String,
}

impl Plan {
    /// The list for the segment's purpose; one for each configured purpose when it has none of its own.
    pub(super) fn all(app: &App, night: &Night, name: &str, segment: &SegmentRule) -> Result<Vec<Self>, PageError> {
        let (purposes, named): (&[String], bool) = match &segment.purpose {
            Some(purpose) => (std::slice::from_ref(purpose), true),
            None => (&app.config.purposes, false),
        };
        let previewed = activate::preview(night, name, purposes, &app.config)
            .map_err(|error| PageError::Refused(error.to_string()))?;
        let plan = |addressed: Addressed| Self {
            command: command(&app.store, name, (!named).then_some(&addressed.purpose)),
            addressed,
        };
        Ok(previewed.into_iter().map(plan).collect())
    }
}

fn command(store: &Path, segment: &str, purpose: Option<&String>) -> String {
    let purpose = purpose.map_or(String::new(), |purpose| format!(" --purpose {purpose}"));
    format!(
        "unifier -C {} segment export {segment} --to {segment}.csv{purpose}",
        quoted(&store.display().to_string())
    )
}

/// A path as a shell takes it for one word.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// The plans as a card.
pub(super) fn plans(language: Language, plans: &[Plan]) -> Markup {
    let title = language.say("Make a list of it", "En faire une liste");
    let unpublished = plans.iter().all(|plan| plan.addressed.members == 0);
    html! {
        section .card {
            h2 { (title) }
            @if unpublished {
                p .notice { (language.say(
                    "The last night published no members. A segment that was added or changed since is filled by the next night.",
                    "La dernière nuit n'a publié aucun membre. Un segment ajouté ou modifié depuis sera rempli la nuit prochaine.",
                )) }
            }
            (scroll(title, &numbers(language, plans)))
            p { (language.say(
                "The list is written by whoever runs the program, and what was given out is noted in the store:",
                "La liste est écrite par la personne qui exploite le programme, et ce qui est remis est noté :",
            )) }
            p .quiet { (language.say(
                "The numbers are the last night's. Who refused since then is left out by the command too.",
                "Les nombres sont ceux de la dernière nuit. La commande écarte aussi qui a refusé depuis.",
            )) }
            @for plan in plans { p { code .command { (plan.command) } } }
        }
    }
}

fn numbers(language: Language, plans: &[Plan]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (language.say("Purpose", "Finalité")) }
                th .number scope="col" { (language.say("On the list", "Sur la liste")) }
                th .number scope="col" { (language.say("Unsure who", "Identité incertaine")) }
                th .number scope="col" { (language.say("May not be contacted", "À ne pas contacter")) }
                th .number scope="col" { (language.say("Refused", "Ont refusé")) }
                th .number scope="col" { (language.say("Never asked", "Jamais demandé")) }
                th .number scope="col" { (language.say("No address", "Sans adresse")) }
            } }
            tbody { @for plan in plans { (row(language, &plan.addressed)) } }
        }
    }
}

fn row(language: Language, addressed: &Addressed) -> Markup {
    let out = &addressed.withheld;
    let numbers = [
        addressed.listed(),
        out.unsure,
        out.suppressed,
        out.refused,
        out.unknown,
        out.no_address,
    ];
    html! {
        tr {
            th scope="row" { (words::purpose(language, &addressed.purpose)) }
            @for number in numbers { td .number { (language.number(number as u64)) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted_into_a_shell() {
        let purpose = "sms_marketing".to_owned();
        assert_eq!(
            command(Path::new("/srv/it's mine"), "regulars", Some(&purpose)),
            r"unifier -C '/srv/it'\''s mine' segment export regulars --to regulars.csv --purpose sms_marketing"
        );
        assert_eq!(
            command(Path::new("."), "regulars", None),
            "unifier -C . segment export regulars --to regulars.csv"
        );
    }
}
