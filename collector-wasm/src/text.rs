//! Takes texts apart at ASCII marks. The standard library's way takes any pattern, and is several times the code.

/// What stands before and after the first `mark`, or `None` where there is none.
pub(crate) fn once(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// What stands before the first `mark`, or all of it.
pub(crate) fn before(text: &str, mark: u8) -> &str {
    once(text, mark).map_or(text, |(before, _)| before)
}

/// The parts between the marks; one part, perhaps empty, where there is no mark.
pub(crate) fn parts(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = once(text, mark).map_or((text, None), |(part, after)| (part, Some(after)));
        rest = after;
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_agrees_with_the_standard_library(text in "[a-c=é]{0,20}") {
            proptest::prop_assert_eq!(once(&text, b'='), text.split_once('='));
            proptest::prop_assert!(parts(&text, b'=').eq(text.split('=')));
        }
    }
}
