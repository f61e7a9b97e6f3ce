//! Curves and pairs of bars as inline SVG, told apart by dashes and marks and not by colour alone. Each stands beside a table with the
//! same figures.

use maud::{Markup, html};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 24.0;
const FOOT: f64 = 40.0;
const HEAD: f64 = 12.0;
const TICKS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// How a curve is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Stroke {
    /// Solid.
    First,
    /// Long dashes.
    Second,
    /// Dots and dashes.
    Third,
    /// A thin dotted line: what chance, or perfection, would give.
    Reference,
    /// Marks without a line.
    Marks,
}

impl Stroke {
    fn class(self) -> &'static str {
        match self {
            Stroke::First => "curve",
            Stroke::Second => "curve second",
            Stroke::Third => "curve third",
            Stroke::Reference => "curve reference",
            Stroke::Marks => "mark",
        }
    }
}

/// One curve.
pub(in super::super) struct Curve {
    /// Its name in the legend.
    pub(in super::super) name: String,
    /// From 0 to the plot's ends.
    pub(in super::super) points: Vec<(f64, f64)>,
    /// How it is drawn.
    pub(in super::super) stroke: Stroke,
}

/// What the axes say, and where they end.
pub(in super::super) struct Axes {
    /// Under the horizontal axis.
    pub(in super::super) across: String,
    /// At the upright axis.
    pub(in super::super) up: String,
    /// The value at the right end.
    pub(in super::super) right: f64,
    /// The value at the top.
    pub(in super::super) top: f64,
}

/// Curves over common axes; `title` says in a sentence what they show, `shown` writes a tick.
pub(in super::super) fn curves(title: &str, axes: &Axes, curves: &[Curve], shown: impl Fn(f64) -> String) -> Markup {
    html! {
        svg .chart role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } {
            @for tick in TICKS {
                @let (x, y) = (across(tick, 1.0), up(tick, 1.0));
                line .grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(y) y2=(y) {}
                text x=(LEFT - 6.0) y=(y + 4.0) text-anchor="end" { (shown(tick * axes.top)) }
                text x=(x) y=(HEIGHT - FOOT + 16.0) text-anchor="middle" { (shown(tick * axes.right)) }
            }
            @for curve in curves { (drawn(curve, axes)) }
            line .axis x1=(LEFT) x2=(WIDTH - RIGHT) y1=(HEIGHT - FOOT) y2=(HEIGHT - FOOT) {}
            text x=(LEFT + (WIDTH - LEFT) / 2.0) y=(HEIGHT - 6.0) text-anchor="middle" { (axes.across) }
        }
        p .legend aria-hidden="true" {
            span .quiet { "↑ " (axes.up) }
            @for curve in curves {
                span { svg viewBox="0 0 34 12" width="34" height="12" { (sample(curve.stroke)) } " " (curve.name) }
            }
        }
    }
}

fn drawn(curve: &Curve, axes: &Axes) -> Markup {
    let place = |point: &(f64, f64)| (across(point.0, axes.right), up(point.1, axes.top));
    let places: Vec<(f64, f64)> = curve.points.iter().map(place).collect();
    let path: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
    html! {
        @if curve.stroke == Stroke::Marks {
            @for (x, y) in places { circle .mark cx=(x) cy=(y) r="4.5" {} }
        } @else {
            polyline class=(curve.stroke.class()) points=(path.join(" ")) {}
        }
    }
}

fn sample(stroke: Stroke) -> Markup {
    html! {
        @if stroke == Stroke::Marks { circle .mark cx="17" cy="6" r="4.5" {} }
        @else { line class=(stroke.class()) x1="0" x2="34" y1="6" y2="6" {} }
    }
}

/// Two bars side by side, such as what was predicted and what happened.
pub(in super::super) struct Pair {
    /// Under the bars.
    pub(in super::super) label: String,
    /// The left bar, plain.
    pub(in super::super) first: f64,
    /// The right bar, with an outline.
    pub(in super::super) second: f64,
}

/// Pairs of upright bars on a common base line, with the names of both kinds.
pub(in super::super) fn pairs(title: &str, names: [&str; 2], pairs: &[Pair]) -> Markup {
    let highest = pairs
        .iter()
        .flat_map(|pair| [pair.first, pair.second])
        .fold(f64::MIN_POSITIVE, f64::max);
    let step = (WIDTH - LEFT) / pairs.len().max(1) as f64;
    let base = HEIGHT - FOOT;
    let height = |value: f64| rounded((value / highest).clamp(0.0, 1.0) * (base - HEAD));
    html! {
        svg .chart role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } {
            @for (index, pair) in pairs.iter().enumerate() {
                @let left = LEFT + index as f64 * step;
                rect .mark x=(rounded(left + step * 0.1)) y=(base - height(pair.first)) width=(rounded(step * 0.38)) height=(height(pair.first)) {}
                rect .mark.second x=(rounded(left + step * 0.52)) y=(base - height(pair.second)) width=(rounded(step * 0.38)) height=(height(pair.second)) {}
                text x=(rounded(left + step * 0.5)) y=(HEIGHT - FOOT + 16.0) text-anchor="middle" { (pair.label) }
            }
            line .axis x1=(LEFT) x2=(WIDTH) y1=(base) y2=(base) {}
        }
        p .legend aria-hidden="true" {
            span { svg viewBox="0 0 14 12" width="14" height="12" { rect .mark width="14" height="12" {} } " " (names[0]) }
            span { svg viewBox="0 0 14 12" width="14" height="12" { rect .mark.second width="14" height="12" {} } " " (names[1]) }
        }
    }
}

fn across(value: f64, right: f64) -> f64 {
    rounded(LEFT + (value / right.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT))
}

fn up(value: f64, top: f64) -> f64 {
    rounded(HEIGHT - FOOT - (value / top.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0) * (HEIGHT - FOOT - HEAD))
}

fn rounded(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_stay_within_the_plot_and_names_are_escaped() {
        let axes = Axes {
            across: "customers".to_owned(),
            up: "buyers".to_owned(),
            right: 1.0,
            top: 0.0,
        };
        let curve = Curve {
            name: "<b>".to_owned(),
            points: vec![(0.0, 0.0), (2.0, 5.0)],
            stroke: Stroke::First,
        };
        let svg = curves("Found", &axes, &[curve], |tick| tick.to_string()).into_string();
        assert!(
            svg.contains("&lt;b&gt;") && !svg.contains("NaN") && !svg.contains("inf"),
            "{svg}"
        );
        assert!(
            pairs("Nothing", ["a", "b"], &[])
                .into_string()
                .contains("aria-label=\"Nothing\"")
        );
    }
}
