//! What functions do to the values of their arguments.

/// Functions whose result tells nobody the value.
const MASKS: &[&str] = &[
    "approx-count-distinct",
    "count",
    "count-if",
    "hash",
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "xxhash64",
];

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
    let own = ["-md5", "-sha1", "-sha2", "-sha5"];
    MASKS.contains(&name) || own.iter().any(|part| name.contains(part))
}
