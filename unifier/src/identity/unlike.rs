//! What likeness says of two people who are two: asked anew of the records, by the model that the night worked by.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::decision::Decision;
use super::probable::{LinkModel, Weighed};
use super::resolve::Certain;
use crate::config;
use crate::record::{Record, RecordId};

/// Why likeness did not make one person of two.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unlike {
    /// The record of the first person that is most like one of the second.
    pub left_record: String,
    /// That record of the second.
    pub right_record: String,
    /// What speaks for and against the two records being one person's; `mean` is that of all pairs between the two people.
    #[serde(flatten)]
    pub weighed: Weighed,
    /// How many pairs of records there are between the two people.
    pub pairs: usize,
    /// The mean in bits from which the two would be one person.
    pub cut: f64,
    /// The rules that brought the two records together at all. Where none did, the pair counts as one that was not compared.
    pub compared_by: Vec<String>,
    /// Whether a limit or a decision keeps the two people apart, however alike they are.
    pub kept_apart: bool,
}

/// What likeness says of the people who have these records, in the records of today; nothing where it takes no part.
pub fn unlike(
    records: &[Record],
    config: &config::Identity,
    decisions: &[Decision],
    model: &LinkModel,
    [left, right]: [&BTreeSet<RecordId>; 2],
) -> Option<Unlike> {
    let cut = config.cut()?;
    let mut certain = Certain::new(records, config, decisions);
    let numbers = |ids: &BTreeSet<RecordId>| certain.numbers(records, |record| ids.contains(&record.id));
    let (left, right) = (numbers(left), numbers(right));
    let joining = certain.join(config);
    let asked = joining.weigh(records, model, [&left, &right])?;
    let id = |number: u32| records[joining.first_party()[number as usize] as usize].id.to_string();
    Some(Unlike {
        left_record: id(asked.a),
        right_record: id(asked.b),
        weighed: asked.why,
        pairs: left.len() * right.len(),
        cut,
        compared_by: asked.compared_by,
        kept_apart: joining.keeps_apart([&left, &right]),
    })
}

impl fmt::Display for Unlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            weighed, pairs, cut, ..
        } = self;
        write!(f, "likeness: {weighed}")?;
        let between = if *pairs == 1 {
            "pair".to_owned()
        } else {
            format!("{pairs} pairs between the two")
        };
        write!(
            f,
            "\n  the mean of the {between} is {:+.1}, and one person begins at {cut:+.1}",
            weighed.mean
        )?;
        match self.compared_by.as_slice() {
            [] => write!(f, "\n  nothing brought the two records together to be compared")?,
            rules => write!(f, "\n  they were compared for: {}", rules.join(", "))?,
        }
        if self.kept_apart {
            write!(f, "\n  a limit or a decision keeps them apart, however alike they are")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::probable::laws::{company, keyed, person};
    use super::super::sample::With;
    use super::super::{Resolution, resolve};
    use super::*;

    /// What is said of the people of two records.
    fn said(records: &[Record], [left, right]: [&str; 2]) -> Unlike {
        let config = config::Identity::default();
        let who = resolve(records, &config, &[]);
        let ids = |key: &str| -> BTreeSet<RecordId> {
            let Resolution { people, person_of, .. } = &who;
            let at = records.iter().position(|record| record.key == key).unwrap();
            people[person_of[at]].records.iter().map(|&at| records[at].id).collect()
        };
        assert_ne!(ids(left), ids(right));
        unlike(
            records,
            &config,
            &[],
            who.model.as_ref().unwrap(),
            [&ids(left), &ids(right)],
        )
        .unwrap()
    }

    #[test]
    fn of_two_people_it_says_field_by_field_what_does_not_add_up_to_one() {
        let records = company();
        let said = said(&records, ["p0", "p3"]);
        assert_eq!(said.pairs, 4);
        assert!(!said.kept_apart && said.weighed.mean < said.cut, "{said:?}");
        let fields: f64 = said.weighed.fields.iter().map(|field| field.bits).sum();
        let sum = said.weighed.prior + said.weighed.against + fields;
        assert!((sum - said.weighed.bits).abs() < 0.011, "{said:?}");
        assert!(
            said.to_string().contains("the mean of the 4 pairs between the two"),
            "{said}"
        );
    }

    #[test]
    fn people_with_two_accounts_are_kept_apart_however_alike_they_are() {
        let mut records = company();
        records.extend(["u-5304218", "u-7391546"].map(|key| keyed(person(900).with("user_id", key), key)));
        let said = said(&records, ["u-5304218", "u-7391546"]);
        assert!(said.kept_apart && said.weighed.mean > said.cut, "{said:?}");
        assert!(
            said.to_string().ends_with("keeps them apart, however alike they are"),
            "{said}"
        );
    }
}
