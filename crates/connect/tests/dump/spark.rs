//! Applications of Spark, as text.

use plumb_base::record::spark::{Application, Asker, Execution, Moved, Scan, Stage};

use super::usage::time;

/// An application in several lines: what it was, then its stages, its SQL, and who took its time.
pub(super) fn application(app: &Application) -> String {
    let mut lines = vec![head(app)];
    lines.extend(app.stages.iter().map(stage));
    for execution in &app.executions {
        lines.push(sql(execution));
        lines.extend(execution.scans.iter().map(scan));
    }
    for work in &app.work {
        let hours = work.hours.iter().map(|(hour, taken)| format!("{} {taken}", time(*hour)));
        let hours: Vec<String> = hours.collect();
        lines.push(format!("  work {}: {}", asker(&work.asker), hours.join(", ")));
    }
    lines.join("\n  ")
}

fn head(app: &Application) -> String {
    let end = app.end.map_or_else(|| format!("at least {}", time(app.last)), time);
    let mut said =
        vec![format!("application {} `{}` {} to {end}", app.id, app.name, time(app.start))];
    let mut say = |name: &str, value: Option<&String>| {
        said.extend(value.map(|value| format!("{name}={value}")));
    };
    say("attempt", app.attempt.as_ref());
    say("version", app.version.as_ref());
    say("by", app.user.as_ref());
    if let Some(cluster) = &app.cluster {
        say("cluster", Some(&cluster.id));
        say("called", cluster.name.as_ref());
        let tags: Vec<String> =
            cluster.tags.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        say("tags", (!tags.is_empty()).then(|| tags.join(",")).as_ref());
    }
    said.join(" ")
}

fn stage(stage: &Stage) -> String {
    let tasks = &stage.tasks;
    let of = stage.execution.map_or_else(String::new, |id| format!(" of sql {id}"));
    let failed = if stage.failed { " failed" } else { "" };
    let mut said = vec![
        format!("  stage {}.{} `{}`{of}{failed}", stage.id, stage.attempt, stage.name),
        format!("{} of {} tasks", tasks.ended, stage.planned),
        format!("taken {} run {} gc {}", tasks.taken, tasks.run, tasks.garbage),
        format!("{}/{}/{}", tasks.median, tasks.most, tasks.longest),
    ];
    if tasks.failed + tasks.killed > 0 {
        said.push(format!("{} failed {} killed", tasks.failed, tasks.killed));
    }
    if tasks.spilled_memory + tasks.spilled_disk > 0 {
        said.push(format!("spilled {} to {}", tasks.spilled_memory, tasks.spilled_disk));
    }
    for (name, moved) in [
        ("input", tasks.input),
        ("output", tasks.output),
        ("shuffle read", tasks.shuffle_read),
        ("written", tasks.shuffle_written),
    ] {
        if moved != Moved::default() {
            said.push(format!("{name} {} in {} rows", moved.bytes, moved.rows));
        }
    }
    said.join(", ")
}

fn sql(execution: &Execution) -> String {
    let start = execution.start.map(time).unwrap_or_default();
    let end = execution.end.map_or_else(|| "no end".to_owned(), time);
    let root = execution.root.map_or_else(String::new, |id| format!(" in {id}"));
    let failed = if execution.failed { " failed" } else { "" };
    let (id, what) = (execution.id, &execution.description);
    format!("  sql {id}{root} `{what}` {start} to {end}{failed} stages {:?}", execution.stages)
}

fn scan(scan: &Scan) -> String {
    let mut said = vec!["    reads".to_owned()];
    let parts = [
        ("", &scan.format),
        ("", &scan.table),
        ("at ", &scan.location),
        ("pushed ", &scan.pushed),
        ("partitions ", &scan.partitions),
    ];
    said.extend(parts.iter().filter_map(|(name, it)| Some(format!("{name}{}", it.as_ref()?))));
    said.join(" ")
}

fn asker(asker: &Asker) -> String {
    let mut said: Vec<String> = Vec::new();
    said.extend(asker.source.as_ref().map(|(kind, id)| format!("{kind} {id}")));
    said.extend(asker.title.as_ref().map(|title| format!("called {title}")));
    said.extend(asker.run.as_ref().map(|run| format!("run {run}")));
    said.extend(asker.user.as_ref().map(|user| format!("by {user}")));
    if !asker.text.is_empty() {
        said.push(format!("text `{}`", asker.text));
    }
    if said.is_empty() { "not told".to_owned() } else { said.join(" ") }
}
