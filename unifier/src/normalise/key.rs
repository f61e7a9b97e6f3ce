//! Keys of further identifiers: national ids as opaque keys, without the signs that people put between their digits.
//!
//! Nothing is read out of a national id (no birth date, no sex): it only is the same as another, or not.

use super::{placeholder, text};

/// Beginnings and ends of types whose values are written with and without separators.
const NATIONAL: [&str; 18] = [
    "national_id",
    "national_number",
    "ssn",
    "soc_sec",
    "social_security",
    "nino",
    "ahv",
    "avs",
    "nir",
    "insee",
    "passport",
    "tax_id",
    "steuer_id",
    "siren",
    "siret",
    "vat",
    "nif",
    "codice_fiscale",
];

/// The key as it is compared; nothing for a filler.
///
/// `kind` is the identifier's type. The keys of national registers are Latin letters in capitals and digits, whatever stands
/// between them; any other key is another program's own, and only cleaned.
pub fn normalise(kind: &str, value: &str) -> Option<String> {
    let key = if is_national(kind) {
        text::folded(value).replace(' ', "").to_ascii_uppercase()
    } else {
        text::compatible(value)
    };
    let filler = key.is_empty() || placeholder::is_filler_key(&key) || placeholder::is_nobody(&key);
    (!filler).then_some(key)
}

fn is_national(kind: &str) -> bool {
    let own = kind.rsplit(':').next().unwrap_or(kind);
    NATIONAL.iter().any(|word| own.starts_with(word) || own.ends_with(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_national_id_is_the_same_with_and_without_separators() {
        for value in ["756.1234.5678.97", "756 1234 5678 97", "7561234567897"] {
            assert_eq!(
                normalise("national_id", value).as_deref(),
                Some("7561234567897"),
                "{value}"
            );
        }
        assert_eq!(normalise("vat", "che-123.456.788").as_deref(), Some("CHE123456788"));
        assert_eq!(normalise("hubspot:contact_id", "a-1").as_deref(), Some("a-1"));
    }

    #[test]
    fn fillers_are_no_keys() {
        for value in ["", "000-00-0000", "123-45-6789", "n/a", "unknown", "999999999"] {
            assert_eq!(normalise("ssn", value), None, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(value in "\\PC{0,16}", kind in "(ssn|user_id|crm:id)") {
            if let Some(once) = normalise(&kind, &value) {
                prop_assert_eq!(normalise(&kind, &once), Some(once));
            }
        }
    }
}
