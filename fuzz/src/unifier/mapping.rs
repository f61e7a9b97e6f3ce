//! A mapping file as a person writes it: it is refused in words, or finds its columns in a header and nothing beside it.

use std::path::Path;

use unifier::ingest::mapping::Mapping;
use unifier::ingest::{Field, Layout};

use super::scratch::CONFIG;
use crate::input::Input;

/// Four names of columns, then the mapping.
pub fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let header = [(); 4].map(|()| input.text());
    let header = header.each_ref().map(String::as_str);
    match Mapping::parse(&input.text(), &CONFIG) {
        Err(defects) => assert!(!defects.is_empty() && defects.iter().all(|defect| !defect.is_empty())),
        Ok(mapping) => match mapping.resolve(Path::new("map.toml"), &header, "till") {
            Ok(layout) => inside(&mapping, &layout, &header),
            Err(fault) => assert!(!fault.to_string().is_empty()),
        },
    }
}

fn inside(mapping: &Mapping, layout: &Layout, header: &[&str]) {
    let named = |column: usize, name: &str| assert_eq!(header[column].trim(), name.trim());
    for (field, columns) in &layout.fields {
        assert_eq!(Field::from_name(field.as_str()), Some(*field));
        columns
            .iter()
            .for_each(|column| named(*column, &mapping.columns[field.as_str()]));
    }
    layout
        .identifiers
        .iter()
        .for_each(|(kind, column)| named(*column, &mapping.identifiers[kind]));
    layout
        .traits
        .iter()
        .for_each(|(name, column)| named(*column, &mapping.traits[name]));
    assert_eq!(layout.key.len(), usize::from(mapping.record_key.is_some()));
    assert_eq!(layout.consents.len(), mapping.consents.len());
    let rest = layout.date_columns().into_iter().chain(layout.amount_columns());
    rest.for_each(|column| assert!(column < header.len()));
}
