//! Which dialect a file speaks, and how that is known.

use plumb_base::{Problem, Severity, record::Found};
use plumb_syntax::sql::Dialect;

use crate::read::Options;

/// How a dialect is known that the text itself tells.
pub(crate) const LOOK: &str = "by its look";

/// How a dialect is known that nobody spoke for.
pub(crate) const NOBODY_SAYS: &str = "nothing speaks for another";

/// The dialect of a path: said, set, told by what lies beside it, or seen in the texts; with how it is known.
pub(crate) fn dialect_of<'a>(
    path: &str,
    found: &Found,
    options: &Options,
    told: Option<(&str, &str)>,
    texts: impl IntoIterator<Item = &'a str>,
    problems: &mut Vec<Problem>,
) -> (&'static Dialect, String) {
    let set = found
        .settings
        .dialects
        .iter()
        .filter(|(prefix, _)| path.starts_with(prefix.as_str()))
        .max_by_key(|(prefix, _)| prefix.len());
    let said = [
        (options.dialect.as_deref(), "as you said"),
        (set.map(|(_, name)| name.as_str()), "plumb.toml"),
        told.map_or((None, ""), |(name, how)| (Some(name), how)),
    ];
    for (name, how) in said {
        let Some(name) = name else { continue };
        if let Some(dialect) = Dialect::named(name) {
            return (dialect, format!("{}, {how}", dialect.name));
        }
        problems.push(Problem {
            place: plumb_base::Place::file(path),
            severity: Severity::Note,
            reason: "unknown-dialect".to_owned(),
            message: format!("dialect `{name}` is not known; `{}` is used", Dialect::plain().name),
        });
        return (Dialect::plain(), format!("{name} read as {}, {how}", Dialect::plain().name));
    }
    let (dialect, signs) = Dialect::detect(texts);
    let how = if signs == 0 { NOBODY_SAYS } else { LOOK };
    (dialect, format!("{}, {how}", dialect.name))
}
