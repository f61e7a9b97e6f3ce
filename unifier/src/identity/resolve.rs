//! The deterministic layer: identifiers join records into people.
//!
//! What somebody decided comes first. Then types are processed in the order of trust. Within a person only the first values of a type count, up to its limit; then
//! each value joins those of its carriers that can be one person ([`super::contest`]). So where a link would break a limit,
//! the less trusted identifier gives way, and it is written down. Then [`probable`] joins who is alike, within the same limits.
//! Third-party records are added last and join nobody.

use rustc_hash::{FxHashMap, FxHashSet};

use super::clusters::{Clusters, Evidence};
use super::conflict::ConflictReason;
use super::constraint::Constraints;
use super::contest::{Judge, Verdict};
use super::decision::Decision;
use super::graph::{Graph, Value};
use super::limits::Limits;
use super::probable::{self, Asked, LinkModel, Linked, Mute};
use super::rule::Rules;
use crate::config;
use crate::record::Record;

/// Why two records are one person, in the graph's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    /// The position of a decision.
    Decision(usize),
    /// An identifier that both carry.
    Value(u32),
}

/// Two records of one person, and why they are, in the graph's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) first: u32,
    pub(super) other: u32,
    pub(super) basis: Basis,
}

/// What became of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Why it joined nobody, or not everybody.
    pub(super) reason: Option<ConflictReason>,
    /// Different people carry it: it is evidence only where it joined somebody.
    pub(super) contested: bool,
}

/// A night's identity in the graph's numbers.
#[derive(Debug)]
pub(super) struct Joined<'r> {
    pub(super) graph: Graph<'r>,
    pub(super) rules: Rules,
    /// By record: the smallest record of its person.
    pub(super) roots: Vec<u32>,
    pub(super) edges: Vec<Edge>,
    /// What the probabilistic layer joined, and by what.
    pub(super) linked: Linked,
    /// By value.
    pub(super) outcomes: Vec<Outcome>,
    /// The values beyond a person's limit, by the record that carries them.
    pub(super) surplus: FxHashSet<(u32, u32)>,
    /// The positions of decisions that newer ones contradict.
    pub(super) set_aside: Vec<usize>,
}

/// Joins `records` by decisions, by the identifiers they carry, and by likeness: by the `kept` model where there is one.
pub(super) fn join<'r>(
    records: &'r [Record],
    config: &config::Identity,
    decisions: &[Decision],
    kept: Option<&LinkModel>,
) -> Joined<'r> {
    let mut certain = Certain::new(records, config, decisions);
    let guests = std::mem::take(&mut certain.guests);
    let mut joining = certain.join(config);
    if let Some(cut) = config.cut() {
        joining.link_alike(records, cut, kept);
    }
    joining.add_guests(&guests);
    let Joining {
        mut clusters,
        edges,
        outcomes,
        surplus,
        linked,
        constraints,
        ..
    } = joining;
    let Certain { graph, rules, .. } = certain;
    Joined {
        roots: (0..graph.positions.len() as u32)
            .map(|record| clusters.root(record))
            .collect(),
        surplus,
        graph,
        rules,
        edges,
        linked,
        outcomes,
        set_aside: constraints.set_aside,
    }
}

/// What the deterministic layer works with.
pub(super) struct Certain<'r> {
    graph: Graph<'r>,
    rules: Rules,
    evidence: Vec<Evidence>,
    constraints: Constraints,
    /// What third-party records say. They wait outside: it must not change who is joined, but for what was decided of them.
    guests: Vec<Evidence>,
}

impl<'r> Certain<'r> {
    /// The graph of `records`, and what was decided of them.
    pub(super) fn new(records: &'r [Record], config: &config::Identity, decisions: &[Decision]) -> Self {
        let rules = Rules::for_records(records, config);
        let (graph, mut evidence) = Graph::new(records, &rules);
        let constraints = Constraints::new(records, &graph, decisions);
        for (&record, sides) in &constraints.sides {
            evidence[record as usize].sides = sides.as_slice().into();
        }
        let aside = |guest: &mut Evidence| {
            let sides = guest.sides.clone();
            std::mem::replace(
                guest,
                Evidence {
                    sides,
                    ..Evidence::default()
                },
            )
        };
        Self {
            guests: evidence[graph.first_party as usize..].iter_mut().map(aside).collect(),
            graph,
            rules,
            evidence,
            constraints,
        }
    }

    /// The first-party records for which `is_one` holds, by their numbers.
    pub(super) fn numbers(&self, records: &[Record], is_one: impl Fn(&Record) -> bool) -> Vec<u32> {
        let position = |number: u32| self.graph.positions[number as usize] as usize;
        (0..self.graph.first_party)
            .filter(|&number| is_one(&records[position(number)]))
            .collect()
    }

    /// Joins what is certain. The evidence goes into the clusters, so this is done once.
    pub(super) fn join(&mut self, config: &config::Identity) -> Joining<'_, 'r> {
        let graph = &self.graph;
        let outcome = |value: &Value| Outcome {
            reason: value.blocked,
            contested: false,
        };
        let mut joining = Joining {
            judge: Judge {
                graph,
                rules: &self.rules,
                shared_by: config.shared_by,
            },
            clusters: Clusters::new(std::mem::take(&mut self.evidence)),
            edges: Vec::new(),
            outcomes: graph.values.iter().map(outcome).collect(),
            surplus: FxHashSet::default(),
            linked: Linked::default(),
            constraints: std::mem::take(&mut self.constraints),
        };
        joining.obey();
        for kind in self.rules.ordinals() {
            joining.learn(kind);
            graph.values_of(kind).for_each(|value| joining.decide(value));
        }
        joining
    }
}

/// Records that are being joined.
pub(super) struct Joining<'a, 'r> {
    judge: Judge<'a, 'r>,
    clusters: Clusters,
    edges: Vec<Edge>,
    outcomes: Vec<Outcome>,
    surplus: FxHashSet<(u32, u32)>,
    linked: Linked,
    constraints: Constraints,
}

impl<'r> Joining<'_, 'r> {
    /// Joins what somebody decided to be one person.
    fn obey(&mut self) {
        for &(first, other, decision) in &self.constraints.joined {
            self.clusters.join(first, other);
            self.edges.push(Edge {
                first,
                other,
                basis: Basis::Decision(decision),
            });
        }
    }

    /// From here on the limit of this type counts: each cluster learns its first values, and the surplus gives way.
    fn learn(&mut self, kind: u16) {
        let graph = self.judge.graph;
        let of_kind = graph.values_of(kind);
        for record in 0..graph.first_party {
            let root = self.clusters.root(record);
            let bound = self.constraints.bound.contains(&record);
            let mut learned: Vec<u32> = Vec::new();
            let mut carried = graph.carried.get(record).iter().copied();
            while let Some(value) = carried.find(|value| of_kind.contains(value) && graph.joins(*value)) {
                let known = &self.clusters.evidence(root).values;
                if known.binary_search(&value).is_ok() {
                    continue;
                }
                // The limit of a record that a decision joins with others is for its own values.
                let mut counted = if bound {
                    learned.clone()
                } else {
                    known.iter().copied().filter(|known| of_kind.contains(known)).collect()
                };
                counted.push(value);
                if graph.keeps_limit(&counted, self.judge.rules) {
                    learned.push(value);
                    self.clusters.learn(root, value);
                } else {
                    self.surplus.insert((record, value));
                    self.outcomes[value as usize].reason = Some(ConflictReason::Limit);
                }
            }
        }
    }

    /// Joins those carriers of a value that are one person.
    fn decide(&mut self, value: u32) {
        let carriers = self.judge.graph.known_carriers(value);
        if carriers.len() < 2 || !self.judge.graph.joins(value) {
            return;
        }
        let mut holders: Vec<(u32, u32)> = Vec::with_capacity(carriers.len());
        for &record in carriers {
            if !self.surplus.contains(&(record, value)) {
                holders.push((self.clusters.root(record), record));
            }
        }
        // By cluster, each with its carriers in the order of precedence.
        holders.sort_unstable();
        let parties: Vec<&[(u32, u32)]> = holders.chunk_by(|a, b| a.0 == b.0).collect();
        if let [only] = parties[..] {
            return self.link(value, &[only]);
        }
        let evidence: Vec<&Evidence> = parties.iter().map(|party| self.clusters.evidence(party[0].0)).collect();
        let verdict = if self.is_crowd(value, &parties) {
            Verdict::nobody(ConflictReason::SharedByMany)
        } else {
            self.judge.decide(&evidence)
        };
        if let Some(reason) = verdict.reason {
            let outcome = &mut self.outcomes[value as usize];
            outcome.reason = outcome.reason.max(Some(reason));
            outcome.contested = true;
            if reason == ConflictReason::SharedByMany {
                outcome.reason = Some(reason);
                parties.iter().for_each(|party| self.clusters.forget(party[0].0, value));
            }
        }
        for group in verdict.groups {
            let group: Vec<&[(u32, u32)]> = group.into_iter().map(|party| parties[party]).collect();
            self.link(value, &group);
        }
    }

    /// Whether those carriers of a value that say nothing of their names have more of other identifiers than the allowed
    /// number of people may have.
    fn is_crowd(&self, value: u32, parties: &[&[(u32, u32)]]) -> bool {
        let Judge {
            graph,
            rules,
            shared_by,
        } = self.judge;
        if parties.len() <= shared_by {
            return false;
        }
        let of_kind = graph.values_of(graph.values[value as usize].kind);
        let nameless = |party: &&&[(u32, u32)]| self.clusters.evidence(party[0].0).names.is_empty();
        let mut others: Vec<u32> = parties
            .iter()
            .filter(nameless)
            .flat_map(|party| party.iter().flat_map(|(_, record)| graph.carried.get(*record)))
            .copied()
            .filter(|other| !of_kind.contains(other) && graph.joins(*other))
            .collect();
        others.sort_unstable();
        others.dedup();
        let kind = |value: &u32| graph.values[*value as usize].kind;
        others
            .chunk_by(|a, b| kind(a) == kind(b))
            .any(|values| values.len().div_ceil(rules.limit(kind(&values[0]))) > shared_by)
    }

    /// Joins the clusters of one person; the earliest carrier is linked to each of the others.
    fn link(&mut self, value: u32, clusters: &[&[(u32, u32)]]) {
        let mut records: Vec<u32> = clusters
            .iter()
            .flat_map(|cluster| cluster.iter().map(|(_, record)| *record))
            .collect();
        records.sort_unstable();
        let Some((&first, others)) = records.split_first() else {
            return;
        };
        for &other in others {
            self.clusters.join(first, other);
            self.edges.push(Edge {
                first,
                other,
                basis: Basis::Value(value),
            });
        }
    }

    /// Joins what the probabilistic layer holds for one person.
    fn link_alike(&mut self, records: &[Record], cut: f64, kept: Option<&LinkModel>) {
        let roots: Vec<u32> = (0..self.judge.graph.first_party)
            .map(|record| self.clusters.root(record))
            .collect();
        let apart = |a: &[u32], b: &[u32]| self.limits().are_broken_by(a, b);
        self.linked = probable::link(records, self.first_party(), &self.mute(), &roots, cut, kept, apart);
        for likeness in &self.linked.alike {
            self.clusters.join(likeness.a, likeness.b);
        }
    }

    /// What a model says of two groups of records.
    pub(super) fn weigh(&self, records: &[Record], model: &LinkModel, groups: [&[u32]; 2]) -> Option<Asked> {
        probable::ask(records, self.first_party(), &self.mute(), model, groups)
    }

    /// Whether a limit or a decision keeps two groups apart that are alike.
    pub(super) fn keeps_apart(&self, [left, right]: [&[u32]; 2]) -> bool {
        self.limits().are_broken_by(left, right)
    }

    /// The positions of the first-party records in the order of precedence.
    pub(super) fn first_party(&self) -> &[u32] {
        let graph = self.judge.graph;
        &graph.positions[..graph.first_party as usize]
    }

    fn limits(&self) -> Limits<'_, 'r> {
        Limits {
            graph: self.judge.graph,
            rules: self.judge.rules,
            surplus: &self.surplus,
            sides: &self.constraints.sides,
        }
    }

    /// The identifiers that say nothing of who is alike.
    fn mute(&self) -> Mute<'r> {
        let values = || self.judge.graph.values.iter().zip(&self.outcomes);
        let of = |(value, _): (&Value<'r>, &Outcome)| value.identifier;
        let nobodys = |(_, outcome): &(&Value, &Outcome)| outcome.reason.is_some_and(ConflictReason::joins_nobody);
        Mute {
            nobodys: values().filter(nobodys).map(of).collect(),
            contested: values().filter(|(_, outcome)| outcome.contested).map(of).collect(),
        }
    }

    /// Adds each third-party record to the one person that its most trusted identifier leads to, if it can be that person. Those
    /// that a decision made one go together, and those that it gave to a person are there already.
    fn add_guests(&mut self, guests: &[Evidence]) {
        let graph = self.judge.graph;
        let numbered = || (graph.first_party..).zip(guests);
        let mut parties: FxHashMap<u32, Evidence> = FxHashMap::default();
        for (record, guest) in numbered() {
            let party = parties.entry(self.clusters.root(record)).or_default();
            party.absorb(guest.clone());
        }
        for (record, _) in numbered() {
            let root = self.clusters.root(record);
            let Some(party) = parties.get(&root).filter(|_| root >= graph.first_party) else {
                continue;
            };
            for &value in graph.carried.get(record) {
                if let Some(host) = self.host(value, party) {
                    self.clusters.join(host, record);
                    self.edges.push(Edge {
                        first: host,
                        other: record,
                        basis: Basis::Value(value),
                    });
                    break;
                }
            }
        }
    }

    /// The earliest carrier of a value that leads to one person, and whose person a third-party record can be about.
    fn host(&mut self, value: u32, guest: &Evidence) -> Option<u32> {
        let outcome = self.outcomes[value as usize];
        if outcome.contested || !self.judge.graph.joins(value) {
            return None;
        }
        let carriers = self.judge.graph.known_carriers(value);
        let host = carriers
            .iter()
            .copied()
            .find(|&record| !self.surplus.contains(&(record, value)))?;
        let root = self.clusters.root(host);
        let verdict = self.judge.decide(&[self.clusters.evidence(root), guest]);
        verdict.reason.is_none().then_some(host)
    }
}
