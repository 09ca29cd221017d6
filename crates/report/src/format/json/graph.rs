//! The shape of the whole lineage in `plumb/1`: jobs name datasets by their keys.
//!
//! Unlike other answers it is written with hardly a tree of values between: that would take many times the room of its
//! text.

use plumb_base::answer::{ColumnCard, Dataset, Graph, Job, Output, Use};
use serde::{Serialize, Serializer};

use super::shape::{coverage, owner};

/// All of it.
pub(super) fn whole(graph: &Graph) -> impl Serialize + use<'_> {
    #[derive(Serialize)]
    struct Shape<'a, C, D, J> {
        root: &'a str,
        as_of: Option<String>,
        coverage: C,
        gaps: &'a [String],
        datasets: D,
        jobs: J,
    }
    Shape {
        root: &graph.root,
        as_of: graph.as_of.map(|moment| moment.to_string()),
        coverage: coverage(&graph.coverage),
        gaps: &graph.gaps,
        datasets: Each(&graph.datasets, dataset),
        jobs: Each(&graph.jobs, |it| job(it, graph)),
    }
}

fn dataset(dataset: &Dataset) -> impl Serialize + use<'_> {
    #[derive(Serialize)]
    struct Shape<'a, O, C> {
        key: &'a str,
        namespace: &'a str,
        name: &'a str,
        description: &'a str,
        owners: O,
        columns: C,
        columns_complete: bool,
    }
    Shape {
        key: &dataset.asset,
        namespace: &dataset.namespace,
        name: &dataset.name,
        description: &dataset.description,
        owners: Each(&dataset.owners, owner),
        columns: Each(&dataset.columns, column),
        columns_complete: !dataset.open,
    }
}

fn column(column: &ColumnCard) -> impl Serialize + use<'_> {
    #[derive(Serialize)]
    struct Shape<'a> {
        name: &'a str,
        r#type: Option<&'a str>,
        description: &'a str,
    }
    let ColumnCard { name, data_type, description, .. } = column;
    Shape { name, r#type: data_type.as_deref(), description }
}

fn job<'a>(job: &'a Job, graph: &'a Graph) -> impl Serialize + use<'a> {
    #[derive(Serialize)]
    struct Shape<'a, O, K, M> {
        namespace: &'a str,
        name: &'a str,
        kind: &'a str,
        coverage: &'a str,
        owners: O,
        inputs: K,
        inputs_with_unknown_columns: K,
        outputs: M,
    }
    let keys = |list: &'a [usize]| Each(list, |at: &usize| key(graph, *at));
    Shape {
        namespace: &job.namespace,
        name: &job.name,
        kind: &job.kind,
        coverage: &job.coverage,
        owners: Each(&job.owners, owner),
        inputs: keys(&job.inputs),
        inputs_with_unknown_columns: keys(&job.unknown),
        outputs: Each(&job.outputs, |it| output(it, graph)),
    }
}

fn output<'a>(output: &'a Output, graph: &'a Graph) -> impl Serialize + use<'a> {
    #[derive(Serialize)]
    struct Shape<'a, C> {
        key: &'a str,
        columns: C,
        rows: Uses<'a>,
    }
    #[derive(Serialize)]
    struct Column<'a> {
        name: &'a str,
        from: Uses<'a>,
    }
    let column = |(name, uses): &'a (String, Vec<Use>)| Column { name, from: Uses(uses, graph) };
    Shape {
        key: key(graph, output.dataset),
        columns: Each(&output.columns, column),
        rows: Uses(&output.rows, graph),
    }
}

/// One for each way in which a column is used.
struct Uses<'a>(&'a [Use], &'a Graph);

impl Serialize for Uses<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape<'a> {
            key: &'a str,
            column: &'a str,
            how: &'a str,
            masked: bool,
        }
        let each = self.0.iter().flat_map(|one| one.how.iter().map(move |how| (one, how)));
        to.collect_seq(each.map(|(one, (how, masked))| Shape {
            key: key(self.1, one.dataset),
            column: &one.column,
            how: how.word(),
            masked: *masked,
        }))
    }
}

/// Things in order, each as it is written.
struct Each<'a, T, F>(&'a [T], F);

impl<'a, T, R: Serialize, F: Fn(&'a T) -> R> Serialize for Each<'a, T, F> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(&self.1))
    }
}

fn key(graph: &Graph, at: usize) -> &str {
    graph.datasets.get(at).map_or("", |dataset| dataset.asset.as_str())
}
