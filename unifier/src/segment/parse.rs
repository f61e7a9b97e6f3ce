//! Text to tree: how conditions are joined. What a condition is stands in `condition.rs`.
//!
//! ```text
//! rule    = all { "or" all }
//! all     = single { "and" single }
//! single  = "not" single | "(" rule ")" | condition
//! ```

use std::ops::Range;

use super::error::{RuleError, did_you_mean};
use super::rule::{Duration, Rule};
use super::token::{Token, tokens};

/// How deep parentheses and `not` may nest: far beyond what a person can follow, and well within the stack.
const DEPTH: usize = 64;

/// What a rule may speak of besides fields, traits, events and sources.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// The configured purposes.
    pub purposes: Vec<String>,
    /// The names of the configured segments.
    pub segments: Vec<String>,
}

/// Reads a rule.
///
/// # Errors
/// [`RuleError`] with the first defect: its place, what it is, and what would do.
pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Rule, RuleError> {
    parse_with_references(text, vocabulary).map(|(rule, _)| rule)
}

/// A length of time by itself, as `30 days`; nothing of any other text.
pub fn duration(text: &str) -> Option<Duration> {
    let mut parser = Parser {
        text,
        tokens: tokens(text).ok()?,
        at: 0,
        depth: 0,
        vocabulary: &Vocabulary::default(),
        references: Vec::new(),
    };
    let duration = parser.duration().ok()?;
    (*parser.peek() == Token::End).then_some(duration)
}

/// A rule, and where its text names other segments.
pub(super) type Referring = (Rule, Vec<(String, Range<usize>)>);

pub(super) fn parse_with_references(text: &str, vocabulary: &Vocabulary) -> Result<Referring, RuleError> {
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        vocabulary,
        references: Vec::new(),
    };
    let rule = parser.any()?;
    if *parser.peek() != Token::End {
        return Err(parser.wrong("\"and\" or \"or\" is missing before this"));
    }
    Ok((rule, parser.references))
}

/// A place in a rule's tokens.
pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token<'a>, Range<usize>)>,
    at: usize,
    depth: usize,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) references: Vec<(String, Range<usize>)>,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Rule, RuleError> {
        let first = self.all()?;
        let mut rules = vec![first];
        while self.take_word("or") {
            rules.push(self.all()?);
        }
        Ok(joined(rules, Rule::Any))
    }

    fn all(&mut self) -> Result<Rule, RuleError> {
        let first = self.single()?;
        let mut rules = vec![first];
        while self.take_word("and") {
            rules.push(self.single()?);
        }
        Ok(joined(rules, Rule::All))
    }

    fn single(&mut self) -> Result<Rule, RuleError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.wrong(format!("rules nest at most {DEPTH} deep: make a segment of a part")));
        }
        let rule = if self.take_word("not") {
            Rule::Not(Box::new(self.single()?))
        } else if self.take_sign("(") {
            let rule = self.any()?;
            self.expect_sign(")", "a closing parenthesis")?;
            rule
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Ok(rule)
    }

    /// The token at the place.
    pub(super) fn peek(&self) -> &Token<'a> {
        &self.tokens[self.at].0
    }

    /// The tokens from the place on.
    pub(super) fn ahead(&self) -> impl Iterator<Item = &Token<'a>> {
        self.tokens[self.at..].iter().map(|(token, _)| token)
    }

    /// The word at the place.
    pub(super) fn word_here(&self) -> Option<&'a str> {
        word(self.peek())
    }

    /// The word after the place.
    pub(super) fn word_after(&self) -> Option<&'a str> {
        self.ahead().nth(1).and_then(word)
    }

    /// Where it stands in the text.
    pub(super) fn span(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    /// Takes the token; at the end, again and again the end.
    pub(super) fn take(&mut self) -> Token<'a> {
        let token = self.peek().clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    /// Takes the token when it is the word, in any case.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(here) if here.eq_ignore_ascii_case(word));
        if found {
            self.take();
        }
        found
    }

    /// Takes the token when it is the sign.
    pub(super) fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(here) if *here == sign);
        if found {
            self.take();
        }
        found
    }

    /// Takes the word, or says that it is missing.
    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), RuleError> {
        if self.take_word(word) {
            return Ok(());
        }
        Err(self.wrong(format!("{word:?} is missing here")))
    }

    /// Takes the sign, or says that it is missing.
    pub(super) fn expect_sign(&mut self, sign: &str, name: &str) -> Result<(), RuleError> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(self.wrong(format!("{name} is missing here")))
    }

    /// Takes a text in quotes. `example` shows what is meant.
    pub(super) fn expect_text(&mut self, example: &str) -> Result<String, RuleError> {
        let message = match self.peek() {
            Token::Text(_) => None,
            Token::Word(word) => Some(format!("texts stand in double quotes: \"{word}\"")),
            Token::Number(_) | Token::Day(_) => {
                Some(format!("texts stand in double quotes: \"{}\"", &self.text[self.span()]))
            }
            _ => Some(format!("a text in double quotes is missing here, as {example}")),
        };
        match (message, self.peek().clone()) {
            (None, Token::Text(text)) => {
                self.take();
                Ok(text)
            }
            (message, _) => Err(self.wrong(message.unwrap_or_default())),
        }
    }

    /// A defect at the place.
    pub(super) fn wrong(&self, message: impl Into<String>) -> RuleError {
        self.wrong_at(self.span(), message)
    }

    /// A defect at `span`.
    pub(super) fn wrong_at(&self, span: Range<usize>, message: impl Into<String>) -> RuleError {
        RuleError::new(self.text, span, message)
    }

    /// A defect at the place: a name that nobody knows.
    pub(super) fn unknown(&self, what: &str, name: &str, known: &[&str]) -> RuleError {
        self.wrong(format!(
            "there is no {what} {name:?}{}",
            did_you_mean(name, known.iter().copied())
        ))
    }
}

fn word<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

fn joined(mut rules: Vec<Rule>, join: fn(Vec<Rule>) -> Rule) -> Rule {
    if rules.len() == 1 { rules.remove(0) } else { join(rules) }
}
