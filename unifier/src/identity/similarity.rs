//! How alike two short texts are, and by how many typing errors they differ: the measures of `strsim`, to the same result, for what is
//! compared millions of times a night.
//!
//! A text of up to 64 ASCII letters is one machine word of positions for each letter, and a whole row of the comparison is a few
//! operations on words, without memory to be allocated. Longer and other texts are left to the library.

/// The positions of each letter in an ASCII text of up to 64 letters; nothing for other texts.
fn positions(text: &[u8]) -> Option<[u64; 128]> {
    if text.len() > 64 {
        return None;
    }
    let mut positions = [0; 128];
    for (place, &letter) in text.iter().enumerate() {
        *positions.get_mut(usize::from(letter))? |= 1 << place;
    }
    Some(positions)
}

/// Typing errors between two texts: letters inserted, left out, replaced, or changed round with their neighbour, no letter twice.
///
/// Hyyrö 2003, *A bit-vector algorithm for computing Levenshtein and Damerau edit distances*, for optimal string alignment.
pub(super) fn errors(a: &str, b: &str) -> usize {
    let (Some(positions), true) = (positions(a.as_bytes()), b.is_ascii()) else {
        return strsim::osa_distance(a, b);
    };
    let Some(last) = a.len().checked_sub(1) else {
        return b.len();
    };
    let (mut up, mut down): (u64, u64) = (u64::MAX, 0);
    let (mut diagonal, mut before): (u64, u64) = (0, 0);
    let mut errors = a.len();
    for letter in b.bytes() {
        let same = positions[usize::from(letter)];
        let changed_round = ((!diagonal & same) << 1) & before;
        diagonal = ((same & up).wrapping_add(up) ^ up) | same | down | changed_round;
        let (right_up, right_down) = (down | !(diagonal | up), diagonal & up);
        errors += (right_up >> last & 1) as usize;
        errors -= (right_down >> last & 1) as usize;
        let (right_up, right_down) = (right_up << 1 | 1, right_down << 1);
        up = right_down | !(diagonal | right_up);
        down = right_up & diagonal;
        before = same;
    }
    errors
}

/// Jaro-Winkler similarity, from 0 (nothing in common) to 1 (Winkler 1990).
pub(super) fn jaro_winkler(a: &str, b: &str) -> f64 {
    let ascii = a.is_ascii() && a.len() <= 64;
    let (true, Some(positions)) = (ascii, positions(b.as_bytes())) else {
        return strsim::jaro_winkler(a, b);
    };
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let similarity = jaro(a, b, &positions);
    if similarity <= 0.7 {
        return similarity;
    }
    let prefix = a.iter().zip(b).take(4).take_while(|(a, b)| a == b).count();
    similarity + 0.1 * prefix as f64 * (1.0 - similarity)
}

fn jaro(a: &[u8], b: &[u8], positions: &[u64; 128]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut matched_a, mut matched_b): (u64, u64) = (0, 0);
    for (place, &letter) in a.iter().enumerate() {
        let free = positions[usize::from(letter)] & window(place, reach) & !matched_b;
        // The lowest one: the first letter of `b` that is within reach and free.
        let first = free & free.wrapping_neg();
        matched_b |= first;
        matched_a |= u64::from(first != 0) << place;
    }
    let matches = f64::from(matched_a.count_ones());
    if matched_a == 0 {
        return 0.0;
    }
    let out_of_order = letters(a, matched_a).zip(letters(b, matched_b)).filter(|(a, b)| a != b);
    let transpositions = (out_of_order.count() / 2) as f64;
    (matches / a.len() as f64 + matches / b.len() as f64 + (matches - transpositions) / matches) / 3.0
}

/// The places up to `reach` before and after a place.
fn window(place: usize, reach: usize) -> u64 {
    let above = place + reach;
    let to = if above >= 63 { u64::MAX } else { (1 << (above + 1)) - 1 };
    to & (u64::MAX << place.saturating_sub(reach))
}

/// The letters at the places of a word, ascending.
fn letters(text: &[u8], mut places: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let place = places.trailing_zeros() as usize;
        places &= places.wrapping_sub(1);
        text.get(place).copied()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Short texts of few letters, which have much in common, and some that the library must take.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![8 => "[abc]{0,9}", 4 => "[a-z ]{0,20}", 2 => "[ab]{60,70}", 1 => "[aéß]{0,5}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn errors_are_those_of_the_library(a in text(), b in text()) {
            prop_assert_eq!(errors(&a, &b), strsim::osa_distance(&a, &b));
        }

        #[test]
        fn similarity_is_that_of_the_library(a in text(), b in text()) {
            prop_assert!((jaro_winkler(&a, &b) - strsim::jaro_winkler(&a, &b)).abs() < 1e-12);
        }
    }

    #[test]
    fn neighbours_changed_round_are_one_error() {
        assert_eq!(errors("meier", "meire"), 1);
        assert_eq!(errors("", "abc"), 3);
        assert_eq!(errors("abc", ""), 3);
    }
}
