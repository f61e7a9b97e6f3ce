//! Groups of customers who are alike in when they last ordered, how often and for how much: k-means on standardised logarithms. It
//! owns how many groups there are (as many as come out again when the customers are drawn anew) and what they are called (what sets
//! them apart). It predicts nothing.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::exact;
use super::note::Note;
use super::summary::Summary;
use crate::dice::Dice;

/// Recency, frequency, money.
const FACTS: usize = 3;
/// Fewer customers than this are not grouped.
const FEWEST: usize = 100;
/// The numbers of groups that are tried.
const GROUPS: std::ops::RangeInclusive<usize> = 3..=8;
/// Groups count as stable when this adjusted Rand index is reached on average.
pub const STABLE: f64 = 0.9;
/// Customers that stability is judged on.
const SAMPLE: usize = 8_192;
/// How often the customers are drawn anew.
const DRAWS: u64 = 5;
/// Lloyd's steps at most.
const STEPS: usize = 100;
/// A centre that moves less than this, in standard deviations, has arrived.
const ARRIVED: f64 = 1e-4;
/// Sums are kept as integers of this part of a standard deviation, so that their order does not matter.
const UNIT: f64 = 1.0 / 1_048_576.0;

type Point = [f64; FACTS];

/// The groups, and who is in which.
#[derive(Debug, Clone, PartialEq)]
pub struct Clusters {
    /// The groups, the largest first.
    pub clusters: Vec<Cluster>,
    /// The mean adjusted Rand index between these groups and those of customers drawn anew: 1 is the same again, 0 is chance.
    pub stability: f64,
    /// For each customer the index of the group, until it has moved into the scores.
    pub of: Vec<u8>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// What sets it apart, the strongest first: `recent, frequent`.
    pub name: String,
    /// How many customers are in it.
    pub customers: u64,
    /// Mean days since the last order.
    pub silence_days: f64,
    /// Mean days with an order.
    pub order_days: f64,
    /// Mean of what was spent in all.
    pub spend: f64,
}

impl Clusters {
    /// Groups the customers; nothing when they are too few or all alike.
    pub fn new(customers: &[Summary]) -> Option<Self> {
        let points = standardised(customers)?;
        let sample = sample(&points);
        let tried: Vec<(f64, Vec<Point>)> = GROUPS
            .into_par_iter()
            .map(|groups| stability(&sample, groups))
            .collect();
        let stable = tried.iter().rposition(|(index, _)| *index >= STABLE);
        let most = || (0..tried.len()).reduce(|a, b| if tried[b].0 > tried[a].0 { b } else { a });
        let chosen = stable.or_else(most)?;
        let (index, start) = tried.into_iter().nth(chosen)?;
        Some(around(customers, &points, start, index))
    }

    /// Groups the customers into so many groups, whether or not they come out again; nothing when they are too few or all alike.
    pub fn of_number(customers: &[Summary], groups: usize) -> Option<Self> {
        let points = standardised(customers)?;
        let (index, start) = stability(&sample(&points), groups.clamp(1, usize::from(u8::MAX)));
        Some(around(customers, &points, start, index))
    }

    /// What has to be said when the groups do not come out again.
    pub fn remark(&self) -> Option<Note> {
        let stability = self.stability;
        (stability < STABLE).then_some(Note::UnstableGroups { stability })
    }
}

/// Customers that stability is judged on: evenly drawn of all in a fixed order.
fn sample(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.par_sort_unstable_by(|a, b| {
        a[0].total_cmp(&b[0])
            .then(a[1].total_cmp(&b[1]))
            .then(a[2].total_cmp(&b[2]))
    });
    let stride = sorted.len().div_ceil(SAMPLE);
    sorted.into_iter().step_by(stride).collect()
}

/// The groups around centres to begin with.
fn around(customers: &[Summary], points: &[Point], start: Vec<Point>, stability: f64) -> Clusters {
    let centres = lloyd(points, start);
    let of: Vec<u8> = points.par_iter().map(|point| nearest(point, &centres) as u8).collect();
    described(customers, &of, &centres, stability)
}

/// ln(1 + days since the last order), ln(days with an order), ln(1 + money), each with mean 0 and standard deviation 1.
fn standardised(customers: &[Summary]) -> Option<Vec<Point>> {
    if customers.len() < FEWEST {
        return None;
    }
    let logs = |c: &Summary| {
        [
            f64::from(c.silence()).ln_1p(),
            f64::from(c.repeats).ln_1p(),
            c.spend.ln_1p(),
        ]
    };
    let mut points: Vec<Point> = customers.par_iter().map(logs).collect();
    let mut alike = true;
    for fact in 0..FACTS {
        let column: Vec<f64> = points.iter().map(|point| point[fact]).collect();
        let mean = exact::mean(&column);
        let squares: Vec<f64> = column.iter().map(|value| (value - mean).powi(2)).collect();
        let deviation = exact::mean(&squares).sqrt();
        let scale = if deviation > 1e-9 { 1.0 / deviation } else { 0.0 };
        alike &= scale == 0.0;
        points
            .iter_mut()
            .for_each(|point| point[fact] = (point[fact] - mean) * scale);
    }
    (!alike).then_some(points)
}

/// How far groups of customers drawn anew agree with those of the sample, and the sample's centres.
fn stability(sample: &[Point], groups: usize) -> (f64, Vec<Point>) {
    let centres = lloyd(sample, spread(sample, groups, 0));
    let of = |centres: &[Point]| -> Vec<usize> { sample.iter().map(|point| nearest(point, centres)).collect() };
    let reference = of(&centres);
    let drawn = |draw: u64| {
        let mut dice = Dice(draw);
        let again: Vec<Point> = (0..sample.len()).map(|_| sample[dice.below(sample.len())]).collect();
        adjusted_rand(&reference, &of(&lloyd(&again, spread(&again, groups, draw))), groups)
    };
    let index = (1..=DRAWS).map(drawn).sum::<f64>() / DRAWS as f64;
    (index, centres)
}

/// Centres to begin with, each far from those before it (Arthur and Vassilvitskii 2007).
fn spread(points: &[Point], groups: usize, seed: u64) -> Vec<Point> {
    let mut dice = Dice(seed ^ 0x5eed);
    let mut centres = vec![points[dice.below(points.len())]];
    let mut distances: Vec<f64> = points.iter().map(|point| distance(point, &centres[0])).collect();
    while centres.len() < groups {
        let mut left = dice.uniform() * distances.iter().sum::<f64>();
        let chosen = distances.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        let centre = points[chosen.unwrap_or(points.len() - 1)];
        distances
            .iter_mut()
            .zip(points)
            .for_each(|(d, point)| *d = d.min(distance(point, &centre)));
        centres.push(centre);
    }
    centres
}

/// Moves every centre to the mean of the points it is nearest to, until none moves (Lloyd 1982). A centre without points stays.
fn lloyd(points: &[Point], mut centres: Vec<Point>) -> Vec<Point> {
    type Sums = Vec<([i64; FACTS], i64)>;
    for _ in 0..STEPS {
        let none = || -> Sums { vec![([0; FACTS], 0); centres.len()] };
        let add = |mut sums: Sums, point: &Point| {
            let (sum, count) = &mut sums[nearest(point, &centres)];
            sum.iter_mut()
                .zip(point)
                .for_each(|(sum, value)| *sum += (value / UNIT) as i64);
            *count += 1;
            sums
        };
        let merge = |mut a: Sums, b: Sums| {
            for ((sum, count), (more, many)) in a.iter_mut().zip(b) {
                sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
                *count += many;
            }
            a
        };
        let sums = points.par_iter().fold(none, add).reduce(none, merge);
        let mut moved: f64 = 0.0;
        for (centre, (sum, count)) in centres.iter_mut().zip(sums).filter(|one| one.1.1 > 0) {
            let mean: Point = std::array::from_fn(|i| sum[i] as f64 * UNIT / count as f64);
            moved = moved.max(distance(centre, &mean));
            *centre = mean;
        }
        if moved < ARRIVED * ARRIVED {
            break;
        }
    }
    centres
}

fn nearest(point: &Point, centres: &[Point]) -> usize {
    let mut best = (f64::INFINITY, 0);
    for (index, centre) in centres.iter().enumerate() {
        let distance = distance(point, centre);
        if distance < best.0 {
            best = (distance, index);
        }
    }
    best.1
}

fn distance(a: &Point, b: &Point) -> f64 {
    let [x, y, z]: Point = std::array::from_fn(|i| a[i] - b[i]);
    x * x + y * y + z * z
}

/// The adjusted Rand index of two groupings (Hubert and Arabie 1985).
fn adjusted_rand(a: &[usize], b: &[usize], groups: usize) -> f64 {
    let mut together = vec![0u64; groups * groups];
    a.iter().zip(b).for_each(|(a, b)| together[a * groups + b] += 1);
    let pairs = |count: u64| count as f64 * (count as f64 - 1.0) / 2.0;
    let rows: f64 = together.chunks(groups).map(|row| pairs(row.iter().sum())).sum();
    let columns: f64 = (0..groups)
        .map(|j| pairs((0..groups).map(|i| together[i * groups + j]).sum()))
        .sum();
    let both: f64 = together.iter().map(|&count| pairs(count)).sum();
    let expected = rows * columns / pairs(a.len() as u64).max(1.0);
    let most = 0.5 * (rows + columns);
    if most > expected {
        (both - expected) / (most - expected)
    } else {
        1.0
    }
}

/// Names and describes the groups, the largest first, and leaves out empty ones.
fn described(customers: &[Summary], of: &[u8], centres: &[Point], stability: f64) -> Clusters {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); centres.len()];
    of.iter()
        .enumerate()
        .for_each(|(person, group)| members[usize::from(*group)].push(person));
    let mut order: Vec<usize> = (0..centres.len()).filter(|group| !members[*group].is_empty()).collect();
    order.sort_by_key(|group| (std::cmp::Reverse(members[*group].len()), *group));
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut rank = vec![0u8; centres.len()];
    for (place, group) in order.into_iter().enumerate() {
        rank[group] = place as u8;
        let mean = |of: fn(&Summary) -> f64| {
            let values: Vec<f64> = members[group].iter().map(|person| of(&customers[*person])).collect();
            exact::mean(&values)
        };
        let base = name(&centres[group]);
        let same = clusters
            .iter()
            .filter(|cluster| cluster.name.split(" (").next() == Some(&base))
            .count();
        clusters.push(Cluster {
            name: if same > 0 {
                format!("{base} ({})", same + 1)
            } else {
                base
            },
            customers: members[group].len() as u64,
            silence_days: mean(|customer| f64::from(customer.silence())),
            order_days: mean(|customer| f64::from(customer.repeats) + 1.0),
            spend: mean(|customer| customer.spend),
        });
    }
    Clusters {
        clusters,
        stability,
        of: of.iter().map(|group| rank[usize::from(*group)]).collect(),
    }
}

/// What is more than half a standard deviation from the mean customer, the farthest first.
fn name(centre: &Point) -> String {
    const WORDS: [[&str; 2]; FACTS] = [
        ["recent", "long silent"],
        ["seldom", "frequent"],
        ["small spender", "big spender"],
    ];
    let mut apart: Vec<usize> = (0..FACTS).filter(|&fact| centre[fact].abs() > 0.5).collect();
    apart.sort_by(|&a, &b| centre[b].abs().total_cmp(&centre[a].abs()));
    if apart.is_empty() {
        return "ordinary".to_owned();
    }
    let words: Vec<&str> = apart
        .into_iter()
        .map(|fact| WORDS[fact][usize::from(centre[fact] > 0.0)])
        .collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three kinds of customers, a hundred each.
    fn customers() -> Vec<Summary> {
        let kind = |i: u32, silence: u32, repeats: u32, spend: f64| Summary {
            repeats,
            age: 1_000,
            last: 1_000 - silence - i % 5,
            spend: spend + f64::from(i % 7),
            ..Summary::default()
        };
        let kinds = |i| [kind(i, 3, 20, 900.0), kind(i, 500, 0, 15.0), kind(i, 40, 3, 90.0)];
        (0..100).flat_map(kinds).collect()
    }

    #[test]
    fn three_kinds_of_customers_are_found_and_named_by_what_sets_them_apart() {
        let clusters = Clusters::new(&customers()).unwrap();
        assert!(clusters.stability > 0.9, "{}", clusters.stability);
        let best = &clusters.clusters[usize::from(clusters.of[0])];
        assert!(
            best.name.contains("recent") && best.name.contains("frequent"),
            "{}",
            best.name
        );
        let gone = &clusters.clusters[usize::from(clusters.of[1])];
        assert!(
            gone.name.contains("long silent") && gone.silence_days > 400.0,
            "{gone:?}"
        );
        assert_eq!(
            clusters.clusters.iter().map(|cluster| cluster.customers).sum::<u64>(),
            300
        );
    }

    #[test]
    fn groups_that_do_not_come_out_again_are_told() {
        let stable = Clusters::new(&customers()).unwrap();
        assert_eq!(stable.remark(), None);
        let unstable = Clusters {
            stability: 0.42,
            ..stable
        };
        let told = unstable.remark().unwrap().to_string();
        assert!(told.contains("agreement 0.42"), "{told}");
    }

    #[test]
    fn the_order_of_the_customers_does_not_matter() {
        let mut customers = customers();
        let forwards = Clusters::new(&customers).unwrap();
        customers.reverse();
        let mut backwards = Clusters::new(&customers).unwrap();
        backwards.of.reverse();
        assert_eq!(backwards, forwards);
    }

    #[test]
    fn few_customers_and_equal_customers_are_not_grouped() {
        assert_eq!(Clusters::new(&customers()[..50]), None);
        assert_eq!(Clusters::new(&vec![Summary::default(); 500]), None);
    }

    #[test]
    fn the_rand_index_is_one_for_the_same_groups_under_other_names_and_near_zero_for_chance() {
        let a: Vec<usize> = (0..90).map(|i| i % 3).collect();
        let renamed: Vec<usize> = a.iter().map(|group| (group + 1) % 3).collect();
        assert!((adjusted_rand(&a, &renamed, 3) - 1.0).abs() < 1e-12);
        let other: Vec<usize> = (0..90).map(|i| i / 30).collect();
        assert!(adjusted_rand(&a, &other, 3).abs() < 0.05);
    }
}
