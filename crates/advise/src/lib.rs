//! Fixes: what to do about a finding, with the patch where it is ready.
//!
//! This crate never applies a fix, never proposes to delete every copy, and never shows a patch whose meaning
//! it has not checked.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

mod read_the_other;
mod share_the_work;

use plumb_base::{Action, Finding};
use plumb_estate::Estate;

/// What to do about a finding; `None` if there is nothing better to say than what it says.
pub fn advise(estate: &Estate, finding: &Finding) -> Option<Action> {
    match finding.rule.as_str() {
        "DUP001" => read_the_other::action(estate, finding),
        "DUP003" => share_the_work::action(estate, finding),
        _ => None,
    }
}
