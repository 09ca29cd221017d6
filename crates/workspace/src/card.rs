//! `show`: one finding, asset or rule.

use plumb_base::{
    Coverage, Finding,
    answer::{AssetCard, ColumnCard, Excerpt, FindingCard, NoSuch, RuleCard, Shown},
};
use plumb_canon::relations;
use plumb_estate::Asset;
use plumb_ir::{Arena, RelId, Type, text::print_rel};
use plumb_rules::Rule;

use crate::{
    Workspace, detail,
    reference::{Named, find},
};

/// Most relations of a plan that is written out: one that reads itself twice at each of sixty levels has no end.
const RELATIONS: usize = 20_000;

fn written(arena: &Arena, rel: RelId) -> String {
    if relations(arena, rel) > RELATIONS {
        return format!("; it has more than {RELATIONS} relations, and is not written out");
    }
    print_rel(arena, rel)
}

pub(crate) fn show(workspace: &Workspace, reference: &str) -> Result<Shown, NoSuch> {
    Ok(match find(workspace, reference)? {
        Named::Finding(at) => Shown::Finding(Box::new(finding(workspace, &workspace.findings[at]))),
        Named::Asset(at) => Shown::Asset(Box::new(asset(workspace, at))),
        Named::Rule(it) => Shown::Rule(rule(workspace, it)),
    })
}

/// A rule, with how often it speaks here.
pub(crate) fn rule(workspace: &Workspace, rule: &Rule) -> RuleCard {
    let findings = workspace.findings.iter().filter(|finding| finding.rule == rule.code).count();
    RuleCard { findings: Some(findings), ..crate::rules::card(rule) }
}

pub(crate) fn finding(workspace: &Workspace, finding: &Finding) -> FindingCard {
    let estate = &workspace.estate;
    let subjects: Vec<&Asset> =
        finding.subjects.iter().filter_map(|subject| estate.asset(&subject.asset)).collect();
    let code = finding
        .subjects
        .iter()
        .zip(&subjects)
        .map(|(subject, asset)| excerpt(asset, &subject.place))
        .collect();
    let whole = finding.rule == "DUP001";
    let plan = subjects.last().and_then(|asset| asset.plan.as_ref()).filter(|_| whole);
    let plan = plan.map(|plan| written(&estate.arena, plan.expanded.rel));
    let steps = subjects
        .iter()
        .filter_map(|asset| {
            let plan = asset.plan.as_ref()?;
            let used = if whole { &plan.expanded.steps } else { &plan.local.steps };
            Some((
                asset.name.clone(),
                used.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect(),
            ))
        })
        .collect();
    let columns = match subjects.as_slice() {
        [copy, .., keep] if whole => columns(keep, copy),
        _ => Vec::new(),
    };
    FindingCard { finding: finding.clone(), code, plan, steps, columns, doubts: doubts(finding) }
}

/// What would change the judgement.
fn doubts(finding: &Finding) -> Vec<String> {
    let mut doubts: Vec<String> = finding
        .because
        .iter()
        .filter(|reason| reason.evidence == plumb_base::Evidence::NotChecked)
        .map(|reason| reason.message.plain("`"))
        .collect();
    doubts.push("not checked: the rows themselves, and whether both are still built".to_owned());
    doubts
}

/// Columns of the copy with the columns of the other that hold the same values.
fn columns(keep: &Asset, copy: &Asset) -> Vec<(String, String)> {
    let (Some(kept), Some(copied)) = (&keep.plan, &copy.plan) else { return Vec::new() };
    let name = |asset: &Asset, at: usize| {
        asset
            .columns
            .get(at)
            .and_then(|column| column.name.as_ref())
            .map_or_else(|| format!("column {}", at + 1), ToString::to_string)
    };
    copied
        .expanded
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, place)| {
            let twin = kept.expanded.columns.iter().position(|other| other == place)?;
            Some((name(keep, twin), name(copy, at)))
        })
        .collect()
}

/// The lines of a place, or the whole code where the place is the whole file.
fn excerpt(asset: &Asset, place: &plumb_base::Place) -> Excerpt {
    if let Some(said) = asset.code.as_ref().and_then(|code| code.said_at(place)) {
        return Excerpt { place: place.clone(), text: said.to_owned() };
    }
    let text = asset.code.as_ref().map_or("", |code| &*code.text);
    let whole = place.start.line == 1 && place.end.line == 1;
    let last = text.lines().count().max(1);
    let (first, end) =
        if whole { (1, last) } else { (place.start.line as usize, place.end.line as usize) };
    let lines: Vec<&str> = text.lines().skip(first - 1).take(end + 1 - first).collect();
    let mut place = place.clone();
    place.end.line = u32::try_from(end).unwrap_or(u32::MAX);
    Excerpt { place, text: lines.join("\n") }
}

pub(crate) fn asset(workspace: &Workspace, at: usize) -> AssetCard {
    let estate = &workspace.estate;
    let asset = &estate.assets[at];
    let keys = |list: &[usize]| list.iter().map(|at| estate.assets[*at].key.clone()).collect();
    let mut flows = estate.flows();
    let columns = asset
        .columns
        .iter()
        .filter_map(|column| {
            let name = column.name.as_ref()?.to_string();
            let from = flows
                .sources_of(at, &name)
                .into_iter()
                .filter(|source| source.flow.is_direct())
                .map(|source| {
                    (format!("{}.{}", source.table, source.column), source.flow.word().to_owned())
                })
                .collect();
            let known = column.data_type != Type::Unknown;
            let data_type = known.then(|| column.data_type.to_string());
            Some(ColumnCard { name, data_type, description: column.description.clone(), from })
        })
        .collect();
    let plan = asset.plan.as_ref();
    AssetCard {
        key: asset.key.clone(),
        kind: asset.kind.word().to_owned(),
        place: asset.place.clone(),
        materialized: asset.materialized.clone(),
        description: asset.description.clone(),
        dialect: asset.dialect.map(str::to_owned),
        owners: asset.owners.clone(),
        layer: asset.layer.clone(),
        environment: asset.environment.clone(),
        rows: asset.rows,
        bytes: asset.bytes,
        coverage: coverage(asset),
        columns,
        open: asset.open,
        reads: keys(&asset.reads),
        read_by: keys(&asset.read_by),
        part_of: asset.part_of.clone(),
        tags: asset.tags.clone(),
        runs: keys(&asset.runs),
        run_by: keys(&asset.run_by),
        facts: detail::facts(&asset.detail),
        tiles: detail::tiles(&asset.detail),
        plan: asset.rel.map(|rel| written(&estate.arena, rel)),
        normal_form: plan.map(|plan| written(&estate.arena, plan.expanded.rel)),
        steps: plan
            .map(|plan| {
                plan.expanded
                    .steps
                    .iter()
                    .map(|(name, times)| ((*name).to_owned(), *times))
                    .collect()
            })
            .unwrap_or_default(),
        fingerprint: plan.map(|plan| plan.expanded.fingerprint.to_string()),
        findings: workspace
            .findings
            .iter()
            .filter(|finding| finding.subjects.iter().any(|subject| subject.asset == asset.key))
            .cloned()
            .collect(),
        problems: asset.problems.clone(),
    }
}

pub(crate) fn coverage(asset: &Asset) -> String {
    match asset.coverage {
        None => "no code".to_owned(),
        Some(Coverage::Read) => "read".to_owned(),
        Some(Coverage::Partly) => "partly read".to_owned(),
        Some(Coverage::Opaque) => "not read".to_owned(),
        Some(Coverage::Failed) => "failed".to_owned(),
    }
}
