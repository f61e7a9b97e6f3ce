//! Charts as inline SVG. Each says in words what it shows, and stands beside a table with the same figures.

use maud::{Markup, html};

/// One bar.
pub(super) struct Bar {
    /// Under the bar.
    pub(super) label: String,
    /// Its height, at least zero.
    pub(super) value: f64,
    /// Above the bar.
    pub(super) shown: String,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const FOOT: f64 = 24.0;
const HEAD: f64 = 20.0;

/// Upright bars on a common base line; `title` says in a sentence what they show.
pub(super) fn bars(title: &str, bars: &[Bar]) -> Markup {
    let highest = bars
        .iter()
        .map(|bar| bar.value)
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let step = WIDTH / bars.len().max(1) as f64;
    let base = HEIGHT - FOOT;
    html! {
        svg .chart role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } {
            @for (index, bar) in bars.iter().enumerate() {
                @let height = (bar.value / highest) * (base - HEAD);
                @let (left, middle) = (index as f64 * step + step * 0.1, (index as f64 + 0.5) * step);
                rect .mark x=(rounded(left)) y=(rounded(base - height)) width=(rounded(step * 0.8)) height=(rounded(height)) rx="3" {}
                text x=(rounded(middle)) y=(rounded(base - height - 6.0)) text-anchor="middle" { (bar.shown) }
                text x=(rounded(middle)) y=(rounded(HEIGHT - 6.0)) text-anchor="middle" { (bar.label) }
            }
            line .axis x1="0" x2=(WIDTH) y1=(base) y2=(base) {}
        }
    }
}

fn rounded(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_within_the_chart_and_labels_are_escaped() {
        let bar = |value| Bar {
            label: "<b>".to_owned(),
            value,
            shown: "1".to_owned(),
        };
        let svg = bars("Sizes", &[bar(0.0), bar(5.0)]).into_string();
        assert!(svg.contains("&lt;b&gt;") && !svg.contains("NaN"), "{svg}");
        assert!(bars("Nothing", &[]).into_string().contains("aria-label=\"Nothing\""));
    }
}
