//! The formulas held against a reference of 50 digits, ours and the peer's: how many answers are not finite, and how far off the others are
//! at worst.

use unifier::predict::beta_geometric::{BetaGeometric, DropOut};
use unifier::predict::model::{Observed, PurchaseModel};
use unifier::predict::pareto_nbd::ParetoNbd;

use super::peer::Peer;

/// A reference as CSV: four parameters, x, t_x, T, t, and what the log-likelihood, P(alive), E(orders) and P(buy) are.
pub struct Reference {
    /// The model's name in reports.
    pub model: &'static str,
    /// The rows.
    pub csv: &'static str,
    make: fn([f64; 4]) -> Box<dyn PurchaseModel>,
}

/// What is in the repository.
pub const REFERENCES: [Reference; 3] = [
    Reference {
        model: "bg_nbd",
        csv: include_str!("../../tests/data/predict/goldens_bgnbd.csv"),
        make: |[r, alpha, a, b]| beta_geometric(r, alpha, a, b, DropOut::AfterRepeatPurchase),
    },
    Reference {
        model: "mbg_nbd",
        csv: include_str!("../../tests/data/predict/goldens_mbgnbd.csv"),
        make: |[r, alpha, a, b]| beta_geometric(r, alpha, a, b, DropOut::AfterAnyPurchase),
    },
    Reference {
        model: "pareto_nbd",
        csv: include_str!("../../tests/data/predict/goldens_pnbd.csv"),
        make: |[r, alpha, s, beta]| Box::new(ParetoNbd { r, alpha, s, beta }),
    },
];

fn beta_geometric(r: f64, alpha: f64, a: f64, b: f64, drop_out: DropOut) -> Box<dyn PurchaseModel> {
    Box::new(BetaGeometric {
        r,
        alpha,
        a,
        b,
        drop_out,
    })
}

/// How far answers are off.
#[derive(Default)]
struct Off {
    answers: usize,
    not_finite: usize,
    worst: f64,
}

impl Off {
    /// Notes an answer. Values below a thousandth are judged as if they were one: what matters of them is the absolute error.
    fn note(&mut self, got: f64, expected: f64) {
        self.answers += 1;
        if got.is_finite() {
            self.worst = self.worst.max((got - expected).abs() / expected.abs().max(1e-3));
        } else {
            self.not_finite += 1;
        }
    }
}

/// Prints both columns.
pub fn print(peer: &Peer) {
    println!("{:<44} {:>16} {:>14} {:>14}", "", "bar", "firsthand", "lifetimes");
    for reference in &REFERENCES {
        let rows: Vec<Vec<f64>> = reference.csv.lines().skip(1).map(numbers).collect();
        let mut all = [(); 4].map(|()| Off::default());
        for row in rows.iter().filter(|row| row.len() == 12) {
            let model = (reference.make)([row[0], row[1], row[2], row[3]]);
            let customer = Observed {
                repeats: row[4],
                last: row[5],
                age: row[6],
            };
            let got = [
                model.log_likelihood(customer),
                model.p_alive(customer),
                model.expected_orders(customer, row[7]),
                model.p_buy(customer, row[7]),
            ];
            all.iter_mut()
                .zip(got)
                .zip(&row[8..])
                .for_each(|((off, got), expected)| off.note(got, *expected));
        }
        for (name, off) in ["log_likelihood", "p_alive", "expected_orders", "p_buy"]
            .into_iter()
            .zip(&all)
        {
            let theirs = |what: &str| peer.get(&format!("golden.{}.{name}.{what}", reference.model));
            let shown = |figure: Option<f64>, how: fn(f64) -> String| figure.map_or_else(|| "-".to_owned(), how);
            println!(
                "{:<44} {:>16} {:>14} {:>14}",
                format!("{} {name}: not finite of {}", reference.model, off.answers),
                0,
                off.not_finite,
                shown(theirs("not_finite"), |count| format!("{count:.0}")),
            );
            println!(
                "{:<44} {:>16} {:>14} {:>14}",
                format!("{} {name}: largest relative error", reference.model),
                "1e-9",
                format!("{:.1e}", off.worst),
                shown(theirs("worst"), |worst| format!("{worst:.1e}")),
            );
        }
    }
}

fn numbers(line: &str) -> Vec<f64> {
    line.split(',').filter_map(|field| field.parse().ok()).collect()
}
