//! Audience hits: counted by day, and nothing else is done with them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::ingest::rows::Columns;
use crate::record::AudienceCount;
use crate::store::{Segment, SegmentError};

use super::{Part, midnight};

/// Hits of people, of programs, and the visitors' hashes of the day.
type Tally = (u64, u64, BTreeSet<String>);

/// Counts the hits of one day.
///
/// # Errors
/// [`SegmentError`] when a segment is damaged.
pub fn read(segments: &[&Segment]) -> Result<Part, SegmentError> {
    let mut tallies: BTreeMap<(String, String, String), Tally> = BTreeMap::new();
    let (mut day, several, mut counted) = (0, segments.len() > 1, HashSet::new());
    for segment in segments {
        day = midnight(segment.partition()).utc_day();
        for batch in segment.read(Some(&["message_id", "site", "name", "path", "visitor", "bot"]))? {
            let batch = batch?;
            let columns = Columns(&batch);
            let [sites, names, paths, visitors] = ["site", "name", "path", "visitor"].map(|name| columns.texts(name));
            let (bots, ids) = (columns.flags("bot"), columns.texts("message_id"));
            for row in 0..batch.num_rows() {
                // Several imports may have told the same hit. Its id is new for every hit, and so the same hit's is one.
                if several && !counted.insert(ids.get(row).unwrap_or_default().to_owned()) {
                    continue;
                }
                let place = [sites, names, paths].map(|column| column.get(row).unwrap_or_default().to_owned());
                let (hits, programs, seen) = tallies.entry(place.into()).or_default();
                if bots(row) {
                    *programs += 1;
                } else {
                    *hits += 1;
                    seen.extend(visitors.get(row).map(str::to_owned));
                }
            }
        }
    }
    let counts = tallies
        .into_iter()
        .map(|((site, event, path), (hits, bots, seen))| AudienceCount {
            day,
            site,
            event,
            path,
            hits,
            visitors: seen.len() as u64,
            bots,
        });
    Ok(Part {
        audience: counts.collect(),
        ..Part::default()
    })
}
