//! What each fuzz target does with its bytes: it hands them to one reader, which may refuse them and nothing else.

mod place;
mod plan;

pub use place::{
    bundle, code_owners, csv_export, dashboard, event_logs, manifest, notebook, parquet, project,
    properties, settings, superset, template, usage_records,
};
pub use plan::{ir_text, plan, sql};

/// Parquet files are read by a library in a thread that may panic; everyone else's panic is a finding.
pub fn let_foreign_threads_panic() {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(plumb_workspace::FOREIGN_THREAD) {
            abort(info);
        }
    }));
}
