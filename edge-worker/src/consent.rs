//! Which consent an event has, once the edge has had its say.
//!
//! A browser's `Sec-GPC: 1` cannot be set by scripts and outranks whatever the client says: every answer is then a no, and the event
//! is an anonymous audience hit or nothing.

use event_schema::ConsentState;

use crate::keys::{KeyKind, KeySettings};

/// The consent in force. A server's event without any takes what the key has on file; a page's never does.
pub fn in_force(stated: &ConsentState, key: &KeySettings, global_opt_out: bool) -> ConsentState {
    if key.kind == KeyKind::Server && stated.is_empty() {
        return key.purposes.iter().map(|purpose| (purpose.clone(), true)).collect();
    }
    stated
        .iter()
        .map(|(purpose, granted)| (purpose.clone(), granted && !global_opt_out))
        .collect()
}

#[cfg(test)]
mod tests {
    use event_schema::Purpose;

    use super::*;

    fn key(kind: KeyKind) -> KeySettings {
        let purposes = vec![Purpose::new("analytics").unwrap()];
        KeySettings {
            site: "shop".into(),
            kind,
            origins: Vec::new(),
            audience: false,
            purposes,
            schemas: None,
            enabled: true,
        }
    }

    fn state(answers: &[(&str, bool)]) -> ConsentState {
        answers
            .iter()
            .map(|(name, granted)| (Purpose::new(name).unwrap(), *granted))
            .collect()
    }

    #[test]
    fn a_global_opt_out_outranks_whatever_the_client_says() {
        let purposes = ["analytics", "profiling", "email_marketing", "advertising"];
        let stated = state(&purposes.map(|purpose| (purpose, true)));
        assert_eq!(in_force(&stated, &key(KeyKind::Browser), false), stated);
        let refused = state(&purposes.map(|purpose| (purpose, false)));
        assert_eq!(in_force(&stated, &key(KeyKind::Browser), true), refused);
    }

    #[test]
    fn only_a_servers_silence_is_answered_by_the_key() {
        let silence = ConsentState::default();
        assert_eq!(
            in_force(&silence, &key(KeyKind::Server), false),
            state(&[("analytics", true)])
        );
        assert_eq!(in_force(&silence, &key(KeyKind::Browser), false), silence);
        let refusal = state(&[("analytics", false)]);
        assert_eq!(in_force(&refusal, &key(KeyKind::Server), false), refusal);
    }
}
