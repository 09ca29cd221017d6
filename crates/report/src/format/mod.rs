//! The shelf of formats: one file and one page for each way to dress an answer.

// shelf FORMAT: Format (`cargo xtask gen`)
mod csv;
mod json;
mod openlineage;
mod text;
pub(crate) static ALL: &[&crate::Format] =
    &[&csv::FORMAT, &json::FORMAT, &openlineage::FORMAT, &text::FORMAT];
