//! Cases of a page: an answer, how it is dressed, and what comes out.

mod complete;
pub(crate) mod read_back;

use plumb_base::Finding;
use plumb_base::answer::{Audit, Cost, Doctor, Exists, Graph, Lineage, Rules, Shown};
use plumb_report::{Detail, Format, Style};
use serde_json::Value;

macro_rules! take {
    ($kind:ty, $value:expr) => {
        serde_json::from_value::<$kind>($value).expect("a page gives a whole answer")
    };
}

/// One `##` section.
pub(crate) struct Case {
    /// Its title.
    pub title: String,
    /// `audit`, `shown`, `explained`, `lineage`, `graph`, `cost`, `doctor`, `exists` or `rules`.
    pub kind: String,
    /// The answer, as the page gives it.
    pub answer: String,
    /// Words after `style:`.
    pub style: String,
    /// What the page says comes out.
    pub wanted: Option<String>,
}

impl Case {
    /// What comes out.
    pub(crate) fn run(&self, format: &Format) -> String {
        let fields = fields(&self.style);
        self.dressed(format, &Style { fields: &fields, ..style(&self.style) })
    }

    /// What comes out in colour, with the colour taken off again.
    pub(crate) fn washed(&self, format: &Format) -> String {
        let coloured = self.dressed(format, &Style { colour: true, ..style(&self.style) });
        let mut pieces = coloured.split("\u{1b}[");
        let first = pieces.next().unwrap_or_default().to_owned();
        let rest = pieces.map(|piece| piece.split_once('m').map_or(piece, |(_, text)| text));
        first + &rest.collect::<String>()
    }

    fn dressed(&self, format: &Format, style: &Style<'_>) -> String {
        let value: Value = serde_json::from_str(&self.answer).expect("a page gives JSON");
        let value = complete::answer(&self.kind, value);
        let dressed = match self.kind.as_str() {
            "audit" => format.audit.map(|dress| dress(&take!(Audit, value), style)),
            "shown" => format.shown.map(|dress| dress(&take!(Shown, value), style)),
            "explained" => format.explained.map(|dress| dress(&take!(Shown, value), style)),
            "lineage" => format.lineage.map(|dress| dress(&take!(Lineage, value), style)),
            "graph" => format.graph.map(|dress| dress(&take!(Graph, value), style)),
            "cost" => format.cost.map(|dress| dress(&take!(Cost, value), style)),
            "doctor" => format.doctor.map(|dress| dress(&take!(Doctor, value), style)),
            "exists" => format.exists.map(|dress| dress(&take!(Exists, value), style)),
            "rules" => format.rules.map(|dress| dress(&take!(Rules, value), style)),
            other => panic!("`{other}` is no kind of answer"),
        };
        dressed.expect("a page shows only what its format dresses")
    }

    /// The findings it speaks of.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let value: Value = serde_json::from_str(&self.answer).expect("a page gives JSON");
        let value = complete::answer(&self.kind, value);
        match self.kind.as_str() {
            "audit" => take!(Audit, value).findings,
            "shown" | "explained" => match take!(Shown, value) {
                Shown::Finding(card) => vec![card.finding],
                Shown::Asset(card) => card.findings,
                Shown::Rule(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// Fields of `fields id+owner`.
fn fields(words: &str) -> Vec<String> {
    let said = words.split(',').find_map(|word| word.trim().strip_prefix("fields "));
    said.into_iter().flat_map(|names| names.split('+')).map(str::to_owned).collect()
}

/// Reads `ascii, limit 2, width 60, full, quiet, repeat --demo`.
fn style(words: &str) -> Style<'_> {
    let mut style = Style { version: "0.1.0", ..Style::default() };
    for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word.split_once(' ').unwrap_or((word, "")) {
            ("ascii", _) => style.ascii = true,
            ("full", _) => style.detail = Detail::Full,
            ("quiet", _) => style.hints = false,
            ("limit", number) => style.limit = Some(number.parse().expect("a number")),
            ("width", number) => style.width = number.parse().expect("a number"),
            ("repeat", words) => style.repeat = words,
            ("fields", _) => {}
            (other, _) => panic!("`{other}` is no style"),
        }
    }
    style
}

/// The cases of a page.
pub(crate) fn cases(page: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            let (title, empty) = (title.to_owned(), String::new);
            let (kind, answer, style) = (empty(), empty(), empty());
            cases.push(Case { title, kind, answer, style, wanted: None });
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(words) = line.strip_prefix("style: ") {
            words.clone_into(&mut case.style);
        }
        let fence = line.chars().take_while(|letter| *letter == '`').count();
        if fence < 3 {
            continue;
        }
        let (end, info) = line.split_at(fence);
        let block: String =
            lines.by_ref().take_while(|line| *line != end).flat_map(|line| [line, "\n"]).collect();
        match info.strip_prefix("json ") {
            Some("output") => case.wanted = Some(block),
            Some(kind) => (case.kind, case.answer) = (kind.to_owned(), block),
            None => case.wanted = Some(block),
        }
    }
    cases
}

/// The page with the output of one case replaced, or added where it has none.
pub(crate) fn rewrite(page: &str, title: &str, info: &str, output: &str) -> String {
    let start = page.find(&format!("## {title}\n")).expect("the case stands in the page");
    let end = page[start + 3..].find("\n## ").map_or(page.len(), |at| start + 3 + at + 1);
    let mut fence = "```".to_owned();
    while output.contains(&fence) {
        fence.push('`');
    }
    let opening = format!("```{info}\n");
    let body = page[start..end].split(&opening).next().unwrap_or_default();
    let body = body.trim_end_matches(['`', '\n', ' ']);
    // The answer's own fence is closed again where the output stood right below it.
    let body = format!("{body}\n```");
    let gap = if end == page.len() { "" } else { "\n" };
    let (before, after) = (&page[..start], &page[end..]);
    format!("{before}{body}\n\n{fence}{info}\n{output}{fence}\n{gap}{after}")
}
