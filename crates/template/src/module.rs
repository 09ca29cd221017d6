//! The Python modules that dbt lends to templates: `datetime`, `pytz`, `re`, `itertools`.

use super::container::elements;
use super::moment::Moment;
use super::regex::Regex;
use super::run::{Run, unknown};
use super::value::{Args, Value};

impl Run<'_> {
    /// Calls a function of a module.
    pub(super) fn call_module(&mut self, name: &str, args: &Args) -> Value {
        let given = args.describe();
        if let Some(given_unknown) = args.unknown()
            && name != "datetime.timedelta"
        {
            return Value::unknown(given_unknown.derive(format!("{name}{given}")));
        }
        let found = match name.split_once('.') {
            Some(("datetime", function)) => datetime(function, args),
            Some(("itertools", function)) => self.itertools(function, args),
            Some(("re", function)) => self.regex(function, args),
            Some(("pytz", "timezone")) => args.positional.first().cloned(),
            _ => None,
        };
        let key = format!("modules.{name}{given}");
        found.unwrap_or_else(|| unknown(&key, "this function of Python is not read"))
    }

    fn itertools(&mut self, name: &str, args: &Args) -> Option<Value> {
        let lists = || args.positional.iter().map(elements).collect::<Vec<_>>();
        let rows = match name {
            "chain" => return Some(Value::list(lists().concat())),
            "chain.from_iterable" => {
                let inner = elements(args.positional.first()?);
                return Some(Value::list(inner.iter().flat_map(elements).collect()));
            }
            "product" => {
                let mut rows = vec![Vec::new()];
                for list in lists() {
                    let step = |row: &Vec<Value>| {
                        let row = row.clone();
                        list.clone().into_iter().map(move |item| [row.clone(), vec![item]].concat())
                    };
                    rows = rows.iter().flat_map(step).take(100_000).collect();
                    self.spend(rows.len());
                }
                rows
            }
            "combinations" => {
                let size = usize::try_from(args.int(1, "r")?).ok()?;
                let rows = combinations(&elements(args.positional.first()?), size);
                self.spend(rows.len());
                rows
            }
            "zip_longest" => {
                let lists = lists();
                let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
                let fill = args.named("fillvalue").cloned().unwrap_or(Value::None);
                let cell = |list: &Vec<Value>, at| list.get(at).cloned().unwrap_or(fill.clone());
                (0..longest).map(|at| lists.iter().map(|list| cell(list, at)).collect()).collect()
            }
            _ => return None,
        };
        Some(Value::list(rows.into_iter().map(Value::tuple).collect()))
    }

    fn regex(&mut self, name: &str, args: &Args) -> Option<Value> {
        let pattern = args.text(0, "pattern")?;
        if name == "escape" {
            let escaped = pattern.chars().flat_map(|letter| {
                let plain = letter.is_alphanumeric() || letter == '_';
                (!plain).then_some('\\').into_iter().chain([letter])
            });
            return Some(Value::text(escaped.collect::<String>()));
        }
        let places = match name {
            "sub" => (2, 4),
            "split" => (1, 3),
            _ => (1, 2),
        };
        let flags = match args.get(places.1, "flags") {
            Some(flags) => flags.as_int()?,
            None => 0,
        };
        let most = match name {
            "sub" => args.get(3, "count"),
            "split" => args.get(2, "maxsplit"),
            _ => None,
        };
        if most.is_some() {
            return None;
        }
        let text = args.text(places.0, "string")?;
        // There, `$` stands before a newline at the end, too.
        if pattern.contains('$') && text.ends_with('\n') {
            return None;
        }
        let whole = name == "fullmatch";
        let regex = if whole { Regex::whole(pattern, flags) } else { Regex::new(pattern, flags) }?;
        self.spend(text.len() + pattern.len());
        let group = |found: &[Option<(usize, usize)>], at: usize| {
            let span = found.get(at).copied().flatten();
            span.map_or(Value::None, |(start, end)| Value::text(&text[start..end]))
        };
        Some(match name {
            "match" | "search" | "fullmatch" => {
                let begins = |found: &Vec<_>| {
                    matches!(found.first(), Some(Some((0, _)))) || name == "search"
                };
                match regex.find_at(text, 0).filter(begins) {
                    // A match is the tuple of its groups.
                    Some(found) => {
                        Value::tuple((0..found.len()).map(|at| group(&found, at)).collect())
                    }
                    None => Value::None,
                }
            }
            "findall" => {
                let found = regex.find_all(text);
                let items = found.iter().map(|found| match found.len() {
                    1 | 2 => group(found, found.len() - 1),
                    len => Value::tuple((1..len).map(|at| group(found, at)).collect()),
                });
                Value::list(items.collect())
            }
            "split" => {
                let mut parts = Vec::new();
                let mut start = 0;
                for found in regex.find_all(text) {
                    let (from, to) = found[0]?;
                    parts.push(Value::text(&text[start..from]));
                    parts.extend((1..found.len()).map(|at| group(&found, at)));
                    start = to;
                }
                parts.push(Value::text(&text[start..]));
                Value::list(parts)
            }
            "sub" => Value::text(regex.replace(text, args.text(1, "repl")?)?),
            _ => return None,
        })
    }
}

fn datetime(name: &str, args: &Args) -> Option<Value> {
    let (class, name) = name.split_once('.').unwrap_or((name, ""));
    let is_date = class == "date";
    let moment = match (class, name) {
        ("timedelta", _) => Moment::delta(args)?,
        ("datetime" | "date", "") => {
            let names = ["year", "month", "day", "hour", "minute", "second"];
            let parts = names.iter().enumerate();
            let parts: Vec<i64> = parts
                .map_while(|(at, name)| args.int(at, name).and_then(|v| i64::try_from(v).ok()))
                .collect();
            Moment::from_parts(&parts, is_date)?
        }
        ("datetime", "strptime") => Moment::parse(args.text(0, "")?, args.text(1, "")?)?,
        ("datetime" | "date", "fromisoformat") => {
            let text = args.text(0, "")?;
            let formats = ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"];
            let found = formats.iter().find_map(|format| Moment::parse(text, format))?;
            if is_date { Moment::parse(&found.to_string()[..10], "%Y-%m-%d")? } else { found }
        }
        ("datetime", "combine") => return args.positional.first().cloned(),
        ("datetime" | "date", "now" | "utcnow" | "today") => {
            return Some(unknown(&format!("modules.datetime.{class}.{name}()"), "clock"));
        }
        ("datetime" | "date", method) => {
            let subject = args.positional.first()?;
            let Value::Moment(moment) = subject else { return None };
            let rest = args.positional.iter().skip(1).cloned().collect();
            return moment.method(method, &Args::of(rest));
        }
        _ => return None,
    };
    Some(Value::Moment(moment))
}

fn combinations(items: &[Value], size: usize) -> Vec<Vec<Value>> {
    let mut rows: Vec<(usize, Vec<Value>)> = vec![(0, Vec::new())];
    for _ in 0..size {
        let longer = rows.iter().flat_map(|(from, row)| {
            let next = items.iter().enumerate().skip(*from);
            next.map(|(at, item)| (at + 1, [row.clone(), vec![item.clone()]].concat()))
        });
        rows = longer.take(100_000).collect();
    }
    rows.into_iter().map(|(_, row)| row).collect()
}
