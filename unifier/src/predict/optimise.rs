//! Minimises a smooth function of a few parameters: quasi-Newton (BFGS) steps with a weak Wolfe line search, from several
//! starts. It never fails: it returns the best point it has seen and says whether the gradient vanished there.

/// More steps than any fit of four parameters has needed; the search then stops where it is.
const MAXIMUM_STEPS: usize = 200;
/// The largest gradient entry that counts as zero, for objectives that are means over customers.
const GRADIENT_TOLERANCE: f64 = 1e-11;
/// After so many steps in a row that gained nothing but rounding the search has arrived, whatever the gradient's own rounding.
const IDLE_STEPS: usize = 4;
/// How often one step is lengthened or shortened.
const TRIES: usize = 30;
/// Two values closer than this, relatively, differ by rounding alone.
const ROUNDING: f64 = 1e-14;
/// The longest step in any one (logarithmic) parameter: a factor of e^2.
const LONGEST_STEP: f64 = 2.0;

/// A function's value and gradient.
pub type Evaluation<const N: usize> = (f64, [f64; N]);

/// Where a search ended.
#[derive(Debug, Clone, Copy)]
pub struct Minimum<const N: usize> {
    /// The best point found.
    pub at: [f64; N],
    /// The function's value there.
    pub value: f64,
    /// How often the function was evaluated.
    pub evaluations: usize,
}

/// The lowest minimum reached from any of the starts (the first of equals).
pub fn minimise_from<const N: usize>(
    starts: &[[f64; N]],
    objective: &impl Fn(&[f64; N]) -> Evaluation<N>,
) -> Option<Minimum<N>> {
    let mut evaluations = 0;
    let ends = starts.iter().map(|start| minimise(*start, objective));
    let best = ends
        .inspect(|end| evaluations += end.evaluations)
        .reduce(|a, b| if b.value < a.value { b } else { a });
    best.map(|best| Minimum { evaluations, ..best })
}

/// Follows BFGS steps from one start.
pub fn minimise<const N: usize>(start: [f64; N], objective: &impl Fn(&[f64; N]) -> Evaluation<N>) -> Minimum<N> {
    let (value, gradient) = objective(&start);
    let mut search = Search {
        at: start,
        value,
        gradient,
        evaluations: 1,
    };
    let mut inverse = identity::<N>(1.0);
    let mut idle = 0;
    for step in 0..MAXIMUM_STEPS {
        if largest(&search.gradient) <= GRADIENT_TOLERANCE || idle == IDLE_STEPS {
            break;
        }
        let mut direction = times(&inverse, &search.gradient).map(|v| -v);
        if dot(&direction, &search.gradient) >= 0.0 {
            inverse = identity(1.0);
            direction = search.gradient.map(|v| -v);
        }
        let shorten = (LONGEST_STEP / largest(&direction)).min(1.0);
        let before = search;
        if !search.descend(&direction.map(|v| v * shorten), objective) {
            break;
        }
        update(&mut inverse, &before, &search, step == 0);
        let gained = before.value - search.value > ROUNDING * search.value.abs();
        idle = if gained { 0 } else { idle + 1 };
    }
    Minimum {
        at: search.at,
        value: search.value,
        evaluations: search.evaluations,
    }
}

#[derive(Clone, Copy)]
struct Search<const N: usize> {
    at: [f64; N],
    value: f64,
    gradient: [f64; N],
    evaluations: usize,
}

impl<const N: usize> Search<N> {
    /// Moves along `direction` to a point that satisfies the weak Wolfe conditions, found by doubling and bisection (Lewis
    /// and Overton 2013, algorithm 2.6). Near the minimum, where values differ by rounding alone, the slopes decide instead
    /// (Hager and Zhang 2005, approximate Wolfe conditions). False when no point is better.
    fn descend(&mut self, direction: &[f64; N], objective: &impl Fn(&[f64; N]) -> Evaluation<N>) -> bool {
        let slope = dot(direction, &self.gradient);
        let (mut low, mut high, mut length) = (0.0, f64::INFINITY, 1.0);
        let mut reached = None;
        for _ in 0..TRIES {
            let at = std::array::from_fn(|i| self.at[i] + length * direction[i]);
            let (value, gradient) = objective(&at);
            self.evaluations += 1;
            let slope_there = dot(direction, &gradient);
            let level = value <= self.value + ROUNDING * self.value.abs() && slope_there <= -0.8 * slope;
            // A value that is not a number fails the comparisons and shortens the step.
            if value <= self.value + 1e-4 * length * slope || level {
                reached = Some((at, value, gradient));
                if slope_there >= 0.9 * slope {
                    break;
                }
                low = length;
            } else {
                high = length;
            }
            length = if high.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * low
            };
        }
        if let Some((at, value, gradient)) = reached {
            (self.at, self.value, self.gradient) = (at, value, gradient);
        }
        reached.is_some()
    }
}

/// The BFGS update of the inverse Hessian (Nocedal and Wright 2006, equations 6.17 and 6.20).
fn update<const N: usize>(inverse: &mut [[f64; N]; N], before: &Search<N>, after: &Search<N>, first: bool) {
    let s: [f64; N] = std::array::from_fn(|i| after.at[i] - before.at[i]);
    let y: [f64; N] = std::array::from_fn(|i| after.gradient[i] - before.gradient[i]);
    let sy = dot(&s, &y);
    if sy <= 1e-12 * dot(&y, &y) {
        return;
    }
    if first {
        *inverse = identity(sy / dot(&y, &y));
    }
    let hy = times(inverse, &y);
    let scale = (1.0 + dot(&y, &hy) / sy) / sy;
    for i in 0..N {
        for j in 0..N {
            inverse[i][j] += scale * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
        }
    }
}

fn identity<const N: usize>(scale: f64) -> [[f64; N]; N] {
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j { scale } else { 0.0 }))
}

fn times<const N: usize>(matrix: &[[f64; N]; N], vector: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|i| dot(&matrix[i], vector))
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn largest<const N: usize>(vector: &[f64; N]) -> f64 {
    vector.iter().fold(0.0, |largest: f64, v| largest.max(v.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rosenbrock(at: &[f64; 2]) -> Evaluation<2> {
        let [x, y] = *at;
        let valley = y - x * x;
        let value = (1.0 - x).powi(2) + 100.0 * valley * valley;
        (value, [-2.0 * (1.0 - x) - 400.0 * x * valley, 200.0 * valley])
    }

    #[test]
    fn a_curved_valley_is_followed_to_its_end() {
        let minimum = minimise([-1.2, 1.0], &rosenbrock);
        assert!(
            (minimum.at[0] - 1.0).abs() < 1e-7 && (minimum.at[1] - 1.0).abs() < 1e-7,
            "{minimum:?}"
        );
        assert!(minimum.evaluations < 80, "{minimum:?}");
    }

    #[test]
    fn the_deeper_of_two_valleys_is_found_from_several_starts() {
        let two_valleys = |at: &[f64; 1]| {
            let x = at[0];
            ((x * x - 1.0).powi(2) + 0.3 * x, [4.0 * x * (x * x - 1.0) + 0.3])
        };
        let minimum = minimise_from(&[[1.5], [-1.5]], &two_valleys).unwrap();
        assert!(minimum.at[0] < -1.0, "{minimum:?}");
    }

    #[test]
    fn a_step_into_nonsense_is_shortened() {
        let minimum = minimise([0.1], &|at: &[f64; 1]| (at[0] - at[0].ln(), [1.0 - 1.0 / at[0]]));
        assert!((minimum.at[0] - 1.0).abs() < 1e-7, "{minimum:?}");
    }
}
