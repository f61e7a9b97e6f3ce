//! E-mail addresses: the address as written, and the key by which two spellings are one mailbox.

use unicode_normalization::UnicodeNormalization;

use super::{placeholder, role};

/// A usable address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// Trimmed and in lower case: what a person is written to.
    pub address: String,
    /// The mailbox: the address without what its provider ignores (dots, `+tag`). Nothing for a mailbox that several
    /// people read (`info@`, `team@`): it is kept as a value, and joins nobody.
    pub mailbox: Option<String>,
}

/// What a provider ignores in the part before the `@`.
struct Provider {
    domains: &'static [&'static str],
    dots: bool,
    plus: bool,
}

/// Providers that say publicly what they ignore. For any other domain the whole address counts.
const PROVIDERS: [Provider; 5] = [
    Provider {
        domains: &["gmail.com", "googlemail.com"],
        dots: true,
        plus: true,
    },
    Provider {
        domains: &[
            "outlook.com",
            "outlook.fr",
            "outlook.de",
            "hotmail.com",
            "hotmail.fr",
            "hotmail.de",
            "hotmail.it",
            "hotmail.es",
            "hotmail.co.uk",
            "live.com",
            "live.fr",
            "live.de",
            "live.nl",
            "live.co.uk",
            "msn.com",
        ],
        dots: false,
        plus: true,
    },
    Provider {
        domains: &["icloud.com", "me.com", "mac.com"],
        dots: false,
        plus: true,
    },
    Provider {
        domains: &["proton.me", "protonmail.com", "pm.me"],
        dots: false,
        plus: true,
    },
    Provider {
        domains: &["fastmail.com"],
        dots: false,
        plus: true,
    },
];

/// Further domains where anybody may have a mailbox; sorted.
const PUBLIC: [&str; 38] = [
    "aol.com",
    "arcor.de",
    "att.net",
    "bluewin.ch",
    "comcast.net",
    "email.de",
    "free.fr",
    "freenet.de",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.fr",
    "gmx.net",
    "hispeed.ch",
    "laposte.net",
    "libero.it",
    "mail.com",
    "mail.ru",
    "neuf.fr",
    "orange.fr",
    "posteo.de",
    "qq.com",
    "sfr.fr",
    "sunrise.ch",
    "t-online.de",
    "tutanota.com",
    "virgilio.it",
    "wanadoo.fr",
    "web.de",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.it",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// The domain of an address that belongs to a company rather than to a provider of mailboxes; nothing of others.
pub fn company_domain(address: &str) -> Option<&str> {
    let domain = address.rsplit_once('@')?.1;
    let provided = PROVIDERS.iter().any(|provider| provider.domains.contains(&domain));
    (!domain.is_empty() && !provided && PUBLIC.binary_search(&domain).is_err()).then_some(domain)
}

/// Names that stand for no mailbox at all.
const NOBODY: [&str; 8] = [
    "nobody",
    "noemail",
    "no-email",
    "nomail",
    "pasdemail",
    "keinemail",
    "none",
    "no",
];

/// Domains that forms are fed with. Those kept for examples (RFC 2606) are real in tests and demonstrations.
const FILLER_DOMAINS: [&str; 9] = [
    "test",
    "test.test",
    "test.com",
    "test.fr",
    "test.de",
    "test.ch",
    "none.com",
    "noemail.com",
    "invalid",
];

/// What is written before and after the `@` alike when a form asks and nobody answers, as `email@email.com`.
const REPEATED: [&str; 8] = ["abc", "asdf", "email", "mail", "qwerty", "qwertz", "azerty", "none"];

/// The address in `text`: `Ann@Example.org`, or `"Ann" <ann@example.org>`; of several, the first.
///
/// `None` when it is no address, or one that nobody reads.
pub fn normalise(text: &str) -> Option<Email> {
    let address = lower_case(bare(text)?);
    let (local, domain) = address.rsplit_once('@')?;
    if !is_local(local) || !is_domain(domain) || is_filler(local, domain) {
        return None;
    }
    let mailbox = (!role::is_shared(local)).then(|| mailbox(local, domain));
    Some(Email { mailbox, address })
}

/// In lower case and one Unicode form: what is composed and what is not are the same letters to whoever types them.
fn lower_case(address: &str) -> String {
    if address.is_ascii() {
        address.to_ascii_lowercase()
    } else {
        address.nfkc().collect::<String>().to_lowercase().nfkc().collect()
    }
}

fn bare(text: &str) -> Option<&str> {
    let first = text.split([';', ',']).find(|part| part.contains('@'))?.trim();
    let inside = match (first.rfind('<'), first.rfind('>')) {
        (Some(open), Some(close)) if open < close => &first[open + 1..close],
        _ => first,
    };
    let inside = inside.trim();
    Some(
        inside
            .strip_prefix("mailto:")
            .unwrap_or(inside)
            .trim_matches(['\'', '"']),
    )
}

fn is_local(local: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    (1..=64).contains(&local.len())
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label) && top.chars().any(char::is_alphabetic)
}

fn is_filler(local: &str, domain: &str) -> bool {
    let host = domain.split('.').next().unwrap_or_default();
    NOBODY.contains(&local)
        || role::is_unread(local)
        || (local == host && (REPEATED.contains(&local) || local.len() == 1))
        || FILLER_DOMAINS.contains(&domain)
        || placeholder::is_missing(local)
        || domain.ends_with(".invalid")
}

fn mailbox(local: &str, domain: &str) -> String {
    let Some(provider) = PROVIDERS.iter().find(|provider| provider.domains.contains(&domain)) else {
        return format!("{local}@{domain}");
    };
    let kept = if provider.plus {
        local.split('+').next().unwrap_or(local)
    } else {
        local
    };
    let kept = if provider.dots {
        kept.replace('.', "")
    } else {
        kept.to_owned()
    };
    if kept.is_empty() {
        return format!("{local}@{domain}");
    }
    // Only Google says that its domains are one: the others keep their own.
    let domain = if domain == "googlemail.com" {
        "gmail.com"
    } else {
        domain
    };
    format!("{kept}@{domain}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mailbox_of(text: &str) -> Option<String> {
        normalise(text).and_then(|email| email.mailbox)
    }

    #[test]
    fn a_provider_decides_what_its_addresses_ignore() {
        assert_eq!(
            mailbox_of(" Ann.Smith+shop@GoogleMail.com "),
            Some("annsmith@gmail.com".to_owned())
        );
        assert_eq!(
            mailbox_of("ann.smith+shop@outlook.com"),
            Some("ann.smith@outlook.com".to_owned())
        );
        assert_eq!(mailbox_of("ann+a@hotmail.fr"), Some("ann@hotmail.fr".to_owned()));
        assert_eq!(
            mailbox_of("zu\u{308}rich@example.org"),
            mailbox_of("ZÜRICH@example.org")
        );
        assert_eq!(
            mailbox_of("ann.smith+shop@example.org"),
            Some("ann.smith+shop@example.org".to_owned())
        );
    }

    #[test]
    fn display_names_and_lists_give_their_first_address() {
        assert_eq!(
            normalise("\"Ann, S.\" <Ann@example.org>").map(|e| e.address),
            Some("ann@example.org".to_owned())
        );
        assert_eq!(
            normalise("ann@example.org; bob@example.org").map(|e| e.address),
            Some("ann@example.org".to_owned())
        );
        assert_eq!(
            normalise("mailto:ann@example.org").map(|e| e.address),
            Some("ann@example.org".to_owned())
        );
    }

    #[test]
    fn a_shared_mailbox_is_a_value_and_joins_nobody() {
        let email = normalise("info@example.org").unwrap();
        assert_eq!((email.address.as_str(), email.mailbox), ("info@example.org", None));
    }

    #[test]
    fn what_nobody_reads_is_no_address() {
        for text in [
            "",
            "ann",
            "ann@",
            "@example.org",
            "ann@localhost",
            "ann..b@example.org",
            "ann@exa mple.org",
            "test@test",
            "test@test.com",
            "noreply@example.org",
            "shop-no-reply@example.org",
            "email@email.com",
            "x@x.com",
            "n/a",
            "a@b@c",
            "ann@-x.org",
            "ann@1.2.3.4",
        ] {
            assert_eq!(normalise(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_company_has_its_domain_and_a_mail_provider_has_none() {
        assert!(PUBLIC.is_sorted());
        assert_eq!(company_domain("ann@acme.example"), Some("acme.example"));
        for address in [
            "ann@gmail.com",
            "ann@gmx.ch",
            "ann@zoho.com",
            "ann@aol.com",
            "ann",
            "ann@",
        ] {
            assert_eq!(company_domain(address), None, "{address}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_is_normalising_once(local in "[A-Za-z.+_-]{1,12}", domain in "(gmail.com|outlook.com|Example.ORG)") {
            if let Some(once) = normalise(&format!("{local}@{domain}")) {
                prop_assert_eq!(normalise(&once.address), Some(once.clone()));
                if let Some(mailbox) = once.mailbox && let Some(again) = normalise(&mailbox).and_then(|e| e.mailbox) {
                    prop_assert_eq!(again, mailbox);
                }
            }
        }

        #[test]
        fn no_text_panics_and_what_is_read_reads_the_same(text in "(\\PC{0,8}@\\PC{1,8}\\.(com|org)|\\PC{0,20})") {
            if let Some(once) = normalise(&text) {
                prop_assert_eq!(normalise(&once.address), Some(once));
            }
        }
    }
}
