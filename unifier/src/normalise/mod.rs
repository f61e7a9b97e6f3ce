//! Makes values comparable: e-mail addresses, telephone numbers, names, companies, keys, dates, money,
//! countries.
//!
//! Pure functions of a text and, where it matters, of the company's country or of how the file writes dates and numbers.
//! Each is idempotent: a normalised value normalises to itself. What means nothing is `None`, never a guess.

pub mod company;
pub mod country;
pub mod date;
pub mod email;
pub mod key;
pub mod money;
pub mod name;
pub mod phone;
pub mod placeholder;
pub mod role;
pub mod text;
