//! Prints how good and how fast predictions are: the CDNOW sample from its first half into its second, and fits and scores of a million
//! synthetic customers, side by side with the Python package `lifetimes` where one is at hand.
//!
//! `cargo xtask bench predict` brings the Python package along; `cargo bench -p unifier --bench predict -- [CUSTOMERS]` alone leaves its
//! column empty. CPU seconds are the whole process's, so that they can be compared on a busy machine; set `RAYON_NUM_THREADS=1` for those
//! of one thread. Where `FIRSTHAND_SHOPPERS` holds the path of the public set "Online Shoppers Purchasing Intention" as CSV, the models
//! of propensity are measured on it too.

mod accuracy;
mod customers;
mod peer;
mod shoppers;
mod speed;
mod table;

use peer::Peer;

fn main() {
    let customers = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1_000_000);
    let cdnow = customers::cdnow();
    let synthetic = customers::synthetic(customers);
    let peer = Peer::run(&cdnow, &synthetic);
    println!("CDNOW sample, 2,357 customers: fitted to 39 weeks, judged by the next 39\n");
    accuracy::print(&cdnow, &peer);
    let threads = rayon::current_num_threads();
    println!("\n{customers} synthetic customers, {threads} threads, CPU seconds\n");
    speed::print(&synthetic, &peer);
    shoppers::print();
}
