//! Prints how good and how fast predictions are: the CDNOW sample from its first half into its second, and fits and scores of a million
//! synthetic customers, side by side with the Python package `lifetimes` where one is at hand.
//!
//! `cargo xtask bench predict` brings the Python package along; `cargo bench -p unifier --bench predict -- [CUSTOMERS]` alone leaves its
//! column empty. `FIRSTHAND_ORDERS` may name a CSV file `id,day,amount` (days since a beginning, today is day 730), which takes the place
//! of the synthetic customers. CPU seconds are the whole process's, so that they can be compared on a busy machine; set `RAYON_NUM_THREADS=1` for those
//! of one thread. Where `FIRSTHAND_SHOPPERS` holds the path of the public set "Online Shoppers Purchasing Intention" as CSV, the models
//! of propensity are measured on it too. `FIRSTHAND_SUBSETS=1000` scores so many parts of the sample.

mod accuracy;
mod customers;
mod goldens;
mod peer;
mod shoppers;
mod speed;
mod subsets;
mod table;

use peer::Peer;

// As the program itself has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let customers = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1_000_000);
    let cdnow = customers::cdnow();
    let synthetic = match customers::from_file() {
        Some(Ok(histories)) => histories,
        Some(Err(error)) => return println!("{}: {error}", customers::FILE),
        None => customers::synthetic(customers),
    };
    let customers = synthetic.len();
    let peer = Peer::run(&cdnow, &synthetic);
    println!("Formulas against a reference of 50 digits\n");
    goldens::print(&peer);
    println!("\nCDNOW sample, 2,357 customers: fitted to 39 weeks, judged by the next 39\n");
    accuracy::print(&cdnow, &peer);
    let threads = rayon::current_num_threads();
    println!("\n{customers} customers, {threads} threads, CPU seconds\n");
    speed::print(&synthetic, &peer);
    shoppers::print();
    subsets::print(&cdnow);
}
