//! The shelf of formats: one file and one page for each way to dress an answer.

// shelf FORMAT: Format (`cargo xtask gen`)
mod json;
mod text;
pub(crate) static ALL: &[&crate::Format] = &[&json::FORMAT, &text::FORMAT];
