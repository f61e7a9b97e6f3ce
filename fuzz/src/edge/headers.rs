//! What a client may write into headers and queries: the agent string gives two closed answers, an address only its network, a
//! key is found in any case, and no query leads out of the log.

use edge_worker::agent::Agent;
use edge_worker::keys::{KeyKind, WriteKeys};
use edge_worker::route::Route;
use edge_worker::{credentials, export, rate, segment, visitor};
use std::net::IpAddr;

use crate::input::Input;

/// Three texts: an agent, an address, and one that stands for every other header.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let [agent, address, other] = [(); 3].map(|()| input.text());
    agents(&agent);
    addresses(&address, &agent);
    if let Some(key) = credentials::write_key(None, Some(&other)) {
        assert!(other.starts_with("Basic ") && !key.contains(':'));
    }
    assert_eq!(
        credentials::write_key(Some(&other), Some(&agent)).as_ref(),
        Some(&other)
    );
    let token = "0123456789abcdef0123456789abcdef";
    let opens = credentials::check_export_token(Some(&other), token).is_ok();
    assert_eq!(opens, other.strip_prefix("Bearer ") == Some(token));
    queries(&other);
    let _ = (Route::find("GET", &other), Route::find(&agent, &other));
    if let Err(fault) = WriteKeys::from_json(&other) {
        assert!(fault.contains("WRITE_KEYS"), "{fault}");
    }
}

fn agents(agent: &str) {
    let told = Agent::of(agent);
    assert_eq!(told, Agent::of(&agent.to_ascii_uppercase()));
    assert!(told.bot || !agent.is_empty());
}

fn addresses(address: &str, agent: &str) {
    let salt = [7; 32];
    let hash = |address: &str| visitor::hash(&salt, "shop", Some(address), agent);
    let Some(network) = visitor::network(address) else {
        assert_eq!(hash(address), None);
        return;
    };
    assert!(matches!(network.len(), 3 | 6));
    let parsed: Result<IpAddr, _> = address.trim().parse();
    if let Ok(IpAddr::V4(own)) = parsed {
        let [a, b, c, d] = own.octets();
        let neighbour = format!("{a}.{b}.{c}.{}", d.wrapping_add(1));
        assert_eq!(
            (visitor::network(&neighbour), hash(&neighbour)),
            (Some(network), hash(address))
        );
    }
    let counted = rate::counted_as("web-key-1", KeyKind::Browser, Some(address));
    assert!(counted.len() == 32 && counted.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

fn queries(query: &str) {
    if let Ok((prefix, after)) = export::listing_of(query) {
        assert!(segment::prefixes().contains(&prefix));
        after.iter().for_each(|after| stays_inside(after));
    }
    if let Ok(key) = export::key_of(query) {
        stays_inside(&key);
    }
}

fn stays_inside(key: &str) {
    let prefix = segment::prefixes().iter().any(|prefix| key.starts_with(prefix));
    assert!(
        prefix && !key.contains("..") && !key.contains(char::is_control),
        "{key:?}"
    );
}
