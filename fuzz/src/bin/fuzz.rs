//! The engine's entry: takes the inputs that libFuzzer makes up to the target that `FUZZ_TARGET` names. One program for all
//! targets, so that there is one to link.

#![no_main]

use std::sync::LazyLock;
use std::{env, process};

use fuzz::Target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = env::var("FUZZ_TARGET").unwrap_or_default();
    fuzz::find(&name).unwrap_or_else(|| {
        let names: Vec<_> = fuzz::targets().iter().map(|target| target.name).collect();
        println!("FUZZ_TARGET names none of {}", names.join(", "));
        process::exit(2)
    })
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
