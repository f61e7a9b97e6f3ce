//! Values that join nobody whatever their type: placeholders, unfilled templates, shared mailboxes.
//!
//! They stay attributes of whoever carries them. The words are those of [`crate::normalise`]; what the configuration blocks comes with the rule.

use super::conflict::ConflictReason;
use crate::config::IdentifierRule;
use crate::normalise::{placeholder, role};

/// Fewest trailing digits that are all alike in a telephone number nobody has.
const REPEATED_DIGITS: usize = 7;

/// Why `value` joins nobody, if so.
pub(super) fn blocked(rule: &IdentifierRule, value: &str) -> Option<ConflictReason> {
    let shapeless = !value.trim().is_empty() && has_empty_shape(value);
    if !shapeless && (placeholder::is_nobody(value) || rule.blocked.iter().any(|blocked| blocked == value)) {
        Some(ConflictReason::BlockedValue)
    } else if shapeless
        || (rule.kind == "email" && is_shared_mailbox(value))
        || (rule.kind == "phone" && is_nobodys_number(value))
        || rule.blocked_patterns.iter().any(|pattern| pattern.0.is_match(value))
    {
        Some(ConflictReason::BlockedPattern)
    } else {
        None
    }
}

/// Only zeros and punctuation (as the nil UUID), one digit over and over, or a template that nobody filled in.
fn has_empty_shape(value: &str) -> bool {
    let bytes = value.as_bytes();
    let filler = |byte: u8| byte == b'0' || byte.is_ascii_punctuation() || byte == b' ';
    let template = ["{{", "${", "%%", "<%", "*|"]
        .iter()
        .any(|opening| value.starts_with(opening));
    template
        || bytes.iter().all(|&byte| filler(byte))
        || (bytes.len() >= 6 && bytes[0].is_ascii_digit() && bytes.iter().all(|&byte| byte == bytes[0]))
}

fn is_shared_mailbox(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else {
        return false;
    };
    role::is_shared(local) || placeholder::is_nobody(local) || role::is_unread(local) || role::is_unread(domain)
}

fn is_nobodys_number(value: &str) -> bool {
    let digits: Vec<u8> = value.bytes().filter(u8::is_ascii_digit).collect();
    match digits.last_chunk::<REPEATED_DIGITS>() {
        Some(tail) => tail.iter().all(|digit| digit == &tail[0]),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Identity;

    fn reason(kind: &str, value: &str) -> Option<ConflictReason> {
        blocked(&IdentifierRule::other(kind), value)
    }

    #[test]
    fn placeholders_join_nobody_whatever_their_type() {
        for value in ["undefined", "NULL", "", " ", "-1", "anonymous"] {
            assert_eq!(
                reason("user_id", value),
                Some(ConflictReason::BlockedValue),
                "{value:?}"
            );
        }
        for value in [
            "0000",
            "--",
            "00000000-0000-0000-0000-000000000000",
            "{{user_id}}",
            "9999999999",
        ] {
            assert_eq!(
                reason("crm:id", value),
                Some(ConflictReason::BlockedPattern),
                "{value:?}"
            );
        }
    }

    #[test]
    fn shared_mailboxes_join_nobody_and_personal_ones_do() {
        for value in [
            "info@shop.example",
            "no-reply@x.example",
            "7+x@users.noreply.github.com",
            "test@test.com",
        ] {
            assert_eq!(
                reason("email", value),
                Some(ConflictReason::BlockedPattern),
                "{value:?}"
            );
        }
        for value in ["anna@shop.example", "informatica@x.example", "ines.fo@x.example"] {
            assert_eq!(reason("email", value), None, "{value:?}");
        }
        assert_eq!(
            reason("user_id", "info@shop.example"),
            None,
            "only as an e-mail address"
        );
    }

    #[test]
    fn numbers_that_nobody_has_join_nobody() {
        for value in ["000-000-0000", "+10000000000", "+41000000000", "+49999999999", "12345"] {
            assert!(reason("phone", value).is_some(), "{value:?}");
        }
        assert_eq!(reason("phone", "+41791234567"), None);
        assert_eq!(reason("phone", "+12025550000"), None);
    }

    #[test]
    fn the_configuration_blocks_values_and_patterns() {
        let config: Identity = toml::from_str(
            "[[identifiers]]\ntype = \"user_id\"\nrank = 1\nlimit = 1\nblocked = [\"qa\"]\nblocked_patterns = [\"^bot-\"]",
        )
        .unwrap();
        let rule = &config.identifiers[0];
        assert_eq!(blocked(rule, "qa"), Some(ConflictReason::BlockedValue));
        assert_eq!(blocked(rule, "bot-7"), Some(ConflictReason::BlockedPattern));
        assert_eq!(blocked(rule, "robot-7"), None);
    }
}
