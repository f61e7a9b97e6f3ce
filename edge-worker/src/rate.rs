//! Whose requests are counted together when a rate is limited. The runtime counts; this only names what it counts.

use sha2::{Digest, Sha256};

use crate::hex;
use crate::keys::KeyKind;
use crate::visitor;

/// The binding that counts the requests of a key's senders.
pub fn binding(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Browser => "RATE_PAGES",
        KeyKind::Server => "RATE_SERVERS",
    }
}

/// The name under which a request is counted: of a browser key each network by itself, of a server key all together. A hash, so that
/// neither key nor address is handed on.
pub fn counted_as(key: &str, kind: KeyKind, address: Option<&str>) -> String {
    let network = match kind {
        KeyKind::Browser => address.and_then(visitor::network).unwrap_or_default(),
        KeyKind::Server => Vec::new(),
    };
    let digest = Sha256::new()
        .chain_update(key)
        .chain_update([0])
        .chain_update(network)
        .finalize();
    hex::encode(&digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_of_a_page_are_counted_by_network_and_servers_by_key() {
        let page = |address| counted_as("web-key-1", KeyKind::Browser, address);
        assert_eq!(page(Some("198.51.100.7")), page(Some("198.51.100.8")));
        assert_ne!(page(Some("198.51.100.7")), page(Some("203.0.113.7")));
        let server = |key, address| counted_as(key, KeyKind::Server, address);
        assert_eq!(
            server("sk-1", Some("198.51.100.7")),
            server("sk-1", Some("203.0.113.7"))
        );
        assert_ne!(server("sk-1", None), server("sk-2", None));
        assert!(!page(Some("198.51.100.7")).contains("198"));
    }
}
