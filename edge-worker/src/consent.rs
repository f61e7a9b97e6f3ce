//! Which consent an event has, once the edge has had its say.
//!
//! A browser's `Sec-GPC: 1` cannot be set by scripts and outranks what the client says: it is an opt-out of being profiled and
//! passed on. What stays possible is what the visitor agreed to by name and what concerns this site alone: analytics, and mail and
//! messages asked for.

use event_schema::{ConsentState, Purpose};

use crate::keys::{KeyKind, KeySettings};

/// Purposes that a global opt-out does not concern.
const BEYOND_OPT_OUT: [&str; 3] = [Purpose::ANALYTICS, Purpose::EMAIL_MARKETING, Purpose::SMS_MARKETING];

/// The consent in force. A server's event without any takes what the key has on file; a page's never does.
pub fn in_force(stated: &ConsentState, key: &KeySettings, global_opt_out: bool) -> ConsentState {
    if key.kind == KeyKind::Server && stated.is_empty() {
        return key.purposes.iter().map(|purpose| (purpose.clone(), true)).collect();
    }
    let outranked = |purpose: &Purpose| global_opt_out && !BEYOND_OPT_OUT.contains(&purpose.as_str());
    stated
        .iter()
        .map(|(purpose, granted)| (purpose.clone(), granted && !outranked(purpose)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: KeyKind) -> KeySettings {
        let purposes = vec![Purpose::new("analytics").unwrap()];
        KeySettings {
            site: "shop".into(),
            kind,
            origins: Vec::new(),
            audience: false,
            purposes,
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
    fn a_global_opt_out_outranks_the_client_for_profiling_and_the_like() {
        let stated = state(&[
            ("analytics", true),
            ("profiling", true),
            ("personalisation", true),
            ("advertising", true),
        ]);
        let in_force = in_force(&stated, &key(KeyKind::Browser), true);
        assert_eq!(
            in_force,
            state(&[
                ("analytics", true),
                ("profiling", false),
                ("personalisation", false),
                ("advertising", false)
            ])
        );
    }

    #[test]
    fn an_opt_out_grants_nothing() {
        assert_eq!(
            in_force(&state(&[("analytics", false)]), &key(KeyKind::Browser), true),
            state(&[("analytics", false)])
        );
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
