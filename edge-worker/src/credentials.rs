//! What a request shows to be let in: a write key or the export token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::refusal::Refusal;

/// The write key in a request's headers: `X-Write-Key`, or the user of `Authorization: Basic` as Segment's libraries send it.
pub fn write_key(x_write_key: Option<&str>, authorization: Option<&str>) -> Option<String> {
    x_write_key.map(str::to_owned).or_else(|| basic_user(authorization?))
}

/// Checks the export token. The comparison takes the same time however much of it is right.
///
/// # Errors
/// [`Refusal::Unauthorised`].
pub fn check_export_token(authorization: Option<&str>, expected: &str) -> Result<(), Refusal> {
    let given = authorization
        .and_then(|header| header.strip_prefix("Bearer "))
        .unwrap_or_default();
    if given.as_bytes().ct_eq(expected.as_bytes()).into() {
        Ok(())
    } else {
        Err(Refusal::Unauthorised)
    }
}

fn basic_user(authorization: &str) -> Option<String> {
    let encoded = authorization.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, _password) = pair.split_once(':')?;
    Some(user.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_write_key_is_the_user_of_basic_authorisation() {
        // "web-key-1:" in base64, as Segment's libraries send it.
        assert_eq!(
            write_key(None, Some("Basic d2ViLWtleS0xOg==")).as_deref(),
            Some("web-key-1")
        );
        assert_eq!(
            write_key(Some("web-key-2"), Some("Basic d2ViLWtleS0xOg==")).as_deref(),
            Some("web-key-2")
        );
        for header in ["Basic !", "Basic d2Vi", "Bearer web-key-1", ""] {
            assert_eq!(write_key(None, Some(header)), None, "{header}");
        }
    }

    #[test]
    fn only_the_whole_export_token_opens_the_export() {
        let token = "0123456789abcdef0123456789abcdef";
        assert_eq!(check_export_token(Some(&format!("Bearer {token}")), token), Ok(()));
        for header in [
            None,
            Some(""),
            Some("Bearer "),
            Some("Bearer 0123456789abcdef"),
            Some(token),
            Some("Basic 0123456789abcdef0123456789abcdef"),
        ] {
            assert_eq!(
                check_export_token(header, token),
                Err(Refusal::Unauthorised),
                "{header:?}"
            );
        }
    }
}
