//! Laws of texts.

use plumb_ir::{Literal, Type};

use crate::{
    lower::Kernel,
    term::{Term, call},
};

impl Kernel<'_> {
    /// A call on texts, written one way.
    pub(crate) fn of_texts(&self, name: &str, args: &[Term]) -> Option<Term> {
        match (name, args) {
            // What is folded is folded.
            ("lower" | "upper", [inner]) => (inner.as_call()?.0 == name).then(|| inner.clone()),
            (_, [inner]) if ends(name).is_some() => trimmed(name, inner),
            // The first letters, one or more, are letters from the first on.
            ("left", [text, count]) => {
                let count = whole(count).filter(|count| *count > 0)?;
                Some(letters(text, 1, Some(count)))
            }
            ("substring", [text, ..]) => {
                let (from, count) = window(args)?;
                let (_, all) = text.as_call().filter(|(name, _)| *name == "substring")?;
                let (first, most) = window(all)?;
                // Of letters first, first + 1, … most of them, those from the from-th on.
                let left = most.map(|most| (most - (from - 1).min(most)).max(0));
                let count = [count, left].into_iter().flatten().min();
                // Whether none are an empty text or an error is not the same everywhere.
                (count.is_none_or(|count| count > 0))
                    .then(|| letters(&all[0], first.saturating_add(from - 1), count))
            }
            ("eq", [one, two]) => self.begins(one, two).or_else(|| self.begins(two, one)),
            ("starts-with", [text, prefix]) => self.prefixed(text, said(prefix)?),
            ("like", [text, pattern]) => {
                let (before, after) = said(pattern)?.split_once("%%")?;
                // A letter that may escape is left alone.
                (!before.contains('\\') && !after.contains('\\'))
                    .then(|| like(text, &format!("{before}%{after}")))
            }
            ("concat", parts) => self.put_together(parts),
            _ => None,
        }
    }

    /// As many first letters as are compared with, where none of those stands for others, and no blank is the last.
    fn begins(&self, cut: &Term, with: &Term) -> Option<Term> {
        let (name, args) = cut.as_call()?;
        let (1, Some(count)) = window(args)? else { return None };
        let prefix = said(with)?;
        let all = i128::try_from(prefix.chars().count()) == Ok(count);
        if name != "substring" || !all || prefix.ends_with(' ') {
            return None;
        }
        self.prefixed(&args[0], prefix)
    }

    fn prefixed(&self, text: &Term, prefix: &str) -> Option<Term> {
        let stands_for_others = prefix.is_empty() || prefix.contains(['%', '_', '\\']);
        (!stands_for_others && self.type_of(text) == Type::Text)
            .then(|| like(text, &format!("{prefix}%")))
    }

    /// Texts put together are one text, however that was done; lists need not be.
    fn put_together(&self, parts: &[Term]) -> Option<Term> {
        let mut flat: Vec<Term> = Vec::new();
        for part in parts {
            let inner = match part.as_call() {
                Some(("concat", inner)) => inner,
                _ => std::slice::from_ref(part),
            };
            for part in inner {
                if said(part).is_none() && self.type_of(part) != Type::Text {
                    return None;
                }
                let joined = flat.last().and_then(said).zip(said(part));
                match joined.map(|(one, two)| format!("{one}{two}")) {
                    Some(text) => {
                        flat.pop();
                        flat.push(Term::Literal(Literal::Text(text)));
                    }
                    None => flat.push(part.clone()),
                }
            }
        }
        (flat != parts && flat.len() > 1).then(|| call("concat", flat))
    }
}

/// Blanks at an end that has none are not taken, and those at both ends are taken together.
fn trimmed(name: &str, inner: &Term) -> Option<Term> {
    let (before, args) = inner.as_call()?;
    let ((of, start, end), (other, first, last)) = (ends(name)?, ends(before)?);
    let [text] = args else { return None };
    // Each dialect has blanks of its own.
    if of != other {
        return None;
    }
    Some(match (start || first, end || last) {
        (true, true) => call(&format!("{of}trim"), vec![text.clone()]),
        _ => inner.clone(),
    })
}

/// Whose function it is, and whether it trims the start and the end.
fn ends(name: &str) -> Option<(&str, bool, bool)> {
    let of = |side| name.strip_suffix(side);
    of("ltrim")
        .map(|of| (of, true, false))
        .or_else(|| of("rtrim").map(|of| (of, false, true)))
        .or_else(|| of("trim").map(|of| (of, true, true)))
}

/// The first letter, counted from one, and the number of letters of a `substring`.
fn window(args: &[Term]) -> Option<(i128, Option<i128>)> {
    let (from, count) = match args {
        [_, from] => (whole(from)?, None),
        [_, from, count] => (whole(from)?, Some(whole(count)?)),
        _ => return None,
    };
    (from > 0 && count.is_none_or(|count| count >= 0)).then_some((from, count))
}

fn letters(text: &Term, from: i128, count: Option<i128>) -> Term {
    let number = |number| Term::Literal(Literal::Integer(number));
    let mut args = vec![text.clone(), number(from)];
    args.extend(count.map(number));
    call("substring", args)
}

fn like(text: &Term, pattern: &str) -> Term {
    call("like", vec![text.clone(), Term::Literal(Literal::Text(pattern.to_owned()))])
}

fn whole(term: &Term) -> Option<i128> {
    match term.as_literal()? {
        Literal::Integer(number) => Some(*number),
        _ => None,
    }
}

fn said(term: &Term) -> Option<&str> {
    match term.as_literal()? {
        Literal::Text(text) => Some(text),
        _ => None,
    }
}
