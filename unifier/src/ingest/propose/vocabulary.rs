//! Words of headers in English, French and German, and what they mean.
//!
//! Spellings are separated by commas, each as [`words`] takes a header apart: `Date de naissance` is
//! `date de naissance`, `birthDate` is `birth date`.

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
    (
        Consent("email_marketing", Reading::Refusal),
        "unsubscribed, opt out, optout, email opt out, do not email, do not contact, desabonne, \
         abgemeldet, has opted out of email, blacklisted",
    ),
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
    let mut found: Vec<(Fit, usize, Meaning)> = Vec::new();
    for (meaning, spellings) in own.iter().chain(people) {
        let best = spellings
            .split(", ")
            .filter_map(|spelling| fit(&header, spelling))
            .max();
        found.extend(best.map(|(fit, words)| (fit, words, *meaning)));
    }
    // A longer spelling says more; of equals, the first of the table.
    found.sort_by_key(|(fit, words, _)| std::cmp::Reverse((*fit, *words)));
    found.into_iter().map(|(fit, _, meaning)| (fit, meaning)).collect()
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

fn fit(header: &[String], spelling: &str) -> Option<(Fit, usize)> {
    let spelling: Vec<&str> = spelling.split(' ').collect();
    if header.iter().map(String::as_str).eq(spelling.iter().copied()) {
        return Some((Fit::Exact, spelling.len()));
    }
    // A short word within others says nothing, nor does one that another word behind it qualifies.
    let telling = spelling.len() > 1 || spelling[0].len() > 4 || spelling[0] == "city";
    let last = header.last().map_or("", String::as_str);
    let qualified = QUALIFIERS.contains(&last) && spelling.last() != Some(&last);
    let mut parts = header.windows(spelling.len());
    let within = parts.any(|part| part.iter().map(String::as_str).eq(spelling.iter().copied()));
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
}
