//! Words of headers in English, French and German, and what they mean.
//!
//! Spellings are separated by commas, each as [`words`] takes a header apart: `Date de naissance` is
//! `date de naissance`, `birthDate` is `birth date`.

use std::ops::Range;

use crate::ingest::layout::Reading;
use crate::ingest::{Field, Kind};
use crate::normalise::text::snake_case;

/// What a header means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// One of our fields.
    Field(Field),
    /// The record's key.
    Key,
    /// A further identifier of that type.
    Identifier(&'static str),
    /// An answer to a purpose.
    Consent(&'static str, Reading),
    /// When an answer was given.
    Answered,
}

use Meaning::{Answered, Consent, Identifier, Key};

/// Headers that refuse by themselves, and whatever else they say.
const REFUSALS: &str = "unsubscribed, unsubscribe, opt out, opts out, opted out, optout, email opt out, do not email, do not contact, \
                        desabonne, desabonnee, desinscrit, desinscrite, abgemeldet, has opted out of email, blacklisted";

/// Words that make a refusal of an agreement beside them, and mean something else alone.
const REFUSING: &str = "unsubscription, desabonnement, desinscription, desinscriptions, abmeldung, abbestellt, abgelehnt, \
                        widerrufen, refuse, refused, declined, denied, revoked, withdrawn, cancelled, canceled, stopped, blocked, \
                        bounced, suppressed, resilie";

/// Words that turn what stands beside them round, or put it into the past.
const NEGATIONS: [&str; 24] = [
    "no",
    "not",
    "non",
    "never",
    "without",
    "dont",
    "don",
    "former",
    "formerly",
    "previously",
    "kein",
    "keine",
    "keinen",
    "nicht",
    "nie",
    "ohne",
    "ehemals",
    "fruher",
    "pas",
    "sans",
    "jamais",
    "aucun",
    "aucune",
    "ancien",
];

/// Beginnings by which a header refuses what all the rest of it says.
const PLAIN_NEGATIONS: &str = "no, kein, keine, keinen, pas de, aucun, aucune";

/// Meanings of people's columns, and of those that orders and events share with them.
const PEOPLE: &[(Meaning, &str)] = &[
    (
        Meaning::Field(Field::Title),
        "salutation, anrede, civilite, title, titre, prefix, name prefix, titel",
    ),
    (
        Meaning::Field(Field::GivenName),
        "given name, first name, firstname, forename, forenames, given names, prenom, prenoms, vorname, \
         vornamen, fname",
    ),
    (
        Meaning::Field(Field::FamilyName),
        "family name, last name, lastname, surname, nom de famille, nachname, familienname, lname, \
         second name",
    ),
    (
        Meaning::Field(Field::FullName),
        "full name, fullname, name, nom, nom complet, customer name, display name, nom prenom",
    ),
    (
        Meaning::Field(Field::BirthDate),
        "birth date, birthdate, date of birth, dob, birthday, born, geburtsdatum, geburtstag, \
         geboren am, date naissance, date de naissance, ne le, naissance",
    ),
    (Meaning::Field(Field::Gender), "gender, sex, sexe, geschlecht, genre"),
    (
        Meaning::Field(Field::Email),
        "email, e mail, mail, courriel, email address, e mail address, adresse email, adresse e mail, \
         e mail adresse",
    ),
    (
        Meaning::Field(Field::Mobile),
        "mobile, mobile phone, mobile number, phone mobile, cell, cell phone, cellular, handy, natel, \
         portable, tel portable, telephone portable, gsm, mobil, mobiltelefon, mobilnummer",
    ),
    (
        Meaning::Field(Field::Phone),
        "phone, phone number, telephone, telephone number, tel, telefon, telefonnummer, \
         numero de telephone, landline, fixe, festnetz, tel fixe, home phone",
    ),
    (
        Meaning::Field(Field::Company),
        "company, company name, organisation, organization, firma, societe, entreprise, raison sociale, \
         employer, unternehmen",
    ),
    (
        Meaning::Field(Field::StreetNumber),
        "street number, house number, house no, hausnummer, numero de rue, hausnr",
    ),
    (
        Meaning::Field(Field::Street),
        "street, street address, address 1, address1, address line 1, address, adresse, adresse 1, rue, \
         strasse, line 1, street 1",
    ),
    (
        Meaning::Field(Field::City),
        "city, town, suburb, locality, ville, localite, ort, stadt, wohnort, commune",
    ),
    (
        Meaning::Field(Field::Postcode),
        "postcode, post code, postal code, zip, zip code, zipcode, code postal, npa, cp, plz, \
         postleitzahl",
    ),
    (
        Meaning::Field(Field::Region),
        "state, province, region, canton, kanton, bundesland, departement, county",
    ),
    (
        Meaning::Field(Field::Country),
        "country, country code, pays, code pays, land, landercode",
    ),
    (
        Meaning::Field(Field::Language),
        "language, lang, locale, langue, sprache",
    ),
    (
        Meaning::Field(Field::CreatedAt),
        "created at, created, create date, created date, creation date, date created, sign up, \
         signup date, signed up at, registered, registered at, registration date, member since, \
         date creation, date de creation, inscription, date inscription, erstellt am, angelegt am, \
         ausgestellt am, first seen",
    ),
    (
        Meaning::Field(Field::UpdatedAt),
        "updated at, updated, last updated, modified, modified at, last modified, last modified date, \
         date modification, modifie le, geandert am, aktualisiert am",
    ),
    (
        Key,
        "id, record id, rec id, customer id, customer number, customer no, client id, contact id, \
         member id, person id, kundennummer, kunden nr, kundenkarte, numero client, no client, \
         id client, code client, card number, uid, uuid, key, reference, ref, profile id, unique id",
    ),
    (Identifier("user_id"), "user id, userid, account id"),
    (Identifier("anonymous_id"), "anonymous id"),
    (
        Identifier("national_id"),
        "soc sec id, ssn, social security number, social security, national id, national number, nino, \
         nir, ahv, ahv nr, ahv nummer, avs, numero avs, no avs, numero de securite sociale, passport, \
         passport number, sozialversicherungsnummer, personal id",
    ),
    (
        Identifier("tax_id"),
        "tax id, vat, vat number, numero de tva, ust id, ust idnr, steuernummer, siret, siren",
    ),
    (
        Consent("email_marketing", Reading::Answer),
        "newsletter, email marketing, accepts marketing, accepts email marketing, marketing consent, \
         email consent, consent, opt in, optin, email opt in, subscribed, abonne newsletter, \
         einwilligung, werbung erlaubt, accepte newsletter, consentement",
    ),
    (
        Consent("sms_marketing", Reading::Answer),
        "sms marketing, accepts sms marketing, sms consent, sms opt in",
    ),
    (Consent("email_marketing", Reading::Refusal), REFUSALS),
    (
        Answered,
        "opt in date, optin date, opt in time, optin time, consent date, consent timestamp, consent at, \
         subscribed at, date consentement, date optin, einwilligung am, newsletter date",
    ),
];

/// Meanings of the columns of orders.
const ORDERS: &[(Meaning, &str)] = &[
    (
        Meaning::Field(Field::OrderId),
        "order id, order number, order no, order, order name, invoice number, invoice no, \
         transaction id, receipt number, bestellnummer, auftragsnummer, belegnummer, rechnungsnummer, \
         numero de commande, numero commande, no commande, numero de facture, ticket",
    ),
    (
        Meaning::Field(Field::OrderedAt),
        "order date, ordered at, order time, purchase date, transaction date, invoice date, date, datum, \
         bestelldatum, rechnungsdatum, date commande, date de commande, date de facture, created at, \
         created",
    ),
    (
        Meaning::Field(Field::Amount),
        "amount, total, total amount, grand total, order total, total price, revenue, montant, \
         montant total, betrag, gesamtbetrag, summe, umsatz, sales, price",
    ),
    (
        Meaning::Field(Field::Refunded),
        "refunded, amount refunded, refunded amount, rembourse, montant rembourse, erstattet",
    ),
    (
        Meaning::Field(Field::Currency),
        "currency, currency code, devise, monnaie, wahrung, waehrung",
    ),
    (
        Meaning::Field(Field::Status),
        "status, order status, state, financial status, statut, etat",
    ),
    (
        Meaning::Field(Field::CancelledAt),
        "cancelled at, canceled at, date annulation, storniert am",
    ),
    (
        Meaning::Field(Field::Customer),
        "customer id, customer number, customer, client id, client, kundennummer, kundenkarte, kunde, \
         numero client, no client, id client, code client, user id, member id, card number",
    ),
];

/// Meanings of the columns of events.
const EVENTS: &[(Meaning, &str)] = &[
    (Meaning::Field(Field::Type), "type, event type, message type"),
    (Meaning::Field(Field::Event), "event, event name, event text, name"),
    (Meaning::Field(Field::MessageId), "message id, event id, id"),
    (
        Meaning::Field(Field::AnonymousId),
        "anonymous id, visitor id, client id",
    ),
    (Meaning::Field(Field::UserId), "user id, userid"),
    (
        Meaning::Field(Field::Timestamp),
        "timestamp, original timestamp, sent at, received at, time, event time, occurred at",
    ),
    (Meaning::Field(Field::Url), "url, page url, context page url"),
    (
        Meaning::Field(Field::Properties),
        "properties, traits, event properties",
    ),
];

/// Meanings of the columns of answers.
const CONSENTS: &[(Meaning, &str)] = &[
    (Meaning::Field(Field::Purpose), "purpose, finalite, zweck"),
    (
        Meaning::Field(Field::Granted),
        "granted, answer, consent, status, accorde, erteilt, value",
    ),
    (
        Meaning::Field(Field::AnsweredAt),
        "answered at, at, date, datum, timestamp, given at, consent date",
    ),
    (
        Meaning::Field(Field::Evidence),
        "evidence, proof, preuve, nachweis, source, form",
    ),
];

/// How well a header says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The words stand within others, as in `billing city`.
    Within,
    /// The header is the words.
    Exact,
}

/// The words of a header, in lower case and without accents.
pub fn words(header: &str) -> Vec<String> {
    // `N° client` is `no client`.
    let name = snake_case(&header.replace(['°', 'º'], "o"));
    name.split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What a header may mean in a file of that kind, best first.
pub fn meanings(header: &str, kind: Kind) -> Vec<(Fit, Meaning)> {
    let header = words(header);
    let own: &[(Meaning, &str)] = match kind {
        Kind::People => &[],
        Kind::Orders => ORDERS,
        Kind::Events => EVENTS,
        Kind::Consents => CONSENTS,
    };
    let people: &[(Meaning, &str)] = if kind == Kind::Events { &[] } else { PEOPLE };
    let stance = Stance::of(&header);
    let mut found: Vec<(Fit, usize, Meaning)> = Vec::new();
    for (meaning, spellings) in own.iter().chain(people) {
        let best = spellings
            .split(", ")
            .filter_map(|spelling| fit(&header, spelling))
            .max();
        found.extend(best.and_then(|(fit, words)| Some((fit, words, stance.turn(*meaning)?))));
    }
    // A longer spelling says more; of equals, the first of the table.
    found.sort_by_key(|(fit, words, _)| std::cmp::Reverse((*fit, *words)));
    // A header answers for one purpose, even where another column has that already.
    let mut answers = false;
    found.retain(|(_, _, meaning)| !matches!(meaning, Consent(..)) || !std::mem::replace(&mut answers, true));
    found.into_iter().map(|(fit, _, meaning)| (fit, meaning)).collect()
}

/// On which side of an answer a header stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stance {
    /// A yes in the column is what its words say.
    Plain,
    /// A yes in the column is a no.
    Refusal,
    /// Nobody can tell: `not unsubscribed`, `previously subscribed`.
    Doubtful,
}

impl Stance {
    fn of(header: &[String]) -> Self {
        let refusing: Vec<Range<usize>> = [REFUSALS, REFUSING]
            .into_iter()
            .flat_map(|spellings| spellings.split(", "))
            .flat_map(|spelling| places(header, spelling))
            .collect();
        let negated =
            |at: &usize| NEGATIONS.contains(&header[*at].as_str()) && !refusing.iter().any(|place| place.contains(at));
        let negations = (0..header.len()).filter(negated).count();
        match (refusing.is_empty(), negations) {
            (true, 0) => Self::Plain,
            (false, 0) => Self::Refusal,
            (true, 1) if denies_all(header) => Self::Refusal,
            _ => Self::Doubtful,
        }
    }

    /// What a meaning is on this side; nothing for an answer that nobody can tell, nor for the time of a refusal: what stands beside
    /// answers is the time of a yes.
    fn turn(self, meaning: Meaning) -> Option<Meaning> {
        match (self, meaning) {
            (Self::Refusal, Consent(purpose, _)) => Some(Consent(purpose, Reading::Refusal)),
            (Self::Doubtful, Consent(..)) => None,
            (Self::Refusal | Self::Doubtful, Answered | Meaning::Field(Field::Granted)) => None,
            (_, meaning) => Some(meaning),
        }
    }
}

/// Whether a header is a negation and, behind it, an agreement word for word.
fn denies_all(header: &[String]) -> bool {
    let agreements = PEOPLE.iter().filter(|(meaning, _)| matches!(meaning, Consent(..)));
    let agreements = agreements.flat_map(|(_, spellings)| spellings.split(", "));
    let header = header.join(" ");
    let mut rests = PLAIN_NEGATIONS
        .split(", ")
        .filter_map(|negation| header.strip_prefix(negation)?.strip_prefix(' '));
    rests.any(|rest| agreements.clone().any(|agreement| agreement == rest))
}

/// Where the words of a spelling stand in a header.
fn places(header: &[String], spelling: &str) -> Vec<Range<usize>> {
    let spelling: Vec<&str> = spelling.split(' ').collect();
    let starts = header.windows(spelling.len()).enumerate();
    let starts = starts.filter(|(_, part)| part.iter().map(String::as_str).eq(spelling.iter().copied()));
    starts.map(|(start, _)| start..start + spelling.len()).collect()
}

/// Words behind others that make something else of them: `company id` is no company.
const QUALIFIERS: [&str; 14] = [
    "id",
    "ids",
    "number",
    "no",
    "nr",
    "type",
    "count",
    "status",
    "url",
    "score",
    "place",
    "index",
    "preference",
    "2",
];

fn fit(header: &[String], text: &str) -> Option<(Fit, usize)> {
    let spelling: Vec<&str> = text.split(' ').collect();
    if header.iter().map(String::as_str).eq(spelling.iter().copied()) {
        return Some((Fit::Exact, spelling.len()));
    }
    // A short word within others says nothing, nor does one that another word behind it qualifies.
    let telling = spelling.len() > 1 || spelling[0].len() > 4 || spelling[0] == "city";
    let last = header.last().map_or("", String::as_str);
    let qualified = QUALIFIERS.contains(&last) && spelling.last() != Some(&last);
    let within = !places(header, text).is_empty();
    (telling && !qualified && within).then_some((Fit::Within, spelling.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(header: &str, kind: Kind) -> Option<Meaning> {
        meanings(header, kind).first().map(|(_, meaning)| *meaning)
    }

    #[test]
    fn headers_in_three_languages_mean_the_same() {
        for header in ["date_of_birth", "dob", "Geburtsdatum", "Date de naissance", "birthDate"] {
            assert_eq!(
                first(header, Kind::People),
                Some(Meaning::Field(Field::BirthDate)),
                "{header}"
            );
        }
        for header in ["Billing City", "Ort", "ville", "suburb"] {
            assert_eq!(
                first(header, Kind::People),
                Some(Meaning::Field(Field::City)),
                "{header}"
            );
        }
        assert_eq!(first("soc_sec_id", Kind::People), Some(Identifier("national_id")));
        assert_eq!(first("birth_place", Kind::People), None);
        assert_eq!(first("company_id", Kind::People), None);
    }

    #[test]
    fn a_word_means_what_the_kind_of_file_makes_of_it() {
        assert_eq!(first("customer_id", Kind::People), Some(Key));
        assert_eq!(
            first("customer_id", Kind::Orders),
            Some(Meaning::Field(Field::Customer))
        );
        assert_eq!(first("userId", Kind::Events), Some(Meaning::Field(Field::UserId)));
    }

    #[test]
    fn every_spelling_is_written_as_headers_are_taken_apart() {
        for (meaning, spellings) in [PEOPLE, ORDERS, EVENTS, CONSENTS].into_iter().flatten() {
            for spelling in spellings.split(", ") {
                assert_eq!(words(spelling).join(" "), spelling, "{meaning:?}");
            }
        }
    }

    fn consents(header: &str) -> Vec<Meaning> {
        let said = meanings(header, Kind::People).into_iter().map(|(_, meaning)| meaning);
        said.filter(|meaning| matches!(meaning, Consent(..) | Answered))
            .collect()
    }

    #[test]
    fn a_header_that_refuses_is_never_an_agreement() {
        for header in [
            "Unsubscribed from newsletter",
            "Désabonné newsletter",
            "Newsletter abgemeldet",
            "Newsletter Opt-Out",
            "Opted out of email marketing",
            "Newsletter abbestellt",
            "Email consent withdrawn",
            "Kein Newsletter",
            "No newsletter",
            "Pas de newsletter",
            "Do not contact",
        ] {
            assert_eq!(
                consents(header),
                [Consent("email_marketing", Reading::Refusal)],
                "{header}"
            );
        }
        assert_eq!(
            consents("Unsubscribed consent date"),
            [Consent("email_marketing", Reading::Refusal)],
            "the time of a refusal is no time of an agreement"
        );
        let refused = [Consent("sms_marketing", Reading::Refusal)];
        assert_eq!(consents("Unsubscribed from SMS marketing"), refused);
        let granted = Meaning::Field(Field::Granted);
        let said = |header| meanings(header, Kind::Consents).into_iter().map(|(_, meaning)| meaning);
        assert!(said("Consent given").any(|meaning| meaning == granted));
        assert!(said("Consent withdrawn").all(|meaning| meaning != granted));
    }

    #[test]
    fn a_header_whose_negation_leaves_a_doubt_says_nothing_of_consent() {
        for header in [
            "Not unsubscribed",
            "Nicht abgemeldet",
            "No opt out",
            "Never subscribed",
            "Previously subscribed",
            "No longer subscribed",
            "Newsletter sans consentement",
        ] {
            assert_eq!(consents(header), [], "{header}");
        }
        for header in ["Newsletter", "Subscribed to newsletter", "Einwilligung Newsletter"] {
            assert_eq!(
                consents(header),
                [Consent("email_marketing", Reading::Answer)],
                "{header}"
            );
        }
    }
}
