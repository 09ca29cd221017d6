//! What `${…}` stands for in a bundle.

use std::cell::RefCell;
use std::collections::BTreeSet;

use plumb_base::record::bundle::Given;

use super::layers::Node;

/// References inside the values of references: more than this is a circle.
const DEEPEST: usize = 12;

/// Values of references, and those that have none.
pub(super) struct Values<'a> {
    bundle: Node<'a>,
    name: String,
    target: Option<String>,
    unknown: RefCell<BTreeSet<String>>,
}

impl<'a> Values<'a> {
    pub(super) fn new(bundle: Node<'a>, name: &str, target: Option<&str>) -> Self {
        let (name, target) = (name.to_owned(), target.map(str::to_owned));
        Self { bundle, name, target, unknown: RefCell::default() }
    }

    /// The text of a value; references without a value stay as they are written.
    pub(super) fn text(&self, node: &Node<'_>) -> Option<String> {
        node.text().map(|text| self.filled(&text, 0))
    }

    /// The text of a value of which every part is known.
    pub(super) fn known(&self, node: &Node<'_>) -> Option<String> {
        let text = self.text(node).filter(|text| !text.trim().is_empty())?;
        let whole = references(&text).next().is_none();
        whole.then_some(text)
    }

    /// The same for a value that decides what is read; references without a value are listed.
    pub(super) fn needed(&self, node: &Node<'_>) -> Option<String> {
        let known = self.known(node);
        if let (None, Some(text)) = (&known, self.text(node)) {
            let unknown = references(&text).map(|(_, name)| name.to_owned());
            self.unknown.borrow_mut().extend(unknown);
        }
        known
    }

    /// References that were needed and have no value, sorted.
    pub(super) fn unknown(&self) -> Vec<String> {
        self.unknown.borrow().iter().cloned().collect()
    }

    /// Values of a map, by key.
    pub(super) fn given(&self, node: &Node<'_>) -> Given {
        node.keys().into_iter().map(|key| (key.clone(), self.whole(&node.get(&key)))).collect()
    }

    /// The text of a value, empty or not, of which nothing is left to be filled in by a run.
    pub(super) fn whole(&self, node: &Node<'_>) -> Option<String> {
        let text = self.text(node)?;
        (references(&text).next().is_none() && !text.contains("{{")).then_some(text)
    }

    fn filled(&self, text: &str, depth: usize) -> String {
        let (mut filled, mut last) = (String::new(), 0);
        for (at, name) in references(text) {
            let end = at + name.len() + 3;
            let value = if depth < DEEPEST { self.value(name) } else { None };
            let Some(value) = value else { continue };
            filled.push_str(&text[last..at]);
            filled.push_str(&self.filled(&value, depth + 1));
            last = end;
        }
        filled + &text[last..]
    }

    fn value(&self, name: &str) -> Option<String> {
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["bundle", "name"] => Some(self.name.clone()),
            ["bundle", "target" | "environment"] => self.target.clone(),
            ["var" | "variables", name] | ["variables", name, "value"] => {
                let variable = self.bundle.get("variables").get(name);
                // A target gives a value by itself; a declaration gives a default.
                variable.text().or_else(|| variable.text_of("default"))
            }
            ["resources" | "workspace", ..] => {
                let found = parts.iter().fold(self.bundle.clone(), |node, part| node.get(part));
                found.text()
            }
            _ => None,
        }
    }
}

/// Every `${name}` of a text, with the byte at which it begins.
pub(super) fn references(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("${").filter_map(|(at, _)| {
        let rest = &text[at + 2..];
        let name = &rest[..rest.find('}')?];
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-[]".contains(letter);
        (!name.is_empty() && name.chars().all(plain)).then_some((at, name))
    })
}
