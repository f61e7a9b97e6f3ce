//! The visits the README tells about.

use event_schema::DeviceClass;

use super::visit::{DAY, Step, Visit, log_in};
use crate::example::cast::role;
use crate::example::catalogue::PRODUCTS;
use crate::example::people::Person;
use crate::example::places::Country;
use crate::example::sighting::Sighting;

/// All of them.
pub fn visits(people: &[Person], sightings: &[Sighting]) -> Vec<Visit> {
    let person = |truth: &str| people.iter().find(|person| person.truth == truth);
    let mut visits = Vec::new();
    if let (Some(first), Some(second)) = (person(role::TABLET_FIRST), person(role::TABLET_SECOND)) {
        visits.extend(shared_tablet(first, second, sightings));
    }
    visits.extend(
        person(role::TWO_DEVICES)
            .into_iter()
            .flat_map(|person| two_devices(person, sightings)),
    );
    visits.extend(person(role::NEWSLETTER_READER).map(newsletter_reader));
    visits.extend(
        person(role::WITHDRAWS_CONSENT)
            .into_iter()
            .flat_map(|person| consent_withdrawn(person, sightings)),
    );
    visits.extend([crawler(), scraper()]);
    visits
}

/// Lena looks round and orders; Jonas takes the tablet and logs in after her.
fn shared_tablet(first: &Person, second: &Person, sightings: &[Sighting]) -> Option<Visit> {
    let mut visit = Visit::new("tablet", DAY.at(19, 2, 11, 0), Country::Switzerland, 4_000_001)
        .browse(2, 4_000_001)
        .then(log_in(first, sightings)?)
        .buy(PRODUCTS[12])
        .then(Step::LogOut)
        .then(log_in(second, sightings)?)
        .browse(3, 4_000_002);
    visit.device = DeviceClass::Tablet;
    Some(visit)
}

/// Amir looks on his telephone on the way to work, and orders at his desk.
fn two_devices(person: &Person, sightings: &[Sighting]) -> Vec<Visit> {
    let Some(log_in) = log_in(person, sightings) else {
        return Vec::new();
    };
    let mut telephone = Visit::new(&person.truth, DAY.at(7, 41, 20, 0), person.home.country, 4_000_003)
        .browse(2, 4_000_003)
        .then(log_in.clone())
        .browse(1, 4_000_004);
    telephone.device = DeviceClass::Mobile;
    let mut desk = Visit::new(&person.truth, DAY.at(12, 15, 2, 0), person.home.country, 4_000_005)
        .browse(1, 4_000_005)
        .then(log_in)
        .buy(PRODUCTS[8]);
    desk.device = DeviceClass::Desktop;
    vec![telephone, desk]
}

/// Nora buys in the shop round the corner and reads the newsletter. On the web she has no account: her e-mail address is
/// all that ties the browser to the card.
fn newsletter_reader(person: &Person) -> Visit {
    let address = person.email.clone().unwrap_or_default();
    Visit::new(&person.truth, DAY.at(20, 31, 45, 0), person.home.country, 4_000_006)
        .through_newsletter()
        .browse(3, 4_000_006)
        .then(Step::Subscribe(address))
        .browse(1, 4_000_007)
}

/// David logs in, then takes his consent back. From then on he is counted, and known no more.
fn consent_withdrawn(person: &Person, sightings: &[Sighting]) -> Vec<Visit> {
    let Some(log_in) = log_in(person, sightings) else {
        return Vec::new();
    };
    let before = Visit::new(&person.truth, DAY.at(18, 10, 5, 0), person.home.country, 4_000_008)
        .browse(2, 4_000_008)
        .then(log_in)
        .browse(1, 4_000_009)
        .then(Step::Consent(false, false));
    let mut after = Visit::new("", DAY.at(18, 24, 0, 0), person.home.country, 4_000_010).browse(3, 4_000_010);
    after.anonymous_id = None;
    vec![before, after]
}

/// A search engine's crawler: it never answers the banner.
fn crawler() -> Visit {
    let mut visit = Visit::new("", DAY.at(3, 0, 0, 0), Country::UnitedKingdom, 4_000_011).browse(40, 4_000_011);
    visit.anonymous_id = None;
    visit.steps.retain(|step| matches!(step, Step::Page(..)));
    (visit.bot, visit.device) = (true, DeviceClass::Unknown);
    visit
}

/// A scraper that clicks every button, the banner's too.
fn scraper() -> Visit {
    let mut visit = Visit::new("", DAY.at(4, 30, 0, 0), Country::Germany, 4_000_012).browse(25, 4_000_012);
    (visit.bot, visit.device) = (true, DeviceClass::Unknown);
    visit
}
