//! The models of propensity on a public set of web sessions, of which some ended with a purchase (Sakar et al. 2019, "Online Shoppers
//! Purchasing Intention"), where the file is at hand: five folds beside the bars, and later months told from earlier ones, which is
//! the figure to believe.

use std::collections::BTreeSet;

use unifier::predict::calibration::Calibration;
use unifier::predict::discrimination::Placements;
use unifier::predict::logistic::logistic;
use unifier::predict::propensity::boosting::Boosting;
use unifier::predict::propensity::matrix::{Examples, Matrix};
use unifier::predict::propensity::regression::Regression;

/// The environment variable with the path of the file.
pub const FILE: &str = "FIRSTHAND_SHOPPERS";
/// Columns that are amounts, counts or rates; the rest are words.
const NUMBERS: usize = 10;
const MONTH: usize = 10;
const OUTCOME: usize = 17;
/// Months that are told from those before them.
const LATER: [&str; 3] = ["Aug", "Sep", "Oct"];

/// Prints the comparison, or how to get it.
pub fn print() {
    let Some(path) = std::env::var_os(FILE) else {
        println!("\nonline shoppers: set {FILE} to the path of the CSV file to measure propensities");
        return;
    };
    match std::fs::read_to_string(path) {
        Ok(text) => compare(&text),
        Err(error) => println!("\nonline shoppers: {FILE}: {error}"),
    }
}

fn compare(text: &str) {
    let sessions: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let sessions: Vec<Vec<&str>> = sessions.into_iter().filter(|fields| fields.len() > OUTCOME).collect();
    let examples = examples(&sessions);
    let rows = 0..sessions.len() as u32;
    let folds: Vec<Vec<u32>> = (0..5)
        .map(|fold| rows.clone().filter(|row| row % 5 == fold).collect())
        .collect();
    println!("\nonline shoppers, {} sessions\n", sessions.len());
    println!("{:<34} {:>8} {:>10} {:>8}", "", "AUC", "log-loss", "ECE");
    println!(
        "{:<34} {:>8} {:>10} {:>8}",
        "bar, five folds", ">= .930", "<= .225", "<= .010"
    );
    show("five folds", &examples, &folds);
    let later = rows
        .filter(|&row| LATER.contains(&sessions[row as usize][MONTH]))
        .collect();
    show("later months", &examples, &[later]);
}

/// Fits to all rows but those of a fold and tells these, fold by fold; figures are of all told rows together.
fn show(what: &str, examples: &Examples, folds: &[Vec<u32>]) {
    let mut chances = [Vec::new(), Vec::new(), Vec::new()];
    let mut did = Vec::new();
    for fold in folds {
        let others: Vec<u32> = (0..examples.did.len() as u32)
            .filter(|row| fold.binary_search(row).is_err())
            .collect();
        let train = examples.take(&others).drawn(usize::MAX);
        let test = examples.take(fold);
        let (sum, trees) = (Regression::fit(&train), Boosting::fit(&train));
        for row in (0..test.did.len()).map(|at| test.known.row(at)) {
            let (sum, trees) = (logistic(sum.log_odds(row)).0, logistic(trees.log_odds(row)).0);
            chances[0].push(sum);
            chances[1].push(trees);
            chances[2].push(0.5 * (sum + trees));
        }
        did.extend(test.did);
    }
    for (name, chances) in ["logistic", "boosting", "logistic+boosting"].iter().zip(&chances) {
        let told = Calibration::new(chances, &did);
        let auc = Placements::new(chances, &did).auc();
        let name = format!("{what}: {name}");
        println!(
            "{name:<34} {auc:>8.4} {:>10.4} {:>8.4}",
            told.log_loss, told.calibration_error
        );
    }
}

/// Logarithms of the numbers, and a column for each word.
fn examples(sessions: &[Vec<&str>]) -> Examples {
    let words: BTreeSet<(usize, &str)> = sessions
        .iter()
        .flat_map(|fields| (NUMBERS..OUTCOME).map(|at| (at, fields[at])))
        .collect();
    let row = |fields: &Vec<&str>| {
        let number = |at: usize| fields[at].parse::<f64>().unwrap_or(0.0).max(0.0).ln_1p() as f32;
        let word = |&(at, word): &(usize, &str)| f32::from(u8::from(fields[at] == word));
        let numbers = (0..NUMBERS).map(number);
        numbers.chain(words.iter().map(word)).collect::<Vec<f32>>()
    };
    Examples {
        known: Matrix::new(NUMBERS + words.len(), sessions.iter().flat_map(row).collect()),
        did: sessions.iter().map(|fields| fields[OUTCOME] == "TRUE").collect(),
    }
}
