//! The cookieless visitor of the day: a keyed hash of site, truncated address and agent under a random salt that exists for two
//! days at most and cannot be computed from anything else. Only audience hits carry it.

use std::net::IpAddr;

use event_schema::VisitorHash;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Random bytes of one UTC day.
pub type Salt = [u8; 32];

/// The visitor's hash; none without a readable address, rather than one hash for all who have none.
///
/// `address` must be what the edge itself saw (`CF-Connecting-IP`): a client can write whatever it likes into any other header.
pub fn hash(salt: &Salt, site: &str, address: Option<&str>, agent: &str) -> Option<VisitorHash> {
    let network = network(address?)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).ok()?;
    // Each part is preceded by its length, so that no two different triples give the same bytes.
    for part in [site.as_bytes(), &network, agent.as_bytes()] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let digest = mac.finalize().into_bytes();
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    Some(VisitorHash::from_bytes(hash))
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
