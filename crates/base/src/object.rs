//! Paths of objects in stores elsewhere: `s3://bucket/key`.

/// What such a path begins with.
const SCHEME: &str = "s3://";

/// An object of a store, or a prefix of keys as a folder of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectPath<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// Key, or prefix without its last slash; `""` is all of the bucket.
    pub key: &'a str,
}

impl<'a> ObjectPath<'a> {
    /// Reads a path; `None` where it is none of an object.
    ///
    /// A bucket is called by small letters, digits, dots and hyphens, so that nothing else ever comes into the name
    /// of a machine.
    pub fn parse(path: &'a str) -> Option<Self> {
        let (bucket, key) = path.strip_prefix(SCHEME).map(split)?;
        let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || ".-".contains(it);
        let ends = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
        let named = (3..=63).contains(&bucket.len())
            && bucket.chars().all(plain)
            && bucket.starts_with(ends)
            && bucket.ends_with(ends)
            && !bucket.contains("..");
        named.then_some(Self { bucket, key: key.strip_suffix('/').unwrap_or(key) })
    }

    /// The path, without a slash at its end.
    pub fn path(&self) -> String {
        let Self { bucket, key } = self;
        if key.is_empty() { format!("{SCHEME}{bucket}") } else { format!("{SCHEME}{bucket}/{key}") }
    }
}

fn split(rest: &str) -> (&str, &str) {
    rest.split_once('/').unwrap_or((rest, ""))
}

/// Whether a path speaks of what lies elsewhere, well or not: it begins with a scheme.
pub fn is_elsewhere(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|it| it.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_bucket_and_a_key() {
        let parts = |path| ObjectPath::parse(path).map(|it| (it.bucket, it.key));
        assert_eq!(parts("s3://our-exports/a/b.csv"), Some(("our-exports", "a/b.csv")));
        assert_eq!(parts("s3://our-exports/a b/%20/ü/"), Some(("our-exports", "a b/%20/ü")));
        assert_eq!(parts("s3://our-exports"), Some(("our-exports", "")));
        assert_eq!(parts("s3://our-exports/"), Some(("our-exports", "")));
        for wrong in
            ["s3://", "s3://ab", "s3://Ours/x", "s3://a:b@ours/x", "s3://a..b/x", "s3://-ab"]
        {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
        assert_eq!(parts("gs://ours/x"), None);
    }

    #[test]
    fn a_scheme_tells_what_lies_elsewhere() {
        assert!(is_elsewhere("s3://ours/x") && is_elsewhere("gs://x"));
        assert!(!is_elsewhere("a/b.csv") && !is_elsewhere("://x") && !is_elsewhere("a b://x"));
    }
}
