//! The shelf of formats: one file and one page for each way to dress an answer.

// shelf FORMAT: Format (`cargo xtask gen`)
mod csv;
mod github;
mod json;
mod jsonl;
mod markdown;
mod openlineage;
mod sarif;
mod text;
pub(crate) static ALL: &[&crate::Format] = &[
    &csv::FORMAT,
    &github::FORMAT,
    &json::FORMAT,
    &jsonl::FORMAT,
    &markdown::FORMAT,
    &openlineage::FORMAT,
    &sarif::FORMAT,
    &text::FORMAT,
];
