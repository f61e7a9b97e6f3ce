//! Ports for the servers that tests start.

use std::io;
use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below those that the system gives to outgoing connections and to servers that ask for any port.
const FIRST: u16 = 10_000;
const COUNT: u16 = 20_000;

/// How many this program has asked for.
static ASKED: AtomicU16 = AtomicU16::new(0);

/// A port that nobody listens on, and that this program gives to nobody else: a server takes seconds to start, and finds another port for
/// itself where its own was taken meanwhile, so that two tests would talk to one of them.
///
/// # Errors
/// When all are taken.
pub fn free_port() -> io::Result<u16> {
    let offset = (process::id() % u32::from(COUNT)) as u16;
    for _ in 0..COUNT {
        let asked = ASKED.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + ((u32::from(offset) + u32::from(asked)) % u32::from(COUNT)) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AddrInUse,
        "every port for tests is taken",
    ))
}
