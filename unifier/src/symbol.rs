//! Words that occur millions of times in a night (names of traits and files, types of identifiers), each kept in memory once.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;

use arcstr::ArcStr;

/// A word, to be used like a `&str` and as cheap to copy.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Symbol(ArcStr);

/// Words that are remembered by each thread. Visitors choose some of them, so there may be any number.
const REMEMBERED: usize = 1 << 12;

thread_local! {
    // With a secret key: visitors could choose words that collide.
    static KNOWN: RefCell<HashSet<ArcStr>> = RefCell::default();
}

impl Symbol {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Symbol {
    fn from(word: &str) -> Self {
        KNOWN.with_borrow_mut(|known| {
            if let Some(known) = known.get(word) {
                return Self(known.clone());
            }
            if known.len() >= REMEMBERED {
                known.clear();
            }
            let new: ArcStr = word.into();
            known.insert(new.clone());
            Self(new)
        })
    }
}

impl From<&String> for Symbol {
    fn from(word: &String) -> Self {
        word.as_str().into()
    }
}

impl From<String> for Symbol {
    fn from(word: String) -> Self {
        word.as_str().into()
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most words that are compared are one word.
        if ArcStr::ptr_eq(&self.0, &other.0) {
            Ordering::Equal
        } else {
            self.0.cmp(&other.0)
        }
    }
}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Deref for Symbol {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Symbol {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Symbol {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Symbol {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Symbol {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.0, f)
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_kept_once_and_many_do_not_pile_up() {
        let (one, again) = (Symbol::from("given_name"), Symbol::from("given_name"));
        assert!(ArcStr::ptr_eq(&one.0, &again.0));
        for number in 0..3 * REMEMBERED {
            assert_eq!(Symbol::from(number.to_string()).as_str(), number.to_string());
        }
        KNOWN.with_borrow(|known| assert!(known.len() <= REMEMBERED));
        assert_eq!(Symbol::from("given_name"), one);
    }
}
