//! Versions in names: `funnel_v1` and `funnel_v2` are one line.

/// A name without its version, and the version; what has none is version nothing.
pub(crate) fn of(name: &str) -> (String, Vec<u64>) {
    let (mut line, mut number) = (String::new(), Vec::new());
    let mut rest = name;
    while !rest.is_empty() {
        let end = rest.find(|it: char| !it.is_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if let Some(major) = version(word) {
            number.push(major);
            // `v4.1`
            while let Some((minor, after)) = minor(rest) {
                number.push(minor);
                rest = after;
            }
            continue;
        }
        line.push_str(word);
        if let Some(between) = rest.chars().next() {
            line.push(between);
            rest = &rest[between.len_utf8()..];
        }
    }
    (line, number)
}

/// The number of a word such as `v2` or `v3a`.
fn version(word: &str) -> Option<u64> {
    let digits = word.strip_prefix(['v', 'V'])?;
    let number = digits.trim_end_matches(|it: char| it.is_ascii_lowercase());
    (digits.len() - number.len() < 2).then(|| number.parse().ok()).flatten()
}

fn minor(rest: &str) -> Option<(u64, &str)> {
    let digits = rest.strip_prefix('.')?;
    let end = digits.find(|it: char| !it.is_ascii_digit()).unwrap_or(digits.len());
    Some((digits[..end].parse().ok()?, &digits[end..]))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn versions_are_cut_out_of_names() {
        for (name, line, number) in [
            ("db.mart.funnel_v2", "db.mart.funnel_", &[2][..]),
            ("v2_payments", "_payments", &[2]),
            ("notes/Extract_v4.1.py#mha", "notes/Extract_.py#mha", &[4, 1]),
            ("Build_v3a.py", "Build_.py", &[3]),
            ("vat.valid_voucher", "vat.valid_voucher", &[]),
            ("a_vab", "a_vab", &[]),
        ] {
            assert_eq!(of(name), (line.to_owned(), number.to_vec()), "{name}");
        }
    }
}
