//! Whether templates of statements agree with the hashes that a platform itself makes of them.
//!
//! A hash of a whole statement leaves out case, spaces and comments, so what has one hash must have one template. A hash
//! without literals keeps some of them, in lists and limits, so what has one template may have several hashes.

use std::collections::BTreeMap;

use plumb_base::{Digest, Hasher};
use rustc_hash::FxHashMap;

/// Hashes that are compared; more are not remembered.
const MOST: usize = 1_000_000;

/// Hashes of one kind, while queries are read.
#[derive(Debug, Default)]
struct Known {
    templates: FxHashMap<Digest, Digest>,
    /// Queries of another template than the first of their hash.
    others: u64,
    /// Hashes with several templates: the hash, a query of the first and one of another.
    several: BTreeMap<String, String>,
}

impl Known {
    /// Whether there is room for it, or it is known.
    fn see(&mut self, hash: &str, template: Digest, query: &str) {
        let id = digest(hash);
        if self.templates.len() >= MOST && !self.templates.contains_key(&id) {
            return;
        }
        let known = *self.templates.entry(id).or_insert(template);
        if known != template {
            self.others += 1;
            self.several.entry(hash.to_owned()).or_insert_with(|| query.to_owned());
        }
    }
}

/// Templates and hashes of queries, while they are read.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    /// Of whole statements, and without literals; each with its version.
    whole: Known,
    bare: Known,
    /// The first hash without literals of each template.
    first: FxHashMap<Digest, Digest>,
    /// Templates with several, and how many queries are of another than the first.
    several: BTreeMap<Digest, u64>,
    /// Templates by hash without literals and version, where there is one only.
    unique: FxHashMap<Digest, Option<Digest>>,
}

/// How a query is hashed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hashed<'a> {
    pub(crate) query: &'a str,
    pub(crate) bare: Option<&'a str>,
    pub(crate) version: Option<&'a str>,
    pub(crate) whole: Option<&'a str>,
}

impl Hashes {
    /// Compares the template of a query with its hashes.
    pub(crate) fn see(&mut self, template: Digest, hashed: Hashed<'_>) {
        if let Some(whole) = hashed.whole {
            self.whole.see(whole, template, hashed.query);
        }
        let Some(bare) = hashed.bare else { return };
        let version = hashed.version.map_or_else(String::new, |it| format!(" version {it}"));
        let named = format!("{bare}{version}");
        self.bare.see(&named, template, hashed.query);
        if self.unique.len() >= MOST {
            return;
        }
        let one = self.unique.entry(digest(bare)).or_insert(Some(template));
        *one = one.filter(|known| *known == template);
        let hash = digest(&named);
        if *self.first.entry(template).or_insert(hash) != hash {
            *self.several.entry(template).or_default() += 1;
        }
    }

    /// The template of what is known by its hash alone.
    pub(crate) fn template(&self, bare: &str) -> Option<Digest> {
        self.unique.get(&digest(bare)).copied().flatten()
    }

    /// Where templates and hashes disagree, with counts: what is wrong with templates, and what is to be known.
    pub(crate) fn close(&self) -> (Vec<String>, Vec<String>) {
        let wrong = [(&self.whole, "of whole statements"), (&self.bare, "without literals")];
        let wrong = wrong.into_iter().filter_map(|(known, what)| {
            let (hash, query) = known.several.first_key_value()?;
            let (several, all) = (known.several.len(), known.templates.len());
            let others = queries(known.others);
            Some(format!(
                "{several} of {all} hashes {what} have several templates here ({others}), such as `{hash}`, of which query `{query}` is another: what has no other sign is told apart where Snowflake does not"
            ))
        });
        let wrong = wrong.collect();
        let (hashes, templates) = (self.bare.templates.len(), self.first.len());
        let mut notes = Vec::new();
        if hashes > 0 {
            let several = match self.several.len() {
                0 => "none has several hashes".to_owned(),
                count => {
                    let have =
                        if count == 1 { "1 has".to_owned() } else { format!("{count} have") };
                    let others = queries(self.several.values().sum());
                    format!(
                        "{have} several ({others}), as Snowflake keeps literals in lists and limits"
                    )
                }
            };
            notes.push(format!(
                "{hashes} hashes of Snowflake are {templates} templates here: {several}"
            ));
        }
        (wrong, notes)
    }
}

fn queries(count: u64) -> String {
    if count == 1 { "1 query".to_owned() } else { format!("{count} queries") }
}

fn digest(hash: &str) -> Digest {
    Hasher::new("hash").text(hash).finish()
}
