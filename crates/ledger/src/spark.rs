//! Applications of Spark: what their tasks ran for, and on which cluster.

use plumb_base::record::spark::{Application, Asker};

use crate::Reading;
use crate::workload::{Sign, Told, Traces, Workload, WorkloadKind};

impl Reading {
    /// Adds an application; one that was read before counts once.
    pub(crate) fn application(&mut self, app: &Application) {
        let cluster = app.cluster.as_ref();
        let id = (&app.id, &app.attempt, app.start, cluster.map(|it| &it.id));
        if !self.is_once(&format!("application {id:?}")) {
            return;
        }
        let tags = cluster.map(|it| it.tags.as_slice()).unwrap_or_default();
        let tags: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let cluster = cluster.map(|it| self.names.id(&it.id));
        self.shared.logged(cluster, app.start, app.last);
        for (at, work) in app.work.iter().enumerate() {
            let Some((first, _)) = work.hours.first() else { continue };
            let asker = &work.asker;
            let sign = sign(app, asker);
            if let Some(title) = &asker.title {
                self.title(sign.key.clone(), app.start, title.clone());
            }
            let cause = self.causes.id(&mut self.names, sign, asker.user.as_deref(), &tags);
            self.causes.ran(cause, first.day());
            self.stages.add(app, at, cause);
            for (hour, taken) in &work.hours {
                if let Some(cluster) = cluster {
                    self.shared.taken(cluster, *hour, cause, *taken);
                }
            }
        }
    }
}

/// What tells the work of tasks: what had them run, else the statement, else the application.
fn sign<'a>(app: &'a Application, asker: &'a Asker) -> Sign<'a> {
    if let Some((kind, id)) = &asker.source {
        return Workload::object(kind, id, Told::Platform).into();
    }
    let start = asker.text.trim_start().get(..6).unwrap_or_default().to_ascii_lowercase();
    let sign = Sign::of(&Traces { text: &asker.text, ..Traces::default() });
    let tells = match sign.kind {
        WorkloadKind::DbtNode | WorkloadKind::Table => true,
        // What is no SQL is a place in a program.
        WorkloadKind::Statement => start == "select" || start.starts_with("with "),
        _ => false,
    };
    if tells {
        return sign;
    }
    let name = if app.name.is_empty() { &app.id } else { &app.name };
    Workload::object("application", name, Told::Platform).into()
}
