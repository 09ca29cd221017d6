//! Plain answers to the questions people ask: what `workspace` gives and every renderer dresses.

mod cost;
mod exists;
mod extract;
mod metrics;
mod owners;
mod proved;

use serde::{Deserialize, Serialize};

use crate::record::FileCount;
use crate::{Finding, Flow, Moment, Owner, Place, Problem, Tally};

pub use cost::{Account, Cost, CostRow, Parts, RowKind};
pub use exists::{Draft, Exists, Match, SharedPart};
pub use extract::{Extract, ExtractFile};
pub use metrics::{DefinitionCard, MetricCard, MetricPlace, Metrics};
pub use owners::{Owned, OwnerRow, Owners, Unowned};
pub use proved::{Compared, Judged, Paired, Proved, Replayed};

/// `plumb audit`: everything found, with what was read and what was not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Audit {
    /// What the root is called.
    pub root: String,
    /// Path of the root below the top of its repository; `""` where it is the top, or lies in none.
    pub below_top: String,
    /// What was found and used.
    pub using: Vec<Using>,
    /// Files that were seen, by how their names end, most first.
    pub files: Vec<FileCount>,
    /// Statements by how well they were read.
    pub coverage: Tally,
    /// Assets by kind, such as `model` and `source`, most first.
    pub assets: Vec<(String, usize)>,
    /// Distinct plans that were compared.
    pub plans: usize,
    /// Everything found, dearest first.
    pub findings: Vec<Finding>,
    /// The rules that judged, by code.
    pub rules: Vec<RuleCard>,
    /// What was seen and is not read, by kind, most first.
    pub not_covered: Vec<NotCovered>,
    /// What could not be read, by place.
    pub problems: Vec<Problem>,
    /// The same by reason, the commonest first.
    pub reasons: Vec<ReasonCount>,
    /// Who watches for cost drift.
    pub drift_watcher: Option<String>,
}

/// Why something could not be read, how often, and where first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonCount {
    /// Kind in kebab-case.
    pub reason: String,
    /// How often.
    pub count: usize,
    /// The first place.
    pub place: Place,
    /// What is said there.
    pub message: String,
}

/// One thing that was found without being told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Using {
    /// What it is: `dbt`, `SQL files`, `plumb.toml`.
    pub what: String,
    /// Where it lies.
    pub path: String,
    /// What it holds: `412 models, snowflake (profiles.yml)`.
    pub detail: String,
}

/// A kind of thing plumb could not judge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NotCovered {
    /// What, in the plural: `Python models`, `models with a syntax error`.
    pub kind: String,
    /// How many.
    pub count: usize,
    /// A few of them, by path.
    pub examples: Vec<String>,
}

/// `plumb show ASSET`: one asset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssetCard {
    /// Stable key, such as `shop.fct_orders`.
    pub key: String,
    /// `model`, `source`, `seed`, `snapshot`, `query`, …
    pub kind: String,
    /// Where its code stands.
    pub place: Option<Place>,
    /// How it is built: `table`, `view`, `incremental`, `ephemeral`.
    pub materialized: Option<String>,
    /// Description.
    pub description: String,
    /// Dialect it is written in.
    pub dialect: Option<String>,
    /// Owners and how we know, the strongest first.
    pub owners: Vec<Owner>,
    /// Layer, such as `gold`.
    pub layer: Option<String>,
    /// Environment, such as `prod`.
    pub environment: Option<String>,
    /// Rows, where an export tells.
    pub rows: Option<u64>,
    /// Size in bytes, where an export tells.
    pub bytes: Option<u64>,
    /// How well it was read, in a word, and why not wholly.
    pub coverage: String,
    /// Columns in order.
    pub columns: Vec<ColumnCard>,
    /// Whether there are more columns than are listed.
    pub open: bool,
    /// Keys of the assets it reads.
    pub reads: Vec<String>,
    /// Keys of the assets that read it.
    pub read_by: Vec<String>,
    /// Key of the asset it is a part of.
    pub part_of: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Keys of the assets it starts.
    pub runs: Vec<String>,
    /// Keys of the assets that start it.
    pub run_by: Vec<String>,
    /// What else is known of it: a name and a value, such as a task and what it runs.
    pub facts: Vec<(String, String)>,
    /// What it shows, if it is a dashboard.
    pub tiles: Vec<TileCard>,
    /// Its plan, in the text form of the plan language.
    pub plan: Option<String>,
    /// Its normal form with everything upstream inlined, and the rewrites that led there.
    pub normal_form: Option<String>,
    /// Names of the rewrites used, with how often.
    pub steps: Vec<(String, usize)>,
    /// Fingerprint of the normal form.
    pub fingerprint: Option<String>,
    /// Findings that speak of it.
    pub findings: Vec<Finding>,
    /// What could not be read in it.
    pub problems: Vec<Problem>,
}

/// One tile of a dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TileCard {
    /// Its title; empty where it has none.
    pub title: String,
    /// What it is, in the words of the tool: `counter`, `line`, …
    pub kind: String,
    /// Key of the dataset it shows.
    pub dataset: Option<String>,
    /// What it shows of it: a name and an expression.
    pub fields: Vec<(String, String)>,
}

/// One column of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ColumnCard {
    /// Its name.
    pub name: String,
    /// Type, in plumb's words, where it is known.
    pub data_type: Option<String>,
    /// Description.
    pub description: String,
    /// Columns its value is made of: `source.column` and how, `identity`, `transformation`, `aggregation`.
    pub from: Vec<(String, String)>,
}

/// `plumb show DUP001`: one rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleCard {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it says, in a paragraph.
    pub summary: String,
    /// The whole page, in Markdown.
    pub page: String,
    /// How many findings it has here, where something was judged.
    pub findings: Option<usize>,
}

/// `plumb rules`: every rule there is, by code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rules {
    /// The rules.
    pub rules: Vec<RuleCard>,
}

/// `plumb init`: what was found, as far as settings speak of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Setup {
    /// What the root is called.
    pub root: String,
    /// What was found and used.
    pub using: Vec<Using>,
    /// Dialect of most statements, where one is known.
    pub dialect: Option<String>,
    /// Folders with code, at most two names deep, with how many statements stand there; most first.
    pub folders: Vec<(String, usize)>,
    /// Folders with plain SQL, of which settings may say what they are for.
    pub sql: Vec<String>,
    /// dbt groups.
    pub groups: Vec<String>,
    /// Schemas of what is built.
    pub schemas: Vec<String>,
    /// The file of settings that is there already.
    pub settings: Option<String>,
}

/// What `plumb show` and `plumb explain` may be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// A finding, with the code of its subjects.
    Finding(Box<FindingCard>),
    /// An asset.
    Asset(Box<AssetCard>),
    /// A rule.
    Rule(RuleCard),
}

/// `plumb show F-…`: one finding with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingCard {
    /// The finding.
    pub finding: Finding,
    /// The code of each subject, in the order of the subjects.
    pub code: Vec<Excerpt>,
    /// The plan they share, in the text form of the plan language.
    pub plan: Option<String>,
    /// Rewrites that each subject took to get there.
    pub steps: Vec<(String, Vec<(String, usize)>)>,
    /// How columns of one correspond to columns of the other, where both have names.
    pub columns: Vec<(String, String)>,
    /// What would change the judgement.
    pub doubts: Vec<String>,
}

/// Lines of a file, or what they say where it keeps code in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Which lines.
    pub place: Place,
    /// Their text.
    pub text: String,
}

/// `plumb lineage`: what feeds something, and what reads it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lineage {
    /// The asset asked for.
    pub asset: String,
    /// The column asked for.
    pub column: Option<String>,
    /// What feeds it, nearest first, then by name.
    pub up: Vec<Link>,
    /// What reads it, nearest first, then by name.
    pub down: Vec<Link>,
    /// What is not known of these edges.
    pub gaps: Vec<String>,
}

/// One edge of lineage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// Steps away from what was asked for; 1 is a neighbour.
    pub distance: u32,
    /// The asset or column it comes from.
    pub from: String,
    /// The asset or column it goes to.
    pub to: String,
    /// `reads`, or for columns `identity`, `transformation`, `aggregation`, `filter`, `join`, `group`, `sort`,
    /// `window`, `conditional`.
    pub how: String,
}

/// `plumb lineage --all`: every job, what it reads and what it makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Graph {
    /// What the root is called.
    pub root: String,
    /// When what was read was as it is: the newest commit, or what the environment says.
    pub as_of: Option<Moment>,
    /// Jobs, by name.
    pub jobs: Vec<Job>,
    /// Tables and views that jobs read or make, in the order in which jobs name them.
    pub datasets: Vec<Dataset>,
    /// Statements by how well they were read.
    pub coverage: Tally,
    /// What is not known of the graph.
    pub gaps: Vec<String>,
}

/// Something that reads tables, and mostly makes one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Job {
    /// Where its name is known: a dbt project, or nothing.
    pub namespace: String,
    /// Key of the asset whose code it is.
    pub name: String,
    /// `model`, `write`, `query`, …
    pub kind: String,
    /// Description.
    pub description: String,
    /// Its statement and the dialect of it, as far as it may be shown.
    pub sql: Option<(String, String)>,
    /// Where its code is kept.
    pub location: Option<CodeLocation>,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
    /// How well it was read, in a word.
    pub coverage: String,
    /// Datasets it reads, by position.
    pub inputs: Vec<usize>,
    /// Datasets of which it is not known which columns it uses, by position.
    pub unknown: Vec<usize>,
    /// What it makes.
    pub outputs: Vec<Output>,
}

/// Where code is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CodeLocation {
    /// Address of the file.
    pub url: String,
    /// Address of the repository.
    pub repository: String,
    /// Path of the file in the repository.
    pub path: String,
    /// Commit that is checked out.
    pub version: Option<String>,
}

/// A table or view.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dataset {
    /// Where its name is known: a warehouse, or `plumb` where that is not known.
    pub namespace: String,
    /// Its name there.
    pub name: String,
    /// Key of the asset.
    pub asset: String,
    /// Description.
    pub description: String,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
    /// Columns in order, as far as they are known.
    pub columns: Vec<ColumnCard>,
    /// Whether there are more columns than are listed.
    pub open: bool,
}

/// What a job makes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Output {
    /// Which dataset, by position.
    pub dataset: usize,
    /// Columns with what their values are made of, or decided by.
    pub columns: Vec<(String, Vec<Use>)>,
    /// What decides which rows there are.
    pub rows: Vec<Use>,
}

/// How a column takes part in something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Use {
    /// Which dataset, by position.
    pub dataset: usize,
    /// Its column.
    pub column: String,
    /// The ways in which it does, each with whether the value is hidden by it; strongest first.
    pub how: Vec<(Flow, bool)>,
}

/// `plumb doctor`: what was found and what it would take to see more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Doctor {
    /// Groups of checks.
    pub sections: Vec<(String, Vec<Check>)>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// As it should be.
    Good,
    /// plumb works, with less to go on.
    Warning,
    /// Something is broken.
    Problem,
    /// Not set up, and that is fine.
    Absent,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// How it ended.
    pub health: Health,
    /// What was checked.
    pub what: String,
    /// What was seen.
    pub detail: String,
    /// What it takes away, where it is not good.
    pub why: Option<String>,
    /// What to do.
    pub fix: Option<String>,
}

/// A reference that names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuch {
    /// What was asked for.
    pub reference: String,
    /// What it was taken for: `asset`, `finding`, `rule`, `column`.
    pub kind: &'static str,
    /// The nearest names.
    pub nearest: Vec<String>,
}
