//! `prove`: whether two queries give the same rows.

use std::collections::{BTreeMap, VecDeque};

use plumb_base::{
    Name, Place, Problem, Severity, Source,
    answer::{Compared, Judged, NoSuch, Paired, Proved, Replayed},
};
use plumb_canon::Canonical;
use plumb_estate::{Estate, Plan, Written};
use plumb_eval::{inserts, shown};
use plumb_ir::{Field, RelId};
use plumb_prove::{Effort, Verdict, compare};
use plumb_rules::rests_on;

use crate::{Workspace, broken::broken, exists, reference};

/// One of two queries that are compared.
#[derive(Debug, Clone)]
pub enum Side {
    /// SQL: of a file, or typed.
    Sql(Source),
    /// What people call an asset.
    Asset(String),
}

/// A query with its plan.
struct Query {
    name: String,
    place: Option<Place>,
    columns: Vec<Option<Name>>,
    /// Where each output stands in the plan.
    outputs: Vec<u32>,
    written: Option<Written>,
    plan: Plan,
}

pub(crate) fn prove(
    workspace: &mut Workspace,
    sides: [&Side; 2],
    dialect: Option<&str>,
) -> Result<Proved, NoSuch> {
    let mut problems = Vec::new();
    let mut found = Vec::new();
    let second = second(sides);
    for side in [sides[0], second.as_ref().unwrap_or(sides[1])] {
        found.push(query(workspace, side, dialect, &mut problems)?);
    }
    problems.retain(|problem: &Problem| problem.severity != Severity::Note);
    let (Some(right), Some(left)) = (found.pop().flatten(), found.pop().flatten()) else {
        let obstacle = Some("one of them holds no query that is understood".to_owned());
        return Ok(Proved { obstacle, problems, ..Proved::default() });
    };
    Ok(Proved { problems, ..compared(&mut workspace.estate, &left, &right) })
}

/// The second query by another name, where both are typed: what is not known in the one is not what is not known in
/// the other.
fn second(sides: [&Side; 2]) -> Option<Side> {
    let [Side::Sql(one), Side::Sql(two)] = sides else { return None };
    let path = format!("{} (second)", two.path);
    (one.path == two.path && one.text != two.text)
        .then(|| Side::Sql(Source { path, ..two.clone() }))
}

fn query(
    workspace: &mut Workspace,
    side: &Side,
    dialect: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Result<Option<Query>, NoSuch> {
    let sql = match side {
        Side::Asset(name) => {
            let such = || reference::missing(workspace, name);
            let at = reference::asset(workspace, name).ok_or_else(such)?;
            return Ok(of_asset(&workspace.estate, at));
        }
        Side::Sql(sql) => sql,
    };
    let estate = &mut workspace.estate;
    let (mut queries, mut troubles, _) = exists::of_file(estate, sql);
    if queries.is_empty() {
        let question = estate.ask(sql, dialect);
        troubles = question.problems;
        queries =
            question.queries.into_iter().map(|asked| exists::of_asked(estate, asked)).collect();
    }
    problems.append(&mut troubles);
    // The last statement of a script is the one that shows something.
    Ok(queries.pop().map(|query| Query {
        name: sql.path.clone(),
        place: query.place.clone(),
        columns: query.columns.clone(),
        outputs: query.plan.expanded.columns.clone(),
        written: query.written,
        plan: query.plan,
    }))
}

fn of_asset(estate: &Estate, at: usize) -> Option<Query> {
    let asset = &estate.assets[at];
    let plan = asset.plan.clone()?;
    Some(Query {
        name: asset.key.clone(),
        place: asset.place.clone(),
        columns: asset.columns.iter().map(|column| column.name.clone()).collect(),
        outputs: plan.expanded.columns.clone(),
        written: estate.written(at),
        plan,
    })
}

fn compared(estate: &mut Estate, left: &Query, right: &Query) -> Proved {
    let (paired, pairs) = pairs(left, right);
    let side = |query: &Query, used: &[usize]| Compared {
        name: query.name.clone(),
        place: query.place.clone(),
        only: only(query, used),
        rows: Vec::new(),
    };
    let (one, two): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
    let mut answer = Proved {
        left: side(left, &one),
        right: side(right, &two),
        paired,
        columns: one.iter().map(|at| named(left, *at)).collect(),
        ..Proved::default()
    };
    if pairs.is_empty() {
        answer.obstacle = Some("they have no column in common".to_owned());
        return answer;
    }
    if let Some(world) = left.plan.worlds.first().or(right.plan.worlds.first()) {
        answer.obstacle =
            Some(format!("`{world}`, which is not known, decides what its template gives"));
        return answer;
    }
    let sides = [(left, one), (right, two)];
    // The platform keeps no steps of its reading that a checker could replay.
    let mut written = |(query, places): &(&Query, Vec<usize>)| as_written(estate, query, places);
    if let [Some(one), Some(two)] = sides.each_ref().map(&mut written)
        && let found = verdict(estate, [&one, &two])
        && let found @ (Verdict::Equal { .. } | Verdict::Different(_)) =
            kept(estate, [left, right], found)
    {
        return judged(answer, found, Vec::new());
    }
    // What is promised of the models that both read may be what makes them the same.
    let forms = [(|plan| &plan.local) as fn(&Plan) -> &Canonical, |plan| &plan.expanded];
    let mut found = Verdict::Unknown { obstacle: String::new() };
    let mut steps = Vec::new();
    for form in forms {
        let [one, two] = sides.each_ref().map(|(query, places)| as_read(form(&query.plan), places));
        found = verdict(estate, [&one, &two]);
        steps = [left, right].iter().flat_map(|it| &form(&it.plan).steps).copied().collect();
        if matches!(found, Verdict::Equal { .. }) {
            break;
        }
    }
    judged(answer, kept(estate, [left, right], found), steps)
}

/// A verdict that rows give only if they keep what is promised of the models that the queries stand on.
fn kept(estate: &mut Estate, queries: [&Query; 2], verdict: Verdict) -> Verdict {
    let Verdict::Different(found) = &verdict else { return verdict };
    let reads = queries.into_iter().flat_map(|it| &it.written).flat_map(|it| &it.reads);
    match broken(estate, reads.map(String::as_str), &found.database) {
        Some(promise) => {
            let obstacle = format!("rows tell them apart, but break a promise: {promise}");
            Verdict::Unknown { obstacle }
        }
        None => verdict,
    }
}

/// A plan and the outputs that are compared.
type Outputs = (RelId, Vec<u32>);

/// A query as it is written, if its columns have places.
fn as_written(estate: &mut Estate, query: &Query, places: &[usize]) -> Option<Outputs> {
    let written = query.written.as_ref()?;
    let place = |at: &usize| match written.fields.get(*at) {
        Some(Field::At(at)) => Some(*at),
        _ => None,
    };
    let outputs = places.iter().map(place).collect::<Option<_>>()?;
    Some((estate.written_out(written), outputs))
}

/// A query as it was brought to a normal form when the platform was read.
fn as_read(form: &Canonical, places: &[usize]) -> Outputs {
    let outputs = places.iter().filter_map(|at| form.columns.get(*at).copied());
    (form.rel, outputs.collect())
}

fn verdict(estate: &mut Estate, sides: [&Outputs; 2]) -> Verdict {
    let tables = sides.iter().flat_map(|(rel, _)| estate.tables(*rel)).collect();
    let facts = estate.facts_of(&tables);
    let [left, right] = sides.map(|(rel, outputs)| plumb_prove::Plan { rel: *rel, outputs });
    compare(&mut estate.arena, &facts, left, right, Effort::default())
}

fn judged(mut answer: Proved, verdict: Verdict, steps: Vec<(&'static str, usize)>) -> Proved {
    let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
    match verdict {
        Verdict::Equal { assumptions, proof } => {
            answer.judged = Judged::Same;
            answer.assumptions = assumptions.iter().map(rests_on).collect();
            let read: usize = steps.iter().map(|(_, times)| times).sum();
            let proof_steps = proof.left.into_iter().chain(proof.right).chain(proof.sums);
            let rules = steps.into_iter().chain(proof_steps);
            for (name, times) in rules {
                match answer.rules.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => *known += times,
                    None => answer.rules.push((name.to_owned(), times)),
                }
            }
            answer.rules.sort();
            answer.trials = proof.trials as usize;
            answer.replayed = replayed(&proof.replayed.unwrap_or_default(), read);
        }
        Verdict::Different(found) => {
            answer.judged = Judged::Different;
            answer.database = lines(inserts(&found.database));
            answer.left.rows = lines(shown(&found.left));
            answer.right.rows = lines(shown(&found.right));
        }
        Verdict::Unknown { obstacle } => answer.obstacle = Some(obstacle),
    }
    answer
}

/// How much the checker replayed. What became of the queries when the platform was read is known by its rules only.
fn replayed(proof: &plumb_prove::Replayed, read: usize) -> Replayed {
    let missed = proof.missed.iter().map(|(rule, times)| ((*rule).to_owned(), *times));
    let mut missed: Vec<(String, usize)> = missed.collect();
    if read > 0 {
        missed.push(("reading".to_owned(), read));
    }
    Replayed { steps: proof.steps, of: proof.of + read, missed }
}

/// Columns of one name; where names tell nothing, columns that are one in both plans, or else those of one place.
fn pairs(left: &Query, right: &Query) -> (Paired, Vec<(usize, usize)>) {
    let by_name = by_name(&left.columns, &right.columns);
    let (one, two) = (left.outputs.len(), right.outputs.len());
    // Names that tell of some columns only are less than what a plan tells of all.
    if by_name.len() < one.min(two) && left.plan.expanded.rel == right.plan.expanded.rel {
        return (Paired::ByPlan, by_plan(&left.outputs, &right.outputs));
    }
    if by_name.is_empty() && one == two {
        return (Paired::ByPlace, (0..one).map(|at| (at, at)).collect());
    }
    (Paired::ByName, by_name)
}

/// Columns of one name, each used once: of several that share it, the first is the first of the other side.
fn by_name(left: &[Option<Name>], right: &[Option<Name>]) -> Vec<(usize, usize)> {
    let mut free: BTreeMap<&Name, VecDeque<usize>> = BTreeMap::new();
    for (at, name) in right.iter().enumerate() {
        if let Some(name) = name {
            free.entry(name).or_default().push_back(at);
        }
    }
    let twin = |name: &Option<Name>| free.get_mut(name.as_ref()?)?.pop_front();
    let twins: Vec<Option<usize>> = left.iter().map(twin).collect();
    twins.into_iter().enumerate().filter_map(|(at, twin)| Some((at, twin?))).collect()
}

/// Columns that stand in one place of one plan, each used once.
fn by_plan(left: &[u32], right: &[u32]) -> Vec<(usize, usize)> {
    let mut used = Vec::new();
    let mut pairs = Vec::new();
    for (at, place) in left.iter().enumerate() {
        let twin = (0..right.len()).find(|it| right[*it] == *place && !used.contains(it));
        if let Some(twin) = twin {
            used.push(twin);
            pairs.push((at, twin));
        }
    }
    pairs
}

fn named(query: &Query, at: usize) -> String {
    let name = query.columns.get(at).and_then(Option::as_ref);
    name.map_or_else(|| format!("column {}", at + 1), |name| name.as_str().to_owned())
}

/// Columns that were not compared.
fn only(query: &Query, used: &[usize]) -> Vec<String> {
    (0..query.outputs.len()).filter(|at| !used.contains(at)).map(|at| named(query, at)).collect()
}
