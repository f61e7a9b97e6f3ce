//! What the unifier reads: the edge's log, files and messages of other programs, and what people write.

mod cursor;
mod delimited;
mod document;
mod import;
mod json_lines;
mod mapping;
mod messages;
mod normalise;
mod propose;
mod rule;
mod scratch;
mod segment;

use crate::Target;

/// The targets.
pub const TARGETS: [Target; 11] = [
    Target::new("import-delimited", delimited::run),
    Target::new("import-document", document::run),
    Target::new("import-json-lines", json_lines::run),
    Target::new("import-mapping", mapping::run),
    Target::new("import-messages", messages::run),
    Target::new("import-propose", propose::run),
    Target::new("import-whole", import::run),
    Target::new("normalise", normalise::run),
    Target::new("pull-cursor", cursor::run),
    Target::new("pull-segment", segment::run),
    Target::new("segment-rule", rule::run),
];
