//! The salt of the day: born random, in one Durable Object, kept for two UTC days at most, and derived from nothing.

use std::cell::Cell;
use std::time::Duration;

use wasm_bindgen::prelude::*;
use worker::{Date, DurableObject, Env, Method, Request, Response, Result, SqlStorageValue, State, durable_object};

use super::respond;
use crate::refusal::Refusal;
use crate::visitor::Salt;

/// A day in milliseconds.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The salt of a UTC day (days since 1970), from this isolate's memory or from the object.
pub async fn of_day(env: &Env, day: i32) -> Result<Salt> {
    thread_local! {
        // Never on disk, and gone with the isolate or the next day's first visit.
        static KEPT: Cell<Option<(i32, Salt)>> = const { Cell::new(None) };
    }
    if let Some((_, salt)) = KEPT.get().filter(|(kept_day, _)| *kept_day == day) {
        return Ok(salt);
    }
    let stub = env.durable_object("SALT")?.get_by_name("salt")?;
    let mut response = stub
        .fetch_with_request(Request::new(&format!("https://salt/{day}"), Method::Get)?)
        .await?;
    if response.status_code() != 200 {
        return Err(format!("the salt of day {day} was refused").into());
    }
    let bytes = response.bytes().await?;
    let salt: Salt = bytes
        .try_into()
        .map_err(|_| worker::Error::from("a salt is 32 bytes"))?;
    KEPT.set(Some((day, salt)));
    Ok(salt)
}

/// Holds the salts.
#[durable_object(alarm)]
pub struct SaltKeeper {
    state: State,
}

impl DurableObject for SaltKeeper {
    fn new(state: State, _env: Env) -> Self {
        super::log_panics_by_place();
        Self { state }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let path = request.path();
        let day = path.trim_start_matches('/').parse().unwrap_or(u64::MAX);
        let today = self.delete_old()?;
        // A salt is born on its own day; the next day's may be asked for by a clock that runs a little ahead.
        if (today..=today + 1).contains(&day) {
            self.execute(
                "insert or ignore into salt (day, salt) values (?, ?)",
                vec![integer(day), random()?.to_vec().into()],
            )?;
            self.arm().await?;
        }
        match self
            .rows("select salt from salt where day = ?", vec![integer(day)])?
            .pop()
        {
            Some(SqlStorageValue::Blob(salt)) => Response::from_bytes(salt),
            _ => respond::refused(&Refusal::NotFound),
        }
    }

    /// The oldest salt's second day has ended.
    async fn alarm(&self) -> Result<Response> {
        self.delete_old()?;
        self.arm().await?;
        Response::empty()
    }
}

impl SaltKeeper {
    /// Deletes the salts of days before yesterday, and says which day it is.
    fn delete_old(&self) -> Result<u64> {
        let today = Date::now().as_millis() / DAY_MS;
        self.execute(
            "create table if not exists salt (day integer primary key, salt blob not null)",
            Vec::new(),
        )?;
        self.execute("delete from salt where day < ?", vec![integer(today.saturating_sub(1))])?;
        Ok(today)
    }

    /// Sets the alarm to the moment when the oldest salt must go, so that it goes without any visit.
    async fn arm(&self) -> Result<()> {
        if let Some(SqlStorageValue::Integer(oldest)) = self.rows("select min(day) from salt", Vec::new())?.pop() {
            let ends = (u64::try_from(oldest).unwrap_or_default() + 2) * DAY_MS;
            let wait = ends.saturating_sub(Date::now().as_millis());
            self.state.storage().set_alarm(Duration::from_millis(wait)).await?;
        }
        Ok(())
    }

    fn execute(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<()> {
        self.state.storage().sql().exec(query, values).map(drop)
    }

    /// The first column of all rows.
    fn rows(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<SqlStorageValue>> {
        let cursor = self.state.storage().sql().exec(query, values)?;
        let first = |row: Vec<SqlStorageValue>| row.into_iter().next().unwrap_or(SqlStorageValue::Null);
        cursor.raw().map(|row| row.map(first)).collect()
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(buffer: &mut [u8]) -> std::result::Result<JsValue, JsValue>;
}

/// 32 bytes of the runtime's cryptographic randomness.
pub fn random() -> Result<Salt> {
    let mut salt = [0; 32];
    get_random_values(&mut salt)?;
    Ok(salt)
}

fn integer(number: u64) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
