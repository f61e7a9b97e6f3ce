//! One line of the printed comparison.

/// Prints what it is, the bar, our figure and the peer's.
pub fn line(what: &str, bar: &str, ours: &str, peer: Option<f64>, digits: usize) {
    let peer = peer.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"));
    println!("{what:<44} {bar:>16} {ours:>14} {peer:>14}");
}

/// Prints the head of a table.
pub fn head(what: &str) {
    println!("{what:<44} {:>16} {:>14} {:>14}", "bar", "firsthand", "lifetimes");
}
