//! What rendering a template gives.

use plumb_base::{Problem, SourceMap, Span};
use serde_json::{Map, Value as Json};

use super::hole::{Hole, HoleKind, identifier};

/// Which world of an incremental model is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The table is built from nothing: `is_incremental()` is false.
    FullRefresh,
    /// The table exists and is added to: `is_incremental()` is true.
    Incremental,
}

/// A rendered template.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// The SQL.
    pub text: String,
    /// From bytes of `text` to bytes of the template.
    pub map: SourceMap,
    /// Every `ref`, also in branches that were not taken, in template order.
    pub refs: Vec<Ref>,
    /// Every `source`, also in branches that were not taken, in template order.
    pub sources: Vec<SourceRef>,
    /// Configuration of the folders overlaid with what the file says of itself.
    pub config: Map<String, Json>,
    /// What is not known; `__plumb_hole_N__` in `text` is number N.
    pub holes: Vec<Hole>,
    /// What is wrong, with places in the template.
    pub problems: Vec<Problem>,
    /// Whether the template asked `is_incremental()`.
    pub incremental: bool,
}

impl Rendered {
    /// The holes that stand in the text or decided what does: a value may have been printed where nobody reads it.
    pub fn open(&self) -> impl Iterator<Item = &Hole> {
        let holes = self.holes.iter().enumerate();
        let open = holes.filter(|(number, hole)| {
            hole.kind != HoleKind::Value || self.text.contains(&identifier(*number))
        });
        open.map(|(_, hole)| hole)
    }
}

/// A use of another node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// Package, if the template names one.
    pub package: Option<String>,
    /// Name of the node.
    pub name: String,
    /// Version, if the template names one.
    pub version: Option<String>,
    /// The call in the template, or the tag that led to it.
    pub span: Span,
    /// Index in the project's nodes.
    pub resolved: Option<usize>,
    /// Whether the rendering came by.
    pub taken: bool,
}

/// A use of a source table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRef {
    /// Name of the source.
    pub source: String,
    /// Name of the table.
    pub table: String,
    /// The call in the template, or the tag that led to it.
    pub span: Span,
    /// Index in the project's source tables.
    pub resolved: Option<usize>,
    /// Whether the rendering came by.
    pub taken: bool,
}
