//! Words by which exports say yes, no, and what became of an order, in English, French and German.
//!
//! Compared as headers are ([`fold`]): without case, accents and signs.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

use crate::record::OrderStatus;

use super::field::fold;

/// What a cell answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Nobody asked, or nobody answered.
    Unasked,
}

const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "t",
    "1",
    "on",
    "x",
    "oui",
    "o",
    "ja",
    "j",
    "vrai",
    "wahr",
    "si",
    "subscribed",
    "optedin",
    "optin",
    "granted",
    "tyes",
    "confirmed",
    "inscrit",
    "abonne",
    "angemeldet",
    "active",
    "activated",
    "enabled",
];
const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "f",
    "0",
    "off",
    "non",
    "nein",
    "faux",
    "falsch",
    "unsubscribed",
    "optedout",
    "optout",
    "refused",
    "withdrawn",
    "denied",
    "tno",
    "desinscrit",
    "desabonne",
    "abgemeldet",
    "disabled",
    "cleaned",
    "bounced",
];
const UNASKED: &[&str] = &[
    "neversubscribed",
    "notsubscribed",
    "unknown",
    "pending",
    "invalid",
    "nonsubscribed",
    "transactional",
];

/// The answer in a cell; nothing for a word that is none, nor for a cell with a sign: `✗` and `ø` look like letters to
/// [`fold`] and mean no.
pub fn answer(text: &str) -> Option<Answer> {
    if !text.nfc().all(|c| c.is_ascii() || is_accented(c)) {
        return None;
    }
    let word = fold(text);
    let word = word.as_str();
    match () {
        () if YES.contains(&word) => Some(Answer::Yes),
        () if NO.contains(&word) => Some(Answer::No),
        () if UNASKED.contains(&word) => Some(Answer::Unasked),
        () => None,
    }
}

/// Whether the character is a Latin letter with its accents.
fn is_accented(c: char) -> bool {
    let mut base = None;
    decompose_canonical(c, |part| {
        base.get_or_insert(part);
    });
    c.is_alphabetic() && base.is_some_and(|base| base.is_ascii_alphabetic())
}

const CANCELLED: &[&str] = &[
    "cancelled",
    "canceled",
    "voided",
    "expired",
    "failed",
    "blocked",
    "rejected",
    "uncaptured",
    "annule",
    "annulee",
    "echec",
    "echoue",
    "echouee",
    "refuse",
    "refusee",
    "storniert",
    "abgebrochen",
    "fehlgeschlagen",
    "abgelehnt",
    "closedlost",
    "lost",
    "perdu",
    "perdue",
    "fermeperdu",
    "verloren",
];
const REFUNDED: &[&str] = &[
    "refunded",
    "rembourse",
    "remboursee",
    "erstattet",
    "ruckerstattet",
    "zuruckerstattet",
];
const WON: &[&str] = &[
    "closedwon",
    "won",
    "gagne",
    "gagnee",
    "fermegagne",
    "conclu",
    "conclue",
    "gewonnen",
    "geschlossengewonnen",
    "abgeschlossenundgewonnen",
];
const UNFINISHED: &[&str] = &[
    "draft",
    "checkoutdraft",
    "brouillon",
    "entwurf",
    "incomplete",
    "requirespaymentmethod",
    "requiresconfirmation",
    "requiresaction",
];

/// What became of an order; nothing for one that was never placed.
///
/// A word that nobody knows is an order on its way. `won_only` is for deals, which are orders only when they are won: then
/// such a word is a deal that is still open.
pub fn order_status(text: &str, won_only: bool) -> Option<OrderStatus> {
    let word = fold(text);
    let word = word.as_str();
    match () {
        () if CANCELLED.contains(&word) => Some(OrderStatus::Cancelled),
        () if REFUNDED.contains(&word) => Some(OrderStatus::Refunded),
        () if WON.contains(&word) => Some(OrderStatus::Completed),
        () if won_only || UNFINISHED.contains(&word) => None,
        () => Some(OrderStatus::Completed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_in_three_languages_and_silence_is_none() {
        assert_eq!(
            ["Oui", "JA", "1", "SUBSCRIBED", "tYES"].map(answer),
            [Some(Answer::Yes); 5]
        );
        assert_eq!(
            ["Non", "nein", "0", "UNSUBSCRIBED", "opt-out"].map(answer),
            [Some(Answer::No); 5]
        );
        assert_eq!(answer("NEVER_SUBSCRIBED"), Some(Answer::Unasked));
        assert_eq!(answer("perhaps"), None);
    }

    #[test]
    fn an_order_that_was_never_placed_is_none() {
        assert_eq!(order_status("Annulée", false), Some(OrderStatus::Cancelled));
        assert_eq!(order_status("Rückerstattet", false), Some(OrderStatus::Refunded));
        assert_eq!(order_status("processing", false), Some(OrderStatus::Completed));
        assert_eq!(order_status("checkout-draft", false), None);
        assert_eq!(order_status("Appointment scheduled", true), None);
        assert_eq!(order_status("Closed Won", true), Some(OrderStatus::Completed));
    }

    #[test]
    fn a_sign_is_no_letter_and_so_no_answer() {
        for cell in ["❌", "✗", "✘", "✖", "×", "☒", "Ø", "ø", "◯", "x\u{338}", "ⓧ", "👎", "ο"] {
            assert_eq!(answer(cell), None, "{cell}");
        }
        for cell in ["Désabonné", "De\u{301}sabonne\u{301}", "DÉSINSCRIT"] {
            assert_eq!(answer(cell), Some(Answer::No), "{cell}");
        }
    }
}
