//! Plans that are large in one way or another are done in few steps, counted rather than timed.

use plumb_canon::{Canonical, Canonicalizer, atoms, relations, size, subplans};
use plumb_ir::{Arena, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, Tree};

fn scan(arena: &mut Arena, table: &str) -> RelId {
    let table = arena.symbol(table);
    arena.rel(Rel::Scan { table })
}

fn column(arena: &mut Arena, input: u32, name: &str) -> ScalarId {
    let field = Field::Named(arena.symbol(name));
    arena.column(input, field)
}

/// Outputs of all rows of some inputs that satisfy conditions.
fn project(
    arena: &mut Arena,
    inputs: Vec<RelId>,
    filter: Vec<ScalarId>,
    out: Vec<ScalarId>,
) -> RelId {
    let leaves = (0..).map(Tree::Input).take(inputs.len()).collect();
    let from = arena.from(From { inputs, tree: Tree::Inner(leaves), filter });
    arena.rel(Rel::Project { from, out: out.into_iter().map(Out::Column).collect() })
}

/// The normal form, with the number of steps and of nodes that were made on the way.
fn effort(arena: &mut Arena, rel: RelId) -> (Canonical, usize, usize) {
    let nodes = |arena: &Arena| {
        let (rels, froms, scalars) = arena.sizes();
        rels + froms + scalars
    };
    let before = nodes(arena);
    let normal = Canonicalizer::new().canonical(arena, rel);
    let steps = normal.steps.iter().map(|(_, times)| times).sum();
    (normal, steps, nodes(arena) - before)
}

/// A chain of equalities over many scans of one table, its inputs numbered with a stride.
fn chain(arena: &mut Arena, count: u32, stride: u32) -> RelId {
    let inputs = (0..count).map(|_| scan(arena, "t")).collect();
    let place = |at: u32| at * stride % count;
    let filter = (1..count)
        .map(|at| {
            let one = column(arena, place(at - 1), "next");
            let two = column(arena, place(at), "id");
            arena.call("eq", vec![one, two])
        })
        .collect();
    let out = vec![column(arena, place(0), "id")];
    project(arena, inputs, filter, out)
}

#[test]
fn a_join_of_forty_alike() {
    let mut arena = Arena::new();
    let (one, two) = (chain(&mut arena, 40, 1), chain(&mut arena, 40, 7));
    let (one, steps, nodes) = effort(&mut arena, one);
    let (two, ..) = effort(&mut arena, two);
    assert_eq!(one.fingerprint, two.fingerprint);
    assert!(steps < 200 && nodes < 1_000, "{steps} steps, {nodes} nodes");
}

#[test]
fn a_join_of_forty_that_nothing_tells_apart() {
    let mut arena = Arena::new();
    let inputs = (0..40).map(|_| scan(&mut arena, "t")).collect();
    let out = vec![column(&mut arena, 0, "id")];
    let rel = project(&mut arena, inputs, Vec::new(), out);
    let (_, steps, nodes) = effort(&mut arena, rel);
    assert!(steps < 20 && nodes < 100, "{steps} steps, {nodes} nodes");
}

#[test]
fn two_hundred_levels_of_ctes() {
    let mut arena = Arena::new();
    let table = scan(&mut arena, "t");
    let out = vec![column(&mut arena, 0, "a"), column(&mut arena, 0, "b")];
    let mut rel = project(&mut arena, vec![table], Vec::new(), out);
    for level in 0..200 {
        let (a, b) = (arena.column(0, Field::At(0)), arena.column(0, Field::At(1)));
        let number = arena.literal(Literal::Integer(level));
        let filter = vec![arena.call("lt", vec![number, a])];
        rel = project(&mut arena, vec![rel], filter, vec![b, a]);
    }
    let (_, steps, nodes) = effort(&mut arena, rel);
    assert!(steps < 2_000 && nodes < 60_000, "{steps} steps, {nodes} nodes");
}

#[test]
fn two_thousand_alternatives() {
    let mut arena = Arena::new();
    let table = scan(&mut arena, "t");
    let x = column(&mut arena, 0, "x");
    let parts = (0..2_000_i128).map(|number| {
        let number = arena.literal(Literal::Integer(number));
        arena.call("eq", vec![x, number])
    });
    let parts = parts.collect();
    let filter = vec![arena.call("or", parts)];
    let rel = project(&mut arena, vec![table], filter, vec![x]);
    let (_, steps, nodes) = effort(&mut arena, rel);
    assert!(steps < 5_000 && nodes < 10_000, "{steps} steps, {nodes} nodes");
}

#[test]
fn alternatives_in_each_other() {
    let mut arena = Arena::new();
    let table = scan(&mut arena, "t");
    let x = column(&mut arena, 0, "x");
    let mut any = x;
    for number in 0..300_i128 {
        let number = arena.literal(Literal::Integer(number));
        let part = arena.call("lt", vec![x, number]);
        any = arena.call("or", vec![any, part]);
    }
    let rel = project(&mut arena, vec![table], vec![any], vec![x]);
    let (_, steps, nodes) = effort(&mut arena, rel);
    assert!(steps < 2_000 && nodes < 10_000, "{steps} steps, {nodes} nodes");
}

#[test]
fn a_union_of_three_thousand() {
    let mut arena = Arena::new();
    let table = scan(&mut arena, "t");
    let out = vec![column(&mut arena, 0, "a"), column(&mut arena, 0, "b")];
    let inputs = (0..3_000_i128).map(|number| {
        let number = arena.literal(Literal::Integer(number));
        let x = column(&mut arena, 0, "x");
        let filter = vec![arena.call("eq", vec![x, number])];
        project(&mut arena, vec![table], filter, out.clone())
    });
    let inputs = inputs.collect();
    let union = arena.rel(Rel::Union { inputs });
    let one = arena.column(0, Field::At(0));
    let rel = project(&mut arena, vec![union], Vec::new(), vec![one]);
    let (_, steps, nodes) = effort(&mut arena, rel);
    assert!(steps < 10_000 && nodes < 40_000, "{steps} steps, {nodes} nodes");
}

#[test]
fn expressions_that_double() {
    let mut arena = Arena::new();
    let table = scan(&mut arena, "t");
    let out = vec![column(&mut arena, 0, "a")];
    let mut rel = project(&mut arena, vec![table], Vec::new(), out);
    for _ in 0..40 {
        let one = arena.column(0, Field::At(0));
        let twice = arena.call("add", vec![one, one]);
        rel = project(&mut arena, vec![rel], Vec::new(), vec![twice]);
    }
    let (normal, steps, nodes) = effort(&mut arena, rel);
    assert!(steps < 500 && nodes < 5_000, "{steps} steps, {nodes} nodes");
    assert!(subplans(&mut arena, normal.rel, &mut Canonicalizer::new()).is_empty());
}

/// A relation that reads itself twice at each of some levels, as few as are looked at and as many as are not.
fn doubled(level: fn(&mut Arena, RelId) -> RelId) {
    for (levels, most) in [(12, 100_000), (60, 0)] {
        let mut arena = Arena::new();
        let table = scan(&mut arena, "t");
        let out = vec![column(&mut arena, 0, "a"), column(&mut arena, 0, "b")];
        let mut rel = project(&mut arena, vec![table], Vec::new(), out);
        for _ in 0..levels {
            rel = level(&mut arena, rel);
        }
        assert!(atoms(&arena, rel) == 1 << levels && relations(&arena, rel) > 1 << levels);
        assert!(size(&arena, rel) < usize::MAX);
        let (normal, steps, nodes) = effort(&mut arena, rel);
        assert!(steps <= most && nodes <= most, "{steps} steps, {nodes} nodes");
        subplans(&mut arena, normal.rel, &mut Canonicalizer::new());
    }
}

#[test]
fn joins_that_double() {
    doubled(|arena, rel| {
        let (a, b) = (arena.column(0, Field::At(0)), arena.column(1, Field::At(0)));
        let filter = vec![arena.call("eq", vec![a, b])];
        let out = vec![a, arena.column(1, Field::At(1))];
        project(arena, vec![rel, rel], filter, out)
    });
}

#[test]
fn unions_that_double() {
    doubled(|arena, rel| arena.rel(Rel::Union { inputs: vec![rel, rel] }));
    doubled(|arena, rel| {
        let input = arena.rel(Rel::Union { inputs: vec![rel, rel] });
        arena.rel(Rel::Distinct { input })
    });
}

#[test]
fn rows_of_no_table_that_double() {
    let mut arena = Arena::new();
    let one = arena.literal(Literal::Integer(1));
    let mut rel = project(&mut arena, Vec::new(), Vec::new(), vec![one]);
    for _ in 0..60 {
        rel = arena.rel(Rel::Union { inputs: vec![rel, rel] });
    }
    assert_eq!((atoms(&arena, rel), relations(&arena, rel)), (0, (1 << 61) - 1));
    let (_, steps, nodes) = effort(&mut arena, rel);
    assert_eq!((steps, nodes), (0, 0));
}

#[test]
fn subqueries_that_double() {
    doubled(|arena, rel| {
        let inner = vec![arena.column(0, Field::At(0))];
        let inner = project(arena, vec![rel], Vec::new(), inner);
        let inner = arena.scalar(Scalar::Subquery(inner));
        let (a, b) = (arena.column(0, Field::At(0)), arena.column(0, Field::At(1)));
        let out = vec![arena.call("add", vec![a, inner]), b];
        project(arena, vec![rel], Vec::new(), out)
    });
}

#[test]
fn a_join_that_is_too_wide_stays_as_it_is() {
    let mut arena = Arena::new();
    let rel = chain(&mut arena, 2_000, 1);
    let (normal, _, nodes) = effort(&mut arena, rel);
    assert_eq!(atoms(&arena, normal.rel), 2_000);
    assert!(nodes < 10_000, "{nodes} nodes");
}

#[test]
fn a_part_is_the_same_wherever_it_is_cut_out() {
    let mut arena = Arena::new();
    let join = |arena: &mut Arena, tables: &[&str], out: u32| {
        let inputs = tables.iter().map(|table| scan(arena, table)).collect();
        let filter = (1..).take(tables.len() - 1).map(|at| {
            let (one, two) = (column(arena, 0, "id"), column(arena, at, "id"));
            arena.call("eq", vec![two, one])
        });
        let filter = filter.collect();
        let out = vec![column(arena, out, "x")];
        let rel = project(arena, inputs, filter, out);
        Canonicalizer::new().canonical(arena, rel).rel
    };
    let small = join(&mut arena, &["a", "b"], 1);
    let large = join(&mut arena, &["a", "c", "b"], 2);
    let mut canonicalizer = Canonicalizer::new();
    let whole = subplans(&mut arena, small, &mut canonicalizer);
    let parts = subplans(&mut arena, large, &mut canonicalizer);
    assert_eq!(whole.len(), 1);
    assert!(parts.iter().any(|part| part.digest == whole[0].digest && part.rel == whole[0].rel));
    assert!(parts.iter().any(|part| part.inside.contains(&whole[0].digest)));
}
