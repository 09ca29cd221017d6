//! LYR001: gold data and dashboards read raw tables, past the layers between.

use std::collections::BTreeSet;

use plumb_base::{Evidence, Finding, Message, Reason};
use plumb_estate::{Asset, AssetKind, Estate};
use plumb_ir::{Arena, Literal, Rel, RelId, Scalar, ScalarId};

use crate::{Platform, Rule, subject};

pub(crate) static RULE: Rule =
    Rule { code: "LYR001", name: "raw-reads", page: include_str!("raw_reads.md"), check };

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let estate = platform.estate;
    (0..estate.assets.len()).filter_map(|raw| finding(platform, raw)).collect()
}

/// Whether rows arrive here as they were sent.
fn is_raw(estate: &Estate, at: usize) -> bool {
    let asset = &estate.assets[at];
    let said = asset.layer.as_deref().is_some_and(|layer| matches!(layer, "bronze" | "raw"));
    // A table that nobody declares may be anything.
    said || asset.kind == AssetKind::Source && asset.place.is_some() && asset.layer.is_none()
}

/// Whether people look at it: the last layer, or a query of a dashboard.
fn is_shown(estate: &Estate, at: usize) -> bool {
    let asset = &estate.assets[at];
    let board = || {
        let whole = asset.part_of.as_ref().and_then(|key| estate.asset(key));
        whole.is_some_and(|whole| whole.kind == AssetKind::Dashboard)
    };
    asset.layer.as_deref() == Some("gold") || asset.kind == AssetKind::Query && board()
}

fn finding(platform: &Platform<'_>, raw: usize) -> Option<Finding> {
    let estate = platform.estate;
    if !is_raw(estate, raw) {
        return None;
    }
    let table = &estate.assets[raw];
    let (shown, others): (Vec<usize>, Vec<usize>) =
        table.read_by.iter().copied().partition(|at| is_shown(estate, *at));
    if shown.is_empty() {
        return None;
    }
    // Who cleans it for everybody: reads nothing else, and is read by others.
    let cleaned: Vec<usize> = others
        .into_iter()
        .filter(|at| {
            let asset = &estate.assets[*at];
            let cleans = asset.computes_rows() && asset.reads == [raw] && cleans(estate, asset);
            // Streams take in their own table by another name.
            *at != raw && cleans && !asset.read_by.is_empty()
        })
        .collect();
    let declared = table.layer.is_some();
    if cleaned.is_empty() && !declared {
        return None;
    }
    // A table may be called alike in each layer.
    let told: Vec<usize> = [shown[0], raw].into_iter().chain(cleaned.first().copied()).collect();
    let short = |at: &usize| estate.assets[*at].name.rsplit('.').next();
    let alike = told.iter().map(short).collect::<BTreeSet<_>>().len() < told.len();
    let name = |at: usize| {
        let asset = &estate.assets[at];
        if alike { &asset.key } else { &asset.name }
    };
    let mut message = Message::name(name(shown[0]));
    let readers: BTreeSet<&str> = shown.iter().map(|at| estate.assets[*at].relation()).collect();
    if readers.len() > 1 {
        message = message.then(" and ").then_count(readers.len() - 1).then(" more");
    }
    message = message.then(if readers.len() == 1 { " reads " } else { " read " });
    message = message.then_name(name(raw)).then(" directly");
    if let Some(past) = cleaned.first() {
        message = message.then(", past ").then_name(name(*past));
    }
    let mut keys: Vec<&str> = shown.iter().map(|at| estate.assets[*at].key.as_str()).collect();
    keys.push(&table.key);
    let named = [table.key.clone()];
    let people: BTreeSet<usize> = shown.iter().chain(&cleaned).copied().collect();
    let people: Vec<usize> = people.into_iter().collect();
    Some(Finding {
        id: Finding::id_of(RULE.code, &keys, None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects: shown.iter().map(|at| subject::part(estate, *at, &named)).collect(),
        evidence: Evidence::Proved,
        because: because(estate, raw, &cleaned),
        weight: shown.len() as u64 * 4,
        saving: platform.cost(shown.iter().copied()),
        owners: subject::owners(estate, &people),
        action: None,
        example: None,
        instead: None,
    })
}

/// Whether an asset stands for the table that it reads: its layer says so, or it hands on its rows. What takes some of
/// them, or counts them, is an answer to a question of its own.
fn cleans(estate: &Estate, asset: &Asset) -> bool {
    let plan = asset.plan.as_ref();
    asset.layer.as_deref() == Some("silver")
        || plan.is_some_and(|plan| hands_on(&estate.arena, plan.local.rel))
}

fn hands_on(arena: &Arena, rel: RelId) -> bool {
    match arena.get_rel(rel) {
        Rel::Scan { .. } => true,
        Rel::Distinct { input } => hands_on(arena, *input),
        Rel::Project { from, .. } => {
            let from = arena.get_from(*from);
            let all = !from.conditions().iter().any(|condition| is_choice(arena, *condition));
            all && matches!(from.inputs.as_slice(), [only] if hands_on(arena, *only))
        }
        _ => false,
    }
}

/// Whether a condition takes rows of one kind: by a text or a number that it names. Ranges are no kinds, and neither
/// are flags, nor the latest rows by `row_number() = 1`.
fn is_choice(arena: &Arena, condition: ScalarId) -> bool {
    match arena.get_scalar(condition) {
        Scalar::Literal(literal) => {
            !matches!(literal, Literal::Null | Literal::Bool(_) | Literal::Integer(0 | 1))
        }
        Scalar::Call { function, .. } if ["lt", "le"].contains(&arena.name(*function)) => false,
        other => other.children().iter().any(|part| is_choice(arena, *part)),
    }
}

fn because(estate: &Estate, raw: usize, cleaned: &[usize]) -> Vec<Reason> {
    let table = &estate.assets[raw];
    let why = match &table.layer {
        Some(layer) => Message::name(&table.name).then(" is in the layer ").then_name(layer),
        None => Message::name(&table.name).then(" is declared as a source"),
    };
    let mut reasons = vec![Reason { evidence: Evidence::Proved, message: why }];
    for at in cleaned.iter().take(3) {
        let asset = &estate.assets[*at];
        let message = Message::name(&asset.name)
            .then(" reads nothing else, and is read in ")
            .then_count(asset.read_by.len())
            .then(if asset.read_by.len() == 1 { " place" } else { " places" });
        reasons.push(Reason { evidence: Evidence::Proved, message });
    }
    reasons
}
