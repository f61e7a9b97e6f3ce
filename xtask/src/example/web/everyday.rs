//! The visits no story is told about.

use jiff::civil::DateTime;

use super::visit::{DAY, Step, Visit, log_in};
use crate::example::catalogue::PRODUCTS;
use crate::example::dice::Dice;
use crate::example::people::Person;
use crate::example::places::Country;
use crate::example::sighting::Sighting;

/// Visits without consent, and visits with consent by people who never say who they are.
const AUDIENCE_VISITS: u64 = 220;
const STRANGERS: u64 = 120;

/// All of them.
pub fn visits(people: &[Person], sightings: &[Sighting]) -> Vec<Visit> {
    let mut visits = Vec::new();
    for person in people.iter().filter(|person| !person.in_story) {
        visits.extend(known_visitor(person, sightings));
    }
    visits.extend((0..STRANGERS).map(stranger));
    visits.extend((0..AUDIENCE_VISITS).map(without_consent));
    visits
}

/// A moment of the day, most often in the evening.
fn moment(dice: &mut Dice) -> DateTime {
    let hour = dice.pick(&[
        6, 7, 8, 9, 10, 11, 11, 12, 13, 14, 15, 16, 17, 18, 18, 19, 19, 20, 20, 21,
    ]);
    DAY.at(*hour, dice.below(60) as i8, dice.below(60) as i8, 0)
}

/// One in twenty customers of the shop drops in, logs in, and one in four of those orders. One in twelve readers of the
/// newsletter follows its link and signs up for the next season.
fn known_visitor(person: &Person, sightings: &[Sighting]) -> Option<Visit> {
    let mut dice = Dice::of("drops in", person.seed);
    let visit = Visit::new(&person.truth, moment(&mut dice), person.home.country, person.seed);
    if person.known_to.shop && dice.chance(5) {
        let visit = visit
            .browse(1 + dice.below(4), person.seed)
            .then(log_in(person, sightings)?);
        return Some(if dice.chance(25) {
            visit.buy(*dice.pick(&PRODUCTS))
        } else {
            visit.browse(2, person.seed + 1)
        });
    }
    if person.known_to.subscribed && dice.chance(8) {
        let visit = visit.through_newsletter().browse(1 + dice.below(4), person.seed);
        return Some(visit.then(Step::Subscribe(person.email.clone()?)));
    }
    None
}

fn stranger(n: u64) -> Visit {
    let mut dice = Dice::of("stranger", n);
    let country = *dice.pick_early(&Country::ALL);
    Visit::new(&format!("v{n:03}"), moment(&mut dice), country, 2_000_000 + n).browse(1 + dice.below(5), 2_000_000 + n)
}

fn without_consent(n: u64) -> Visit {
    let mut dice = Dice::of("without consent", n);
    let country = *dice.pick_early(&Country::ALL);
    let mut visit = Visit::new("", moment(&mut dice), country, 3_000_000 + n).browse(1 + dice.below(5), 3_000_000 + n);
    visit.anonymous_id = None;
    visit
}
