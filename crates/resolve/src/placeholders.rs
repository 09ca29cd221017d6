//! What stands in the SQL of dashboards and is no SQL: parameters, optional parts, template tags.

use plumb_base::{
    MappedText, Severity, Span,
    record::dashboard::{Parameter, Stands, Tool},
};

use crate::Hole;

/// A text in which SQL took the place of everything else.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// The text; its map leads to the text it was made from.
    pub sql: MappedText,
    /// Values that somebody chooses.
    pub holes: Vec<Hole>,
    /// Names that stand for other datasets, with the keys of those.
    pub datasets: Vec<(String, String)>,
    /// What decides, unknown here, which text it is.
    pub worlds: Vec<String>,
    /// What is worth knowing, or was not understood.
    pub troubles: Vec<Trouble>,
}

/// Something that is worth knowing, or was not understood, with its place in the text as it was.
#[derive(Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub span: Span,
    /// How much was lost.
    pub severity: Severity,
    /// Kind in kebab-case.
    pub reason: &'static str,
    /// One clause, lower case.
    pub message: String,
}

/// Snippets inside snippets: more than this is a circle.
const DEEPEST: usize = 8;

/// Puts SQL in place of what a tool puts values in place of.
///
/// A value becomes the name of a hole, equal names being one value. An optional part is left out unless one of
/// its parameters has a default. Of the arms of a template's condition the first is taken.
pub fn fill(text: &str, tool: Tool, parameters: &[Parameter], quote: char) -> Filled {
    let mut filler = Filler { tool, parameters, quote, made: Filled::default() };
    filler.walk(text, 0, text.len(), None, 0);
    filler.made
}

struct Filler<'a> {
    tool: Tool,
    parameters: &'a [Parameter],
    quote: char,
    made: Filled,
}

/// What begins something that is no SQL, and what ends it.
const MARKS: &[(&str, &str)] =
    &[("{{", "}}"), ("{%", "%}"), ("{#", "#}"), ("[[", "]]"), ("${", "}")];

impl Filler<'_> {
    /// Fills a part of a text; `whole` is what all of it stands for, where it is not the text of the dataset.
    fn walk(&mut self, text: &str, start: usize, end: usize, whole: Option<Span>, depth: usize) {
        let mut at = start;
        while at < end {
            let Some((mark, close, found)) = self.next(text, at, end) else { break };
            self.literal(text, at, found, whole);
            let inside = found + mark.len();
            let Some(length) = text[inside..end].find(close) else {
                self.literal(text, found, inside, whole);
                at = inside;
                continue;
            };
            let (stop, next) = (inside + length, inside + length + close.len());
            let span = whole.unwrap_or_else(|| Span::new(found, next));
            at = next;
            match mark {
                "{{" => self.value(text[inside..stop].trim(), span, depth),
                "${" => self.hole(text[inside..stop].trim(), span),
                "[[" => self.optional(text, (inside, stop), span, whole, depth),
                "{%" => at = self.tag(text, (inside, stop, next), end, span),
                // A comment.
                _ => {}
            }
        }
        self.literal(text, at, end, whole);
    }

    /// The next mark that means something to the tool.
    fn next(
        &self,
        text: &str,
        at: usize,
        end: usize,
    ) -> Option<(&'static str, &'static str, usize)> {
        let means = |mark: &str| match mark {
            "{{" => true,
            "[[" => self.tool == Tool::Metabase,
            "${" => matches!(self.tool, Tool::DatabricksAiBi | Tool::DatabricksSql),
            _ => self.tool == Tool::Superset,
        };
        let found = MARKS
            .iter()
            .filter(|(mark, _)| means(mark))
            .filter_map(|(mark, close)| Some((*mark, *close, at + text[at..end].find(mark)?)));
        found.min_by_key(|(_, _, found)| *found)
    }

    fn literal(&mut self, text: &str, start: usize, end: usize, whole: Option<Span>) {
        match whole {
            Some(span) => self.made.sql.print(&text[start..end], span),
            None => self.made.sql.take(&text[start..end], start),
        }
    }

    fn value(&mut self, name: &str, span: Span, depth: usize) {
        let parameter = self.parameters.iter().find(|it| it.keyword.trim() == name);
        match parameter.map(|it| &it.stands) {
            Some(Stands::Text(text)) if depth < DEEPEST => {
                self.walk(text, 0, text.len(), Some(span), depth + 1);
            }
            Some(Stands::Dataset(key)) => {
                let known = self.made.datasets.iter().position(|(_, known)| known == key);
                let number = known.unwrap_or(self.made.datasets.len());
                let name = format!("plumb_dataset_{number}");
                if known.is_none() {
                    self.made.datasets.push((name.clone(), key.clone()));
                }
                self.made.sql.print(&name, span);
            }
            Some(Stands::Table(parts)) => {
                let quote = self.quote;
                let parts: Vec<String> =
                    parts.iter().map(|part| format!("{quote}{part}{quote}")).collect();
                self.made.sql.print(&parts.join("."), span);
            }
            Some(Stands::Value | Stands::Text(_)) | None => self.hole(name, span),
        }
    }

    fn hole(&mut self, name: &str, span: Span) {
        let mut key = name.split_whitespace().collect::<Vec<_>>().join(" ");
        // A filter over one column is not that over another, whatever both are called.
        let parameter = self.parameters.iter().find(|it| it.keyword == name);
        if let Some((_, column)) = parameter.and_then(|it| it.kind.split_once(" of ")) {
            key = format!("{key} of {column}");
        }
        let known = self.made.holes.iter().position(|hole| hole.key == key);
        let number = known.unwrap_or(self.made.holes.len());
        if known.is_none() {
            self.made.holes.push(Hole { kind: "parameter".to_owned(), key });
        }
        self.made.sql.print(&format!("__plumb_hole_{number}__"), span);
    }

    /// A part that is there only if its parameters have values.
    fn optional(
        &mut self,
        text: &str,
        (start, end): (usize, usize),
        span: Span,
        whole: Option<Span>,
        depth: usize,
    ) {
        let part = &text[start..end];
        let named = part.split("{{").skip(1).filter_map(|it| it.split("}}").next()).map(str::trim);
        let given = |name: &str| {
            self.parameters.iter().any(|it| it.keyword == name && it.default.is_some())
        };
        let taken = named.clone().next().is_some() && named.clone().all(given);
        let names: Vec<&str> = named.collect();
        self.made.worlds.push(format!("whether {} is chosen", names.join(", ")));
        if taken {
            self.walk(text, start, end, whole, depth);
            return;
        }
        self.made.troubles.push(Trouble {
            span,
            severity: Severity::Note,
            reason: "optional-part",
            message: format!("left out: it counts only if `{}` is chosen", names.join("`, `")),
        });
    }

    /// A tag of a template; gives where to go on.
    fn tag(
        &mut self,
        text: &str,
        (start, stop, next): (usize, usize, usize),
        end: usize,
        span: Span,
    ) -> usize {
        let words = inner(&text[start..stop]);
        let mut trouble = |reason, message| {
            self.made.troubles.push(Trouble { span, severity: Severity::Partly, reason, message });
        };
        match words.split_whitespace().next() {
            Some("if") => {
                trouble(
                    "template-branch",
                    format!("`{words}` is not known; its first arm is taken"),
                );
                self.made.worlds.push(words.to_owned());
                next
            }
            Some("for") => {
                trouble("template-rows", format!("the rows of `{words}` are not known"));
                self.made.worlds.push(words.to_owned());
                next
            }
            // The first arm was taken: here it ends.
            Some("elif" | "else") => end_of(text, next, end, "if"),
            Some("set") if !words.contains('=') => end_of(text, next, end, "set"),
            Some("macro") => end_of(text, next, end, "macro"),
            _ => next,
        }
    }
}

/// The words of a tag, without the signs that eat white space.
fn inner(tag: &str) -> &str {
    tag.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']).trim()
}

/// Where the block of a word ends, of which the beginning was seen; the end of the text if it does not.
fn end_of(text: &str, from: usize, end: usize, word: &str) -> usize {
    let (mut depth, mut at) = (1, from);
    while let Some(found) = text[at..end].find("{%") {
        let inside = at + found + 2;
        let Some(length) = text[inside..end].find("%}") else { break };
        at = inside + length + 2;
        let first = inner(&text[inside..inside + length]).split_whitespace().next();
        match first.map(|first| (first.strip_prefix("end"), first)) {
            Some((Some(ended), _)) if ended == word => depth -= 1,
            Some((None, begun)) if begun == word => depth += 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(keyword: &str, default: Option<&str>, stands: Stands) -> Parameter {
        let default = default.map(str::to_owned);
        Parameter { keyword: keyword.to_owned(), kind: String::new(), default, stands }
    }

    fn filled(tool: Tool, text: &str, parameters: &[Parameter]) -> (String, String) {
        let filled = fill(text, tool, parameters, '"');
        let mut said: Vec<String> = filled.holes.iter().map(|it| it.key.clone()).collect();
        said.extend(filled.datasets.iter().map(|(name, key)| format!("{name}={key}")));
        said.extend(filled.worlds);
        let at = |it: &Trouble| format!("{}..{} {}", it.span.start, it.span.end, it.reason);
        said.extend(filled.troubles.iter().map(at));
        (filled.sql.text, said.join("; "))
    }

    fn check(tool: Tool, text: &str, made: &str, said: &str) {
        assert_eq!(filled(tool, text, &[]), (made.to_owned(), said.to_owned()));
    }

    #[test]
    fn a_value_is_a_hole_and_one_name_is_one_value() {
        let text = "select {{ a }}, '{{a}}', {{ b.start }} from t where x = :y";
        let made =
            "select __plumb_hole_0__, '__plumb_hole_0__', __plumb_hole_1__ from t where x = :y";
        check(Tool::DatabricksSql, text, made, "a; b.start");
        check(Tool::DatabricksAiBi, "from ${c}.s.t", "from __plumb_hole_0__.s.t", "c");
        check(Tool::Superset, "'${c}' {{ x", "'${c}' {{ x", "");
    }

    #[test]
    fn filters_over_two_columns_are_two() {
        let kind = "dimension of Shop.public.orders.day".to_owned();
        let day = Parameter { kind, ..parameter("day", None, Stands::Value) };
        let (made, said) = filled(Tool::Metabase, "where {{ day }}", &[day]);
        assert_eq!(
            (made.as_str(), said.as_str()),
            ("where __plumb_hole_0__", "day of Shop.public.orders.day")
        );
    }

    #[test]
    fn what_is_optional_goes_unless_it_has_a_default() {
        let text = "where 1 = 1 [[and a = {{a}}]] [[and b = {{ b }}]]";
        let b = [parameter("b", Some("7"), Stands::Value)];
        let (made, said) = filled(Tool::Metabase, text, &b);
        assert_eq!(made, "where 1 = 1  and b = __plumb_hole_0__");
        let said_of = "b; whether a is chosen; whether b is chosen; 12..29 optional-part";
        assert_eq!(said, said_of);
        check(Tool::DatabricksSql, "a[[1]]", "a[[1]]", "");
    }

    #[test]
    fn other_things_are_put_in() {
        let parameters = [
            parameter("snippet: paid", None, Stands::Text("s = {{x}}".to_owned())),
            parameter("#4-card", None, Stands::Dataset("cards/4.yaml".to_owned())),
            parameter("t", None, Stands::Table(vec!["s".to_owned(), "t".to_owned()])),
            parameter("circle", None, Stands::Text("({{circle}})".to_owned())),
        ];
        let text = "from {{#4-card}} a, {{ t }} where {{snippet: paid}}";
        let (made, said) = filled(Tool::Metabase, text, &parameters);
        assert_eq!(made, "from plumb_dataset_0 a, \"s\".\"t\" where s = __plumb_hole_0__");
        assert_eq!(said, "x; plumb_dataset_0=cards/4.yaml");
        assert!(filled(Tool::Metabase, "{{circle}}", &parameters).0.contains("__plumb_hole_0__"));
    }

    #[test]
    fn of_a_template_the_first_arm_is_taken() {
        let text =
            "a {% if x -%}b{%- elif y %}c{% if z %}d{% endif %}{% else %}e{% endif %} f{# g #}";
        check(Tool::Superset, text, "a b f", "if x; 2..13 template-branch");
        let text = "{% set n = 3 %}{% set m %}x{% endset %}select {{ n }}";
        check(Tool::Superset, text, "select __plumb_hole_0__", "n");
        check(
            Tool::Superset,
            "a {% if x %} b {% else %} c",
            "a  b ",
            "if x; 2..12 template-branch",
        );
    }

    #[test]
    fn places_lead_to_the_text_as_it_was() {
        let filled = fill("select {{ a }} as x, y", Tool::DatabricksSql, &[], '"');
        let at = |part: &str| {
            let start = filled.sql.text.find(part).unwrap();
            filled.sql.map.to_file(Span::new(start, start + part.len()))
        };
        assert_eq!(at("__plumb_hole_0__"), Span::new(7, 14));
        assert_eq!(at("y"), Span::new(21, 22));
    }
}
