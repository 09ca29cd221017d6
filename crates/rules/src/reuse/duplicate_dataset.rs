//! DUP001: two assets hold the same rows.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Owner, Reason};
use plumb_canon::{Obstacle, atoms};
use plumb_estate::{Asset, AssetKind, Estate, Plan};
use plumb_ir::{Arena, Out, Rel, RelId, Scalar};

use crate::{
    Platform, Rule,
    alike::{self, Told},
    formula::inputs_of,
    listed::listed,
    proofs::Proved,
    savings::Change,
    subject,
};

pub(crate) static RULE: Rule = Rule {
    code: "DUP001",
    name: "duplicate-dataset",
    page: include_str!("duplicate_dataset.md"),
    check,
};

/// Copies that are named in a message.
const NAMED: usize = 3;

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let told = platform.copies().iter().map(|group| {
        let assets = group.clone();
        Told { assets, finding: finding(platform, group) }
    });
    let told = alike::fold_chains(platform.estate, told.collect());
    alike::fold_copies(platform.estate, told)
}

/// Assets with the same rows, copies of copies left out; the one that stays comes first.
pub(crate) fn groups(estate: &Estate, proofs: &[Proved]) -> Vec<Vec<usize>> {
    // What is built in two environments is meant to be there twice.
    let mut same: BTreeMap<Same<'_>, Vec<usize>> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        if let Some(plan) = comparable(&estate.arena, asset) {
            let key = (plan.expanded.rel, plan.worlds.as_slice(), asset.environment.as_deref());
            same.entry(key).or_default().push(at);
        }
    }
    for proof in proofs {
        join(&mut same, proof.assets);
    }
    let mut groups: Vec<Vec<usize>> = same
        .into_iter()
        .filter(|((rel, ..), members)| members.len() > 1 && atoms(&estate.arena, *rel) > 0)
        .map(|(_, members)| {
            // What reads another copy passes it on; it does not compute it again.
            let all: BTreeSet<usize> = members.iter().copied().collect();
            let first_hand = |at: &usize| !estate.depends(*at, &all);
            let mut own: Vec<usize> = members.iter().copied().filter(first_hand).collect();
            own.sort_by_key(|at| standing(&estate.assets[*at]));
            // Two scripts that create one table do not hold its rows twice.
            let mut stored = BTreeSet::new();
            own.retain(|at| stored.insert(subject::table(&estate.assets[*at])));
            own
        })
        .filter(|members| members.len() > 1 && !only_reads(estate, members))
        .collect();
    groups.sort();
    groups
}

/// What assets have in common that are built alike: the plan, what decides it, the environment.
type Same<'a> = (RelId, &'a [String], Option<&'a str>);

/// Puts the groups of two assets together.
fn join(same: &mut BTreeMap<Same<'_>, Vec<usize>>, [one, two]: [usize; 2]) {
    let of = |at: usize| same.iter().find(|(_, members)| members.contains(&at)).map(|it| *it.0);
    let (Some(first), Some(second)) = (of(one), of(two)) else { return };
    if first != second {
        let others = same.remove(&second).unwrap_or_default();
        same.entry(first).or_default().extend(others);
    }
}

/// Whether a query shows columns of a table as they are: reading is not rebuilding.
fn only_reads(estate: &Estate, members: &[usize]) -> bool {
    let mut assets = members.iter().map(|at| &estate.assets[*at]);
    let Some(plan) = &estate.assets[members[0]].plan else { return false };
    // Looking at some rows of a table, or at the values that there are, is no more.
    let looks = assets.clone().all(|asset| subject::only_looks(estate, asset));
    // Who runs a query twice in a notebook looks at what changed.
    let first = &estate.assets[members[0]];
    let notebook = first.part_of.as_ref().and_then(|key| estate.asset(key));
    let again = notebook.is_some_and(|it| it.kind == AssetKind::Notebook)
        && assets.clone().all(|it| it.kind == AssetKind::Query && it.part_of == first.part_of);
    let shows = shows(&estate.arena, plan.expanded.rel);
    looks
        || again
        || are_windows(estate, members)
        || shows && assets.any(|asset| asset.kind == AssetKind::Query)
}

/// Whether each is a view of one table under the same name, as schemas have their own: nothing is computed or stored.
fn are_windows(estate: &Estate, members: &[usize]) -> bool {
    let assets = || members.iter().map(|at| &estate.assets[*at]);
    let name = |asset: &Asset| asset.key.rsplit('.').next().map(str::to_owned);
    let names: BTreeSet<Option<String>> = assets().map(name).collect();
    let window = |asset: &Asset| {
        let plan = asset.plan.as_ref().map(|plan| plan.local.rel);
        !asset.is_stored() && plan.is_some_and(|rel| is_window(&estate.arena, rel))
    };
    names.len() == 1 && assets().all(window)
}

/// Whether a plan is columns of one table, beside constants.
fn is_window(arena: &Arena, rel: RelId) -> bool {
    let Rel::Project { from, out } = arena.get_rel(rel) else {
        return matches!(arena.get_rel(rel), Rel::Scan { .. });
    };
    let from = arena.get_from(*from);
    let [input] = from.inputs.as_slice() else { return false };
    let plain = |out: &Out| match out {
        Out::Column(scalar) => {
            let is_column = matches!(arena.get_scalar(*scalar), Scalar::Column { .. });
            let mut inputs = BTreeSet::new();
            inputs_of(arena, *scalar, &mut inputs);
            is_column || inputs.is_empty()
        }
        Out::Star { .. } => true,
    };
    let scans = matches!(arena.get_rel(*input), Rel::Scan { .. });
    scans && from.conditions().is_empty() && out.iter().all(plain)
}

/// Whether a plan is columns of one table, as they are.
fn shows(arena: &Arena, rel: RelId) -> bool {
    let Rel::Project { from, out } = arena.get_rel(rel) else {
        return matches!(arena.get_rel(rel), Rel::Scan { .. });
    };
    let [input] = arena.get_from(*from).inputs.as_slice() else { return false };
    let column = |out: &Out| match out {
        Out::Column(scalar) => matches!(arena.get_scalar(*scalar), Scalar::Column { .. }),
        Out::Star { .. } => true,
    };
    matches!(arena.get_rel(*input), Rel::Scan { .. }) && out.iter().all(column)
}

/// The plan of an asset whose rows may be compared with others'.
fn comparable<'a>(arena: &Arena, asset: &'a Asset) -> Option<&'a Plan> {
    let plan = asset.plan.as_ref().filter(|_| subject::is_compared(asset))?;
    // A table that is made without rows is a shape, and others may have it.
    let is_empty = |plan: &&Plan| matches!(arena.get_rel(plan.expanded.rel), Rel::Values { rows, .. } if rows.is_empty());
    let plan = Some(plan).filter(|plan| !is_empty(plan))?;
    (!plan.obstacles.iter().any(Obstacle::is_final)).then_some(plan)
}

/// Which copy stays: one that others can read, declared public, then more readers, tests, a description, an owner, the shorter name.
fn standing(asset: &Asset) -> impl Ord + use<> {
    (
        !asset.can_be_read(),
        !asset.public,
        usize::MAX - asset.read_by.len(),
        usize::MAX - asset.tests,
        asset.description.is_empty(),
        asset.owners.iter().all(Owner::is_guess),
        asset.key.len(),
        asset.key.clone(),
    )
}

fn finding(platform: &Platform<'_>, group: &[usize]) -> Finding {
    let estate = platform.estate;
    let keep = &estate.assets[group[0]];
    let copies: Vec<&Asset> = group[1..].iter().map(|at| &estate.assets[*at]).collect();
    // What nobody can read is held nowhere.
    let (verb, too) = match (keep.can_be_read(), copies.len()) {
        (true, 1) => (" rebuilds what ", " already holds"),
        (true, _) => (" rebuild what ", " already holds"),
        (false, 1) => (" computes what ", " computes, too"),
        (false, _) => (" compute what ", " computes, too"),
    };
    let message = match copies.as_slice() {
        [copy] => {
            let [copy, keep] = alike::names(estate, copy, keep);
            let mut message = copy.then(verb);
            message.0.extend(keep.0);
            message.then(too)
        }
        copies if copies.iter().all(|copy| copy.name == keep.name) => Message::name(&keep.name)
            .then(" is computed in ")
            .then_count(group.len())
            .then(" places"),
        copies => {
            let names: Vec<&str> = copies.iter().map(|copy| copy.name.as_str()).collect();
            listed(&names, NAMED).then(verb).then_name(&keep.name).then(too)
        }
    };
    let all: Vec<&Asset> = group.iter().map(|at| &estate.assets[*at]).collect();
    let keys: Vec<&str> = all.iter().map(|asset| asset.key.as_str()).collect();
    let plan = keep.plan.as_ref().map(|plan| plan.expanded.fingerprint);
    let work = keep.plan.as_ref().map_or(1, |plan| weight(estate, keep.kind, plan));
    Finding {
        id: Finding::id_of(RULE.code, &keys, plan),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects: group[1..]
            .iter()
            .chain(&group[..1])
            .map(|at| subject::whole(estate, *at))
            .collect(),
        evidence: evidence(platform, group),
        because: because(platform, group),
        weight: work * copies.len() as u64,
        saving: platform.saving(&Change::Copies(group.to_vec())),
        owners: subject::owners(estate, group),
        action: None,
        example: None,
        instead: None,
    }
}

/// Proved, unless it rests on something that code alone does not tell.
fn evidence(platform: &Platform<'_>, group: &[usize]) -> Evidence {
    let asset = &platform.estate.assets[group[0]];
    let doubts = asset.plan.as_ref().is_some_and(|plan| !plan.obstacles.is_empty());
    if doubts || proofs(platform, group).any(|proof| !proof.assumptions.is_empty()) {
        Evidence::Observed
    } else {
        Evidence::Proved
    }
}

/// Proofs that assets of a group hold the same rows.
fn proofs<'a>(
    platform: &'a Platform<'_>,
    group: &'a [usize],
) -> impl Iterator<Item = &'a Proved> + 'a {
    platform.proofs().iter().filter(|proof| proof.assets.iter().all(|at| group.contains(at)))
}

/// Size of the work that is done again: everything that is read, and ten times that where it is stored.
fn weight(estate: &Estate, kind: AssetKind, plan: &Plan) -> u64 {
    let size = plumb_canon::size(&estate.arena, plan.expanded.rel) as u64;
    size.max(1) * if kind == AssetKind::Query { 1 } else { 10 }
}

fn because(platform: &Platform<'_>, group: &[usize]) -> Vec<Reason> {
    let estate = platform.estate;
    let Some(plan) = &estate.assets[group[0]].plan else { return Vec::new() };
    let tables = estate.tables(plan.expanded.rel).len();
    let columns = plan.expanded.columns.len();
    let steps = proofs(platform, group).map(|proof| proof.steps).max();
    let how = match steps {
        None => Message::text("one normal form: "),
        Some(steps) => Message::text("the same rows, shown in ")
            .then_count(steps)
            .then(if steps == 1 { " step: " } else { " steps: " }),
    };
    let mut reasons = vec![Reason {
        evidence: evidence(platform, group),
        message: how
            .then_count(tables)
            .then(if tables == 1 { " table, " } else { " tables, " })
            .then_count(columns)
            .then(if columns == 1 { " column" } else { " columns" }),
    }];
    if group.iter().any(|at| estate.assets[*at].open) {
        reasons.push(Reason {
            evidence: Evidence::Proved,
            message: Message::text("columns passed on by `*` are the same, whichever they are"),
        });
    }
    reasons.extend(
        plan.obstacles.iter().map(|obstacle| Reason {
            evidence: Evidence::NotChecked,
            message: assumption(obstacle),
        }),
    );
    for message in proofs(platform, group).flat_map(|proof| &proof.assumptions) {
        let reason = Reason { evidence: Evidence::NotChecked, message: message.clone() };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// What equality rests on, in words.
pub(crate) fn assumption(obstacle: &Obstacle) -> Message {
    let text = Message::text;
    match obstacle {
        Obstacle::UnknownFunction(name) => {
            text("assumes that ").then_name(name).then(" depends on nothing but its arguments")
        }
        Obstacle::TemplateValue(key) => text("assumes that ").then_name(key).then(" has one value"),
        Obstacle::Ties(name) => text("assumes that no rows tie in ").then_name(name),
        Obstacle::Moment(name) => {
            text("assumes that both run when ").then_name(name).then(" is the same")
        }
        Obstacle::Volatile(name) => {
            text("cannot hold: ").then_name(name).then(" differs at each call")
        }
        Obstacle::Limit => text("cannot hold: a limit picks rows that no order determines"),
    }
}
