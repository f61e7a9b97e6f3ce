//! How names get misspelled: at a counter, over the telephone, on a small screen.

use super::dice::Dice;
use super::email::plain;

/// The name with one mistake.
pub fn misspelled(name: &str, dice: &mut Dice) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() < 4 {
        return name.to_uppercase();
    }
    let at = 1 + dice.below(letters.len() - 2);
    match dice.below(6) {
        0 => swapped(letters, at),
        1 => without(letters, at),
        2 => doubled(letters, at),
        3 => name.to_uppercase(),
        4 => name.to_lowercase(),
        _ => typed_without_accents(name),
    }
}

/// The name as a keyboard without accents writes it: `Lüthi` is `Luethi`.
pub fn typed_without_accents(name: &str) -> String {
    name.split(' ')
        .map(|word| capitalised(&plain(word)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn swapped(mut letters: Vec<char>, at: usize) -> String {
    letters.swap(at, at + 1);
    letters.into_iter().collect()
}

fn without(mut letters: Vec<char>, at: usize) -> String {
    letters.remove(at);
    letters.into_iter().collect()
}

fn doubled(mut letters: Vec<char>, at: usize) -> String {
    letters.insert(at, letters[at]);
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_leaves_most_of_the_name() {
        for seed in 0..50 {
            let wrong = misspelled("Zimmermann", &mut Dice::of("test", seed));
            assert!((9..=11).contains(&wrong.len()), "{wrong}");
        }
        assert_eq!(typed_without_accents("Zoë Lüthi"), "Zoe Luethi");
    }
}
