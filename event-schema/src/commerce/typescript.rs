//! The declarations of `collector-wasm/npm/commerce.d.ts`, which are these types in TypeScript.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use ts_rs::{Config, TS};

use super::*;

const FILE: &str = "../collector-wasm/npm/commerce.d.ts";

fn declared<T: TS>(config: &Config) -> String {
    let docs = T::docs().unwrap_or_default();
    format!("\n{docs}export {}\n", T::decl(config))
}

/// All of the file.
fn declarations() -> String {
    let config = Config::default();
    let mut text = "// Written from the types in event-schema/src/commerce by its tests: do not edit.\n".to_owned();
    let purposes = crate::wire::PURPOSES
        .map(|purpose| format!("\"{purpose}\""))
        .join(" | ");
    let _ = write!(
        text,
        "\n/** Firsthand's own purposes; a site may have more. */\nexport type Purpose = {purposes};\n"
    );
    for declaration in [
        declared::<Text>(&config),
        declared::<Amount>(&config),
        declared::<Count>(&config),
        declared::<Product>(&config),
        declared::<ProductAct>(&config),
        declared::<ProductList>(&config),
        declared::<Search>(&config),
        declared::<Promotion>(&config),
        declared::<Cart>(&config),
        declared::<CheckoutStep>(&config),
        declared::<Order>(&config),
        declared::<Coupon>(&config),
        declared::<Share>(&config),
        declared::<Review>(&config),
        declared::<Commerce>(&config),
    ] {
        text += &declaration;
    }
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

#[test]
fn the_declarations_for_typescript_are_those_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let declarations = declarations();
    if env::var_os("FIRSTHAND_WRITE_TYPES").is_some() {
        fs::write(&path, &declarations).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == declarations,
        "{FILE} is not current: FIRSTHAND_WRITE_TYPES=1 cargo test -p event-schema typescript writes it"
    );
}
