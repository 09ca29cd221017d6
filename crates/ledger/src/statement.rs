//! The words of a statement without its comments and literals, read at the speed of the text and in no dialect.

/// A statement as words.
#[derive(Debug, Default)]
pub(crate) struct Statement<'a> {
    /// Comments, without their marks.
    pub comments: Vec<&'a str>,
    /// Words and signs in lower case; each literal is `?`, and a list of literals is one.
    pub tokens: Vec<String>,
}

/// Letters of a label.
const LABEL: usize = 60;

impl<'a> Statement<'a> {
    /// Reads a text; what breaks off in the middle is read as far as it goes.
    pub(crate) fn read(text: &'a str) -> Self {
        let mut statement = Self::default();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            rest = statement.next(rest, letter);
        }
        // What ends a statement is no part of it.
        while statement.tokens.last().is_some_and(|token| token == ";") {
            statement.tokens.pop();
        }
        statement
    }

    /// Reads one token or comment, and gives what follows.
    fn next(&mut self, text: &'a str, letter: char) -> &'a str {
        if letter.is_whitespace() {
            return text.trim_start();
        }
        if let Some(inside) = text.strip_prefix("--") {
            let end = inside.find('\n').unwrap_or(inside.len());
            self.comments.push(&inside[..end]);
            return &inside[end..];
        }
        if let Some(inside) = text.strip_prefix("/*") {
            let (comment, rest) = inside.split_once("*/").unwrap_or((inside, ""));
            self.comments.push(comment);
            return rest;
        }
        if letter == '\'' {
            self.literal();
            return quoted(text, '\'');
        }
        if letter.is_ascii_digit() {
            self.literal();
            let end = text.find(|it: char| !(it.is_ascii_alphanumeric() || it == '.'));
            return &text[end.unwrap_or(text.len())..];
        }
        if is_word(letter) || letter == '"' || letter == '`' {
            return self.name(text);
        }
        self.tokens.push(letter.to_string());
        &text[letter.len_utf8()..]
    }

    /// A word, or a name of several parts.
    fn name(&mut self, text: &'a str) -> &'a str {
        let mut name = String::new();
        let mut rest = text;
        loop {
            let first = rest.chars().next().unwrap_or(' ');
            let end = if first == '"' || first == '`' {
                rest.len() - quoted(rest, first).len()
            } else {
                rest.find(|it: char| !is_word(it)).unwrap_or(rest.len())
            };
            name.push_str(&rest[..end].trim_matches(['"', '`']).to_lowercase());
            rest = &rest[end..];
            let more = rest.strip_prefix('.').filter(|after| {
                after.chars().next().is_some_and(|it| is_word(it) || it == '"' || it == '`')
            });
            let Some(after) = more.filter(|_| end > 0) else { break };
            name.push('.');
            rest = after;
        }
        self.tokens.push(name);
        rest
    }

    fn literal(&mut self) {
        let listed =
            matches!(self.tokens.as_slice(), [.., value, comma] if value == "?" && comma == ",");
        if listed {
            self.tokens.pop();
        } else {
            self.tokens.push("?".to_owned());
        }
    }

    /// The table that it writes, where it begins like something that does.
    pub(crate) fn written(&self) -> Option<&str> {
        let words: Vec<&str> = self.tokens.iter().map(String::as_str).collect();
        let rest = match words.as_slice() {
            ["insert", rest @ ..] => skip(rest, &["overwrite", "into", "table"]),
            ["merge" | "copy", "into", rest @ ..] => rest,
            ["delete", "from", rest @ ..] | ["update", rest @ ..] => rest,
            ["create", rest @ ..] => {
                let kind =
                    rest.iter().take(6).position(|word| matches!(*word, "table" | "view"))?;
                skip(&rest[kind + 1..], &["if", "not", "exists"])
            }
            _ => return None,
        };
        let name = *rest.first()?;
        name.starts_with(is_word).then_some(name)
    }

    /// The beginning of it, for people.
    pub(crate) fn label(&self) -> String {
        let mut label = String::new();
        for token in &self.tokens {
            let tight = matches!(token.as_str(), "," | ")" | ";") || label.ends_with('(');
            if !label.is_empty() && !tight {
                label.push(' ');
            }
            label.push_str(token);
            if label.chars().count() > LABEL {
                return label.chars().take(LABEL - 1).chain(['…']).collect();
            }
        }
        label
    }
}

fn skip<'t, 'w>(words: &'t [&'w str], known: &[&str]) -> &'t [&'w str] {
    let end = words.iter().position(|word| !known.contains(word)).unwrap_or(words.len());
    &words[end..]
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// What follows a text in quotes; a doubled quote does not end it.
fn quoted(text: &str, quote: char) -> &str {
    let mut rest = &text[quote.len_utf8()..];
    loop {
        let Some(at) = rest.find(quote) else { return "" };
        rest = &rest[at + quote.len_utf8()..];
        match rest.strip_prefix(quote) {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_told_by_the_first_words() {
        let written = |text| Statement::read(text).written().map(str::to_owned);
        for (text, table) in [
            ("INSERT INTO \"Lake\".Mart.orders (a) values (1)", "lake.mart.orders"),
            ("insert overwrite table `x`.y select 1", "x.y"),
            ("/* c */ create or replace transient table if not exists a.b as select 1", "a.b"),
            ("merge into t using s on t.a = s.a", "t"),
            ("copy into raw.events from @stage/x", "raw.events"),
            ("update t set a = 1", "t"),
            ("create view v as select 1", "v"),
        ] {
            assert_eq!(written(text).as_deref(), Some(table), "{text}");
        }
        for text in
            ["select 1", "copy into @stage/x from t", "create role r", "insert", "", "create or"]
        {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in
            ["'", "\"a", "/*", "--", "a.", ".", "1.2.3", "é'ü", "`", "''''", "a.\"b", "\u{0}"]
        {
            let _read = Statement::read(text);
        }
        let label = Statement::read("select count(*), sum(a) from t where b = 'x'").label();
        assert_eq!(label, "select count (*), sum (a) from t where b = ?");
        assert!(Statement::read(&"select ".repeat(50)).label().ends_with('…'));
    }
}
