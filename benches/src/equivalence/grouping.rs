//! What only the text of a plan says of its aggregates: sets of keys, and filters of calls.

/// An aggregate as the text has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Positions of keys, a list for each set; none for one set of all.
    pub(crate) sets: Option<Vec<Vec<usize>>>,
    /// Of each call, the column that says which rows it takes.
    pub(crate) filters: Vec<Option<usize>>,
}

/// The aggregates of a text from the first to the last line, if they stand there in the order of the plan.
pub(crate) fn told(text: &str) -> Vec<Told> {
    // A subquery stands before what its relation is made of.
    if text.contains("{\n") {
        return Vec::new();
    }
    let lines = text.lines().map(str::trim_start);
    lines.filter_map(|line| line.strip_prefix("LogicalAggregate(")).map(aggregate).collect()
}

fn aggregate(line: &str) -> Told {
    let line = line.trim_end().strip_suffix(')').unwrap_or(line);
    let mut told = Told::default();
    let mut keys = Vec::new();
    for part in parts(line) {
        let Some((name, value)) = part.split_once("=[") else { continue };
        let value = value.strip_suffix(']').unwrap_or(value);
        match name {
            "group" => keys = columns(value),
            "groups" => {
                let value = value.trim_start_matches('[').trim_end_matches(']');
                let place = |column: usize| keys.iter().position(|key| *key == column);
                let sets = parts(value).into_iter().map(columns);
                told.sets =
                    Some(sets.map(|set| set.into_iter().filter_map(place).collect()).collect());
            }
            _ => told.filters.push(value.rsplit_once(" FILTER $").and_then(|it| it.1.parse().ok())),
        }
    }
    told
}

/// What stands between commas outside of brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[start..].trim());
    found
}

fn columns(set: &str) -> Vec<usize> {
    let inside = set.trim_start_matches('{').trim_end_matches('}');
    inside.split(',').filter_map(|column| column.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_filters_are_told() {
        let text = "LogicalProject(A=[$0])\n  LogicalAggregate(group=[{0, 2}], groups=[[{0, 2}, {2}, {}]], \
                    EXPR$1=[SUM($1) FILTER $3], $g=[GROUPING($0, $2)])\n    LogicalAggregate(group=[{}])\n";
        let first =
            Told { sets: Some(vec![vec![0, 1], vec![1], vec![]]), filters: vec![Some(3), None] };
        assert_eq!(told(text), [first, Told::default()]);
    }
}
