//! What several models compute each for itself becomes a model that they read.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Action, Finding, Message, Name};
use plumb_canon::Subplan;
use plumb_estate::{Asset, AssetKind, Estate};
use plumb_ir::{Arena, Copier, Field, FromId, Out, Rel, RelId, Scalar, ScalarId, Symbol};
use plumb_syntax::sql::Dialect;
use plumb_unparse::{Wanted, checked};

/// Tables that name a model.
const NAMED: usize = 3;

/// A model of its own, with what those who share the work need of it.
pub(crate) fn action(estate: &Estate, finding: &Finding) -> Option<Action> {
    let assets: Vec<&Asset> =
        finding.subjects.iter().filter_map(|it| estate.asset(&it.asset)).collect();
    let (part, patch) = (part(&assets, finding)?, patch(estate, finding, &assets));
    let (path, text) = patch?;
    let message = Message::text("compute it once, in a model of its own, and read that");
    let mut because = Vec::new();
    if matches!(part.shape, plumb_canon::Shape::Join) {
        because.push(Message::text("its columns are those that the models read of these tables"));
    }
    Some(Action { message, because, patch: Some((path, text)) })
}

/// What the finding speaks of.
fn part<'a>(assets: &[&'a Asset], finding: &Finding) -> Option<&'a Subplan> {
    let keys: Vec<&str> = assets.iter().map(|asset| asset.key.as_str()).collect();
    let plan = assets.first()?.plan.as_ref()?;
    plan.parts
        .iter()
        .find(|part| Finding::id_of(&finding.rule, &keys, Some(part.digest)) == finding.id)
}

/// The file of the model, where all are models of one project.
fn patch(estate: &Estate, finding: &Finding, assets: &[&Asset]) -> Option<(String, String)> {
    let first = assets.first()?;
    let dbt = |asset: &&&Asset| asset.kind == AssetKind::Model && asset.project == first.project;
    if !assets.iter().all(|asset| dbt(&asset)) {
        return None;
    }
    let part = part(assets, finding)?;
    let dialect = first.dialect.and_then(Dialect::named)?;
    let mut arena = Arena::new();
    let mut copier = Copier::new(&estate.arena);
    let rel = copier.rel(&mut arena, part.rel);
    let mut plans = Vec::new();
    for asset in assets {
        plans.push(copier.rel(&mut arena, asset.plan.as_ref()?.local.rel));
    }
    let (rel, names) = shared(&mut arena, rel, &plans)?;
    let columns: Vec<(Field, Option<Name>)> =
        (0..).zip(names).map(|(at, name)| (Field::At(at), name.map(Name::new))).collect();
    let wanted = Wanted { rel, columns: &columns, open: false };
    let text = checked(&mut arena, wanted, dialect, &|key| told(estate, key)).ok()?;
    Some((path(estate, part, first)?, text + "\n"))
}

/// How a model of the same project names what it reads.
fn told(estate: &Estate, key: &str) -> Option<String> {
    let asset = estate.asset(key)?;
    let node = matches!(asset.kind, AssetKind::Model | AssetKind::Seed | AssetKind::Snapshot);
    node.then(|| format!("{{{{ ref('{}') }}}}", asset.name))
}

/// A path beside the first of the models that nothing has.
fn path(estate: &Estate, part: &Subplan, first: &Asset) -> Option<String> {
    let place = first.place.as_ref()?.path.as_str();
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    let short = |table: &String| {
        estate.asset(table).map_or_else(|| table.clone(), |asset| asset.name.clone())
    };
    let plain = |name: String| {
        let letter = |it: char| if it.is_ascii_alphanumeric() { it } else { '_' };
        name.chars().map(letter).collect::<String>()
    };
    let tables: Vec<String> = part.tables.iter().take(NAMED).map(short).map(plain).collect();
    let name = format!("int_{}", tables.join("_"));
    let known = |path: &String| {
        estate.assets.iter().any(|it| it.place.as_ref().is_some_and(|it| it.path == *path))
    };
    let ways = (1..).map(|at: u32| match at {
        1 => format!("{folder}/{name}.sql"),
        at => format!("{folder}/{name}_{at}.sql"),
    });
    let mut ways = ways.map(|way| way.trim_start_matches('/').to_owned());
    ways.find(|way| !known(way))
}

/// The part with outputs, and what they are called.
fn shared(arena: &mut Arena, rel: RelId, plans: &[RelId]) -> Option<(RelId, Vec<Option<String>>)> {
    let mut uses = Uses::default();
    for plan in plans {
        uses.rel(arena, *plan);
    }
    match arena.get_rel(rel).clone() {
        Rel::Project { from, out } if out.is_empty() => {
            let inputs = arena.get_from(from).inputs.clone();
            let mut wanted: Vec<(u32, Symbol, String)> = Vec::new();
            for (at, input) in (0..).zip(inputs) {
                // Of what is grouped or joined below, nobody has said what it is called.
                let Rel::Scan { table } = arena.get_rel(input) else { return None };
                let mut used: Vec<Symbol> =
                    uses.columns.get(table).into_iter().flatten().copied().collect();
                used.sort_by(|one, two| arena.name(*one).cmp(arena.name(*two)));
                let table = arena.name(*table).rsplit('.').next().unwrap_or_default().to_owned();
                wanted.extend(used.into_iter().map(|column| (at, column, table.clone())));
            }
            if wanted.is_empty() {
                return None;
            }
            let mut names: Vec<Option<String>> = Vec::new();
            for (_, column, table) in &wanted {
                let name = arena.name(*column).to_owned();
                let twice = wanted.iter().filter(|(_, other, _)| other == column).count() > 1;
                names.push(Some(if twice { format!("{table}_{name}") } else { name }));
            }
            let alone = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
            let out = wanted
                .iter()
                .map(|(at, column, _)| Out::Column(arena.column(*at, Field::Named(*column))))
                .collect();
            alone.then(|| (arena.rel(Rel::Project { from, out }), names))
        }
        Rel::Aggregate { from, keys, calls, scalar } if calls.is_empty() => {
            let calls: Vec<ScalarId> = uses
                .groupings
                .iter()
                .filter(|(other, by, _)| *other == from && same(by, &keys))
                .flat_map(|(.., calls)| calls.iter().copied())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            let names = keys.iter().chain(&calls).map(|id| name_of(arena, *id)).collect();
            let rel = Rel::Aggregate { from, keys, calls: calls.clone(), scalar };
            (!calls.is_empty()).then(|| (arena.rel(rel), distinct(names)))
        }
        _ => None,
    }
}

fn same(one: &[ScalarId], two: &[ScalarId]) -> bool {
    one.len() == two.len() && one.iter().all(|id| two.contains(id))
}

/// What an output of a grouping may be called.
fn name_of(arena: &Arena, id: ScalarId) -> String {
    match arena.get_scalar(id) {
        Scalar::Column { field: Field::Named(name), .. } => arena.name(*name).to_owned(),
        Scalar::Aggregate { function, args, .. } => {
            let function = arena.name(*function).replace('-', "_");
            let of = args.first().map(|arg| name_of(arena, *arg)).filter(|of| !of.is_empty());
            of.map_or_else(|| format!("{function}_rows"), |of| format!("{function}_{of}"))
        }
        other => other.children().last().map_or_else(String::new, |child| name_of(arena, *child)),
    }
}

/// Names of which no two are alike.
fn distinct(names: Vec<String>) -> Vec<Option<String>> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut all = Vec::new();
    for name in names {
        let name = if name.is_empty() { "value".to_owned() } else { name };
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        all.push(Some(if *count == 1 { name } else { format!("{name}_{count}") }));
    }
    all
}

/// What plans read of tables, and what they measure of groups.
#[derive(Default)]
struct Uses {
    columns: BTreeMap<Symbol, BTreeSet<Symbol>>,
    groupings: Vec<(FromId, Vec<ScalarId>, Vec<ScalarId>)>,
    scopes: Vec<Vec<RelId>>,
}

impl Uses {
    fn rel(&mut self, arena: &Arena, id: RelId) {
        let rel = arena.get_rel(id);
        if let Rel::Aggregate { from, keys, calls, .. } = rel {
            self.groupings.push((*from, keys.clone(), calls.clone()));
        }
        let Some(from) = rel.from().map(|from| arena.get_from(from)) else {
            let inputs = rel.inputs();
            // What a cut or rows written out look at stands in a scope of its own.
            for input in &inputs {
                self.rel(arena, *input);
            }
            self.scopes.push(inputs.into_vec());
            rel.scalars().iter().for_each(|scalar| self.scalar(arena, *scalar));
            self.scopes.pop();
            return;
        };
        self.scopes.push(from.inputs.clone());
        from.inputs.iter().for_each(|input| self.rel(arena, *input));
        let all = from.conditions().into_iter().chain(rel.scalars());
        all.for_each(|scalar| self.scalar(arena, scalar));
        self.scopes.pop();
    }

    fn scalar(&mut self, arena: &Arena, id: ScalarId) {
        let scalar = arena.get_scalar(id);
        if let Scalar::Column { depth, input, field: Field::Named(name) } = scalar {
            let scope = self.scopes.len().checked_sub(1 + *depth as usize);
            let input = scope.and_then(|at| self.scopes[at].get(*input as usize));
            if let Some(Rel::Scan { table }) = input.map(|input| arena.get_rel(*input)) {
                self.columns.entry(*table).or_default().insert(*name);
            }
        }
        scalar.children().iter().for_each(|child| self.scalar(arena, *child));
        if let Some(rel) = scalar.subquery() {
            self.rel(arena, rel);
        }
    }
}
