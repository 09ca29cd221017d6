//! A small regular expression matcher for `modules.re`: Python's syntax without look-around and back references.

/// Steps that one match may take.
const FUEL: usize = 200_000;

/// A pattern.
#[derive(Debug)]
pub(super) struct Regex {
    root: Node,
    groups: usize,
}

/// Where a match and its groups stand.
pub(super) type Found = Vec<Option<(usize, usize)>>;

/// A match that takes too many steps.
#[derive(Debug)]
pub(super) struct TooLong;

#[derive(Debug, Clone)]
enum Node {
    Letter(char),
    Any,
    Class { ranges: Vec<(char, char)>, negated: bool },
    Start,
    End,
    Boundary(bool),
    Group(Option<usize>, Box<Self>),
    Sequence(Vec<Self>),
    Either(Vec<Self>),
    Repeat { inner: Box<Self>, least: usize, most: usize, greedy: bool },
}

struct Parser<'p> {
    letters: std::iter::Peekable<std::str::Chars<'p>>,
    groups: usize,
    depth: usize,
}

impl Regex {
    /// Reads a pattern; `None` if it uses what is not supported.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let mut parser = Parser { letters: pattern.chars().peekable(), groups: 0, depth: 0 };
        let root = parser.either()?;
        parser.letters.next().is_none().then_some(Self { root, groups: parser.groups })
    }

    /// The first match from a byte on, or only at that byte; `Err` if it takes too long.
    pub(super) fn find_at(
        &self,
        text: &str,
        from: usize,
        only: bool,
    ) -> Result<Option<Found>, TooLong> {
        let mut fuel = FUEL;
        for start in (from..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let mut state = Matcher { text, fuel, groups: vec![None; self.groups + 1] };
            let end = state.run(&[&self.root], start, 0);
            fuel = state.fuel;
            if fuel == 0 {
                return Err(TooLong);
            }
            if let Some(end) = end {
                state.groups[0] = Some((start, end));
                return Ok(Some(state.groups));
            }
            if only {
                break;
            }
        }
        Ok(None)
    }

    /// All matches that do not overlap.
    pub(super) fn find_all(&self, text: &str) -> Option<Vec<Found>> {
        let (mut all, mut from) = (Vec::new(), 0);
        while from <= text.len() && all.len() < 10_000 {
            let Some(found) = self.find_at(text, from, false).ok()? else { break };
            let (start, end) = found[0]?;
            from = if end > start {
                end
            } else {
                end + text[end..].chars().next().map_or(1, char::len_utf8)
            };
            all.push(found);
        }
        Some(all)
    }

    /// Replaces all matches; `\1` stands for a group.
    pub(super) fn replace(&self, text: &str, with: &str) -> Option<String> {
        let (mut out, mut last) = (String::new(), 0);
        for found in self.find_all(text)? {
            let (start, end) = found[0]?;
            out.push_str(&text[last..start]);
            let mut letters = with.chars().peekable();
            while let Some(letter) = letters.next() {
                let digit = letters.peek().and_then(|next| next.to_digit(10));
                match (letter, digit) {
                    ('\\', Some(digit)) => {
                        letters.next();
                        let group = found.get(digit as usize).copied().flatten();
                        out.push_str(group.map_or("", |(from, to)| &text[from..to]));
                    }
                    _ => out.push(letter),
                }
            }
            last = end;
        }
        out.push_str(&text[last..]);
        Some(out)
    }
}

impl Parser<'_> {
    fn either(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > 50 {
            return None;
        }
        let mut arms = vec![self.sequence()?];
        while self.letters.next_if_eq(&'|').is_some() {
            arms.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(if arms.len() == 1 { arms.pop()? } else { Node::Either(arms) })
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(letter) = self.letters.next_if(|letter| !"|)".contains(*letter)) {
            let node = self.atom(letter)?;
            nodes.push(self.repeated(node)?);
        }
        Some(Node::Sequence(nodes))
    }

    fn atom(&mut self, letter: char) -> Option<Node> {
        Some(match letter {
            '.' => Node::Any,
            '^' => Node::Start,
            '$' => Node::End,
            '[' => self.class()?,
            '\\' => self.escape()?,
            '(' => {
                let mut index = None;
                if self.letters.next_if_eq(&'?').is_some() {
                    match self.letters.next()? {
                        ':' => {}
                        'P' => {
                            self.letters.next_if_eq(&'<')?;
                            while self.letters.next()? != '>' {}
                            self.groups += 1;
                            index = Some(self.groups);
                        }
                        _ => return None,
                    }
                } else {
                    self.groups += 1;
                    index = Some(self.groups);
                }
                let inner = self.either()?;
                self.letters.next_if_eq(&')')?;
                Node::Group(index, Box::new(inner))
            }
            '*' | '+' | '?' => return None,
            other => Node::Letter(other),
        })
    }

    fn escape(&mut self) -> Option<Node> {
        Some(match self.letters.next()? {
            'b' => Node::Boundary(true),
            'B' => Node::Boundary(false),
            'A' => Node::Start,
            'Z' => Node::End,
            letter @ ('d' | 'w' | 's') => {
                Node::Class { ranges: named_class(letter), negated: false }
            }
            letter @ ('D' | 'W' | 'S') => {
                Node::Class { ranges: named_class(letter.to_ascii_lowercase()), negated: true }
            }
            'n' => Node::Letter('\n'),
            't' => Node::Letter('\t'),
            'r' => Node::Letter('\r'),
            digit if digit.is_ascii_digit() => return None,
            other => Node::Letter(other),
        })
    }

    fn class(&mut self) -> Option<Node> {
        let negated = self.letters.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let letter = match self.letters.next()? {
                ']' if !ranges.is_empty() => return Some(Node::Class { ranges, negated }),
                '\\' => match self.letters.next()? {
                    named @ ('d' | 'w' | 's') => {
                        ranges.extend(named_class(named));
                        continue;
                    }
                    'n' => '\n',
                    't' => '\t',
                    'D' | 'W' | 'S' => return None,
                    other => other,
                },
                other => other,
            };
            let mut ahead = self.letters.clone();
            if ahead.next() == Some('-') && ahead.peek().is_some_and(|last| *last != ']') {
                self.letters.next();
                let last = self.letters.next()?;
                ranges.push((letter, last));
            } else {
                ranges.push((letter, letter));
            }
        }
    }

    fn repeated(&mut self, node: Node) -> Option<Node> {
        let (least, most) = match self.letters.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                self.letters.next();
                let mut text = String::new();
                loop {
                    match self.letters.next()? {
                        '}' => break,
                        other => text.push(other),
                    }
                }
                let (low, high) = text.split_once(',').unwrap_or((&text, &text));
                let most = if high.is_empty() { usize::MAX } else { high.trim().parse().ok()? };
                let least = if low.is_empty() { 0 } else { low.trim().parse().ok()? };
                return Some(self.quantified(node, least, most));
            }
            _ => return Some(node),
        };
        self.letters.next();
        Some(self.quantified(node, least, most))
    }

    fn quantified(&mut self, node: Node, least: usize, most: usize) -> Node {
        let greedy = self.letters.next_if_eq(&'?').is_none();
        Node::Repeat { inner: Box::new(node), least, most, greedy }
    }
}

fn named_class(letter: char) -> Vec<(char, char)> {
    match letter {
        'd' => vec![('0', '9')],
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        _ => vec![(' ', ' '), ('\t', '\r')],
    }
}

struct Matcher<'t> {
    text: &'t str,
    fuel: usize,
    groups: Found,
}

impl Matcher<'_> {
    /// Matches a list of nodes one after another and gives the end.
    fn run(&mut self, nodes: &[&Node], at: usize, depth: usize) -> Option<usize> {
        let Some((first, rest)) = nodes.split_first() else { return Some(at) };
        self.fuel = self.fuel.saturating_sub(1);
        if self.fuel == 0 || depth > 1000 {
            self.fuel = 0;
            return None;
        }
        let letter = self.text[at..].chars().next();
        let next = |matches: bool| letter.filter(|_| matches).map(|letter| at + letter.len_utf8());
        match first {
            Node::Letter(wanted) => self.run(rest, next(letter == Some(*wanted))?, depth + 1),
            Node::Any => self.run(rest, next(letter != Some('\n'))?, depth + 1),
            Node::Class { ranges, negated } => {
                let letter = letter?;
                let inside = ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter));
                self.run(rest, next(inside != *negated)?, depth + 1)
            }
            Node::Start if at == 0 => self.run(rest, at, depth + 1),
            Node::End if at == self.text.len() => self.run(rest, at, depth + 1),
            Node::Boundary(wanted) if self.is_boundary(at) == *wanted => {
                self.run(rest, at, depth + 1)
            }
            Node::Start | Node::End | Node::Boundary(_) => None,
            Node::Group(index, inner) => {
                let end = self.group_end(*index, inner, rest, at, depth)?;
                Some(end)
            }
            Node::Sequence(inner) => {
                let all: Vec<&Node> = inner.iter().chain(rest.iter().copied()).collect();
                self.run(&all, at, depth + 1)
            }
            Node::Either(arms) => arms.iter().find_map(|arm| {
                let all: Vec<&Node> = std::iter::once(arm).chain(rest.iter().copied()).collect();
                self.run(&all, at, depth + 1)
            }),
            Node::Repeat { inner, least, most, greedy } => {
                let ends = self.repeat_ends(inner, *most, at, depth);
                let mut counts: Vec<usize> = (*least..ends.len()).collect();
                if *greedy {
                    counts.reverse();
                }
                counts.into_iter().find_map(|count| self.run(rest, ends[count], depth + 1))
            }
        }
    }

    /// Ends after 0, 1, 2 … repetitions; each repetition takes its first way to match.
    fn repeat_ends(&mut self, inner: &Node, most: usize, at: usize, depth: usize) -> Vec<usize> {
        let mut ends = vec![at];
        while ends.len() <= most {
            let last = ends.last().copied().unwrap_or(at);
            match self.run(&[inner], last, depth + 1) {
                Some(end) if end > last => ends.push(end),
                _ => break,
            }
        }
        ends
    }

    fn group_end(
        &mut self,
        index: Option<usize>,
        inner: &Node,
        rest: &[&Node],
        at: usize,
        depth: usize,
    ) -> Option<usize> {
        // A group that can end at several places is tried as part of what follows first.
        let Some(index) = index else {
            let all: Vec<&Node> = std::iter::once(inner).chain(rest.iter().copied()).collect();
            return self.run(&all, at, depth + 1);
        };
        let all: Vec<&Node> = std::iter::once(inner).chain(rest.iter().copied()).collect();
        let whole = self.run(&all, at, depth + 1)?;
        let mut end = self.run(&[inner], at, depth + 1)?;
        while self.run(rest, end, depth + 1) != Some(whole) && end > at {
            end -= 1;
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
        }
        self.groups[index] = Some((at, end));
        Some(whole)
    }

    fn is_boundary(&self, at: usize) -> bool {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let before = self.text[..at].chars().next_back().is_some_and(is_word);
        let after = self.text[at..].chars().next().is_some_and(is_word);
        before != after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, with: &str, expected: &str) {
        let regex = Regex::new(pattern).expect("a pattern");
        assert_eq!(regex.replace(text, with).as_deref(), Some(expected));
    }

    #[test]
    fn patterns_that_templates_use() {
        check(r"[^A-Za-z0-9_]+", "a b--c", "_", "a_b_c");
        check(r"(\w+)\.(\w+)", "x.y z", r"\2.\1", "y.x z");
        check(r"^_+|_+$", "__a__", "", "a");
        check(r"\bas\b", "as asas as", "X", "X asas X");
        check(r"(a|b){2,3}?c", "abac", "-", "-");
        assert!(Regex::new("(?=x)").is_none());
    }
}
