//! S-expressions: reading them, and laying them out in lines.

/// An s-expression with the byte at which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// A bare word.
    Word(String, usize),
    /// A text in single quotes.
    Text(String, usize),
    /// A spelling in double quotes.
    Quoted(String, usize),
    /// A list.
    List(Vec<Self>, usize),
}

impl Form {
    pub(crate) fn word(text: impl Into<String>) -> Self {
        Self::Word(text.into(), 0)
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into(), 0)
    }

    /// A spelling, in double quotes where it would not read back as a word.
    pub(crate) fn name(text: &str) -> Self {
        let plain = !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$<>,".contains(&byte))
            && !text.starts_with(|first: char| first.is_ascii_digit() || "-.<".contains(first));
        if plain { Self::word(text) } else { Self::Quoted(text.to_owned(), 0) }
    }

    pub(crate) fn list(head: &str, rest: impl IntoIterator<Item = Self>) -> Self {
        Self::List(std::iter::once(Self::word(head)).chain(rest).collect(), 0)
    }

    pub(crate) fn at(&self) -> usize {
        match self {
            Self::Word(_, at) | Self::Text(_, at) | Self::Quoted(_, at) | Self::List(_, at) => *at,
        }
    }

    fn flat(&self) -> String {
        match self {
            Self::Word(text, _) => text.clone(),
            Self::Text(text, _) => format!("'{}'", text.replace('\'', "''")),
            Self::Quoted(text, _) => format!("\"{}\"", text.replace('"', "\"\"")),
            Self::List(items, _) => {
                format!("({})", items.iter().map(Self::flat).collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// Lays it out: one line where it fits, else one line per item below its head.
    pub(crate) fn layout(&self, indent: usize) -> String {
        let flat = self.flat();
        let Self::List(items, _) = self else { return flat };
        if indent + flat.chars().count() <= 96 || items.len() < 2 {
            return flat;
        }
        // Words after the head stay on its line: `(scan shop.orders`, `(agg sum`.
        let words = items.iter().take_while(|item| matches!(item, Self::Word(..))).count().max(1);
        let head: Vec<String> = items[..words].iter().map(Self::flat).collect();
        let mut lines = format!("({}", head.join(" "));
        for item in &items[words..] {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent + 2));
            lines.push_str(&item.layout(indent + 2));
        }
        lines.push(')');
        lines
    }
}

/// Reads one s-expression; what follows it must be empty.
pub(crate) fn read(text: &str) -> Result<Form, (usize, String)> {
    let mut stack: Vec<(Vec<Form>, usize)> = Vec::new();
    let mut done = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, letter)) = rest.next() {
        let form = match letter {
            _ if letter.is_whitespace() => continue,
            ';' => {
                while rest.next_if(|(_, letter)| *letter != '\n').is_some() {}
                continue;
            }
            '(' => {
                stack.push((Vec::new(), at));
                continue;
            }
            ')' => {
                let (items, start) = stack.pop().ok_or((at, "`)` without `(`".to_owned()))?;
                Form::List(items, start)
            }
            '\'' => Form::Text(quoted(&mut rest, '\'', at)?, at),
            '"' => Form::Quoted(quoted(&mut rest, '"', at)?, at),
            _ => {
                let mut word = letter.to_string();
                while let Some((_, letter)) = rest
                    .next_if(|(_, letter)| !letter.is_whitespace() && !"()\"';".contains(*letter))
                {
                    word.push(letter);
                }
                // A column may have a quoted name: `0."Order Id"`.
                if word.ends_with('.') && rest.next_if(|(_, letter)| *letter == '"').is_some() {
                    let name = quoted(&mut rest, '"', at)?;
                    Form::List(vec![Form::Word(word, at), Form::Quoted(name, at)], at)
                } else {
                    Form::Word(word, at)
                }
            }
        };
        match stack.last_mut() {
            Some((items, _)) => items.push(form),
            None if done.is_none() => done = Some(form),
            None => return Err((at, "more than one expression".to_owned())),
        }
    }
    if let Some((_, start)) = stack.pop() {
        return Err((start, "`(` is never closed".to_owned()));
    }
    done.ok_or((0, "nothing to read".to_owned()))
}

type Letters<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

fn quoted(rest: &mut Letters<'_>, quote: char, start: usize) -> Result<String, (usize, String)> {
    let mut text = String::new();
    while let Some((_, letter)) = rest.next() {
        if letter != quote {
            text.push(letter);
        } else if rest.next_if(|(_, next)| *next == quote).is_some() {
            text.push(quote);
        } else {
            return Ok(text);
        }
    }
    Err((start, "a quote is never closed".to_owned()))
}
