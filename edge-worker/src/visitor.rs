//! The cookieless visitor of the day: a keyed hash of site, truncated address and agent under a random salt that exists for two
//! days at most and cannot be computed from anything else. Only audience hits carry it. Their message ids are hashed under the
//! same salt: a client's own may hold its session, and would lead to events of the other lane.

use std::net::IpAddr;

use event_schema::{MessageId, VisitorHash};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Random bytes of one UTC day.
pub type Salt = [u8; 32];

/// The visitor's hash; none without a readable address, rather than one hash for all who have none.
///
/// `address` must be what the edge itself saw (`CF-Connecting-IP`): a client can write whatever it likes into any other header.
pub fn hash(salt: &Salt, site: &str, address: Option<&str>, agent: &str) -> Option<VisitorHash> {
    let network = network(address?)?;
    Some(VisitorHash::from_bytes(keyed(
        salt,
        &[site.as_bytes(), &network, agent.as_bytes()],
    )))
}

/// The id under which a hit is de-duplicated, in place of the client's own: the same for a repetition on the same day, and
/// found again from nothing else.
pub fn message_id(salt: &Salt, site: &str, sent: &MessageId) -> MessageId {
    MessageId::from_bytes(keyed(salt, &[site.as_bytes(), sent.as_str().as_bytes()]))
}

/// HMAC-SHA256 of some parts, cut to 16 bytes.
fn keyed(salt: &Salt, parts: &[&[u8]]) -> [u8; 16] {
    // A key shorter than a block is filled up with zeros (RFC 2104, section 2).
    let mut key = [0; 64];
    key[..salt.len()].copy_from_slice(salt);
    let mut mac = Hmac::<Sha256>::new(&key.into());
    // Each part is preceded by its length, so that no two different lists of parts give the same bytes.
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let digest = mac.finalize().into_bytes();
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    hash
}

/// The address without what tells one subscriber from a neighbour: the last octet of IPv4, all after the first 48 bits of IPv6.
/// Nothing for what is no address.
pub fn network(address: &str) -> Option<Vec<u8>> {
    let address: IpAddr = address.trim().parse().ok()?;
    Some(match address.to_canonical() {
        IpAddr::V4(address) => address.octets()[..3].to_vec(),
        IpAddr::V6(address) => address.octets()[..6].to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: Salt = [7; 32];

    fn of(address: &str) -> Option<VisitorHash> {
        hash(&SALT, "shop", Some(address), "Agent/1")
    }

    #[test]
    fn neighbours_in_a_network_share_a_hash_and_others_do_not() {
        assert_eq!(of("192.0.2.1"), of("192.0.2.254"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_eq!(of("2001:db8:1::1"), of("2001:db8:1:ffff::2"));
        assert_ne!(of("192.0.2.1"), of("192.0.3.1"));
        assert_ne!(of("2001:db8:1::1"), of("2001:db8:2::1"));
    }

    #[test]
    fn salt_site_and_agent_each_change_the_hash() {
        let reference = of("192.0.2.1");
        assert_ne!(reference, hash(&[8; 32], "shop", Some("192.0.2.1"), "Agent/1"));
        assert_ne!(reference, hash(&SALT, "blog", Some("192.0.2.1"), "Agent/1"));
        assert_ne!(reference, hash(&SALT, "shop", Some("192.0.2.1"), "Agent/2"));
    }

    #[test]
    fn the_id_of_a_hit_depends_on_what_was_sent_and_on_the_salt() {
        let id = |salt: &Salt, site, sent| message_id(salt, site, &MessageId::new(sent).unwrap());
        let reference = id(&SALT, "shop", "5f0c-1");
        assert_eq!(reference, id(&SALT, "shop", "5f0c-1"));
        assert!(!reference.as_str().contains("5f0c"));
        for other in [
            id(&[8; 32], "shop", "5f0c-1"),
            id(&SALT, "blog", "5f0c-1"),
            id(&SALT, "shop", "5f0c-2"),
        ] {
            assert_ne!(reference, other);
        }
    }

    #[test]
    fn without_an_address_there_is_no_hash() {
        assert_eq!(hash(&SALT, "shop", None, "Agent/1"), None);
        assert_eq!(of("not an address"), None);
        assert_eq!(of(""), None);
    }

    proptest! {
        #[test]
        fn parts_cannot_be_shifted_into_each_other(site in "[a-z]{1,6}", cut in 1_usize..5, agent in "[a-z]{1,6}") {
            prop_assume!(cut < site.len());
            let shifted = hash(&SALT, &site[..cut], Some("192.0.2.1"), &format!("{}{agent}", &site[cut..]));
            prop_assert_ne!(hash(&SALT, &site, Some("192.0.2.1"), &agent), shifted);
        }
    }
}
