//! What functions do to the values of their arguments.

use plumb_syntax::sql::Dialect;

/// Functions whose result tells nobody the value.
const MASKS: &[&str] = &[
    "approx-count-distinct",
    "approx-distinct",
    "count",
    "count-if",
    "countif",
    "farm-fingerprint",
    "farmfingerprint64",
    "fnv-hash",
    "hash",
    "murmur3-32-hash",
    "spooky-hash-v2-32",
    "spooky-hash-v2-64",
    "xxhash64",
];

/// What the names of hashes hold that come in several sizes and forms.
const HASHES: &[&str] = &["hmac", "md5", "sha1", "sha2", "sha224", "sha256", "sha384", "sha512"];

/// Whether an argument of a function decides on the value without being part of it.
pub(super) fn decides(name: &str, at: usize, of: usize) -> bool {
    match name {
        "if" | "nvl2" => at == 0,
        "null-if" => at == 1,
        // The value, then what it is compared with and what becomes of it by turns; a last one alone is the default.
        "decode" => at == 0 || (at % 2 == 1 && at + 1 < of),
        _ => false,
    }
}

/// Whether the result of a function tells nobody the value.
pub(super) fn masks(name: &str) -> bool {
    // What only one dialect means carries its name in front.
    let own = match name.split_once('-') {
        Some((dialect, own)) if Dialect::named(dialect).is_some() => own,
        _ => name,
    };
    MASKS.contains(&own) || own.split('-').any(|part| HASHES.contains(&part))
}
