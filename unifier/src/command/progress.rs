//! What a person sees on stderr while work goes on: a bar on a terminal, plain lines elsewhere.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Stages named one after the other, each with the time it took.
#[derive(Debug, Default)]
pub struct Stages {
    current: RefCell<Option<(String, Instant, ProgressBar)>>,
}

impl Stages {
    /// Ends the stage before, and begins `name`.
    pub fn begin(&self, name: &str) {
        self.end();
        let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        spinner.set_message(name.to_owned());
        spinner.enable_steady_tick(Duration::from_millis(120));
        *self.current.borrow_mut() = Some((name.to_owned(), Instant::now(), spinner));
    }

    /// Ends the stage that is going on.
    pub fn end(&self) {
        if let Some((name, since, spinner)) = self.current.borrow_mut().take() {
            spinner.finish_and_clear();
            say(&format!("{name:<22}{:>8.1} s", since.elapsed().as_secs_f64()));
        }
    }
}

/// A bar over the bytes of one file; on no terminal, nothing until it is done.
pub fn bytes(label: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{prefix:<28} {wide_bar} {binary_bytes}/{binary_total_bytes} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_prefix(label.to_owned());
    bar
}

/// A count of things of no known number.
pub fn counter(label: &str) -> ProgressBar {
    let counter = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} {prefix}") {
        counter.set_style(style);
    }
    counter.set_prefix(label.to_owned());
    counter
}

/// Writes a line to stderr.
#[allow(clippy::print_stderr, reason = "this is the one place that speaks on stderr")]
pub fn say(line: &str) {
    eprintln!("{line}");
}
