//! Jobs of a bundle: what they run, on what, and when.

use plumb_base::record::bundle::{Compute, Given, Job, Runs, Task};

use super::Scope;
use super::layers::Node;
use super::values::references;

pub(super) fn job(scope: &mut Scope<'_>, key: &str, node: &Node<'_>) -> Job {
    let parameters = parameters(scope, node);
    let mut tasks = Vec::new();
    for task in node.get("tasks").items_by("task_key").iter().filter(|it| !it.keys().is_empty()) {
        tasks.push(self::task(scope, task, &parameters));
    }
    Job {
        key: key.to_owned(),
        name: scope.values.text(&node.get("name")).unwrap_or_else(|| key.to_owned()),
        description: scope.values.text(&node.get("description")).unwrap_or_default(),
        place: node.weakest().map(|(export, tree)| export.place(tree)),
        tags: scope.tags(node),
        owners: scope.owners(node),
        trigger: trigger(scope, node),
        tasks,
    }
}

/// When a job runs by itself.
fn trigger(scope: &Scope<'_>, node: &Node<'_>) -> Option<String> {
    let said = |node: &Node<'_>, key: &str| scope.values.text(&node.get(key));
    let (schedule, trigger, continuous) =
        (node.get("schedule"), node.get("trigger"), node.get("continuous"));
    let periodic = trigger.get("periodic");
    let (words, from) = if let Some(cron) = said(&schedule, "quartz_cron_expression") {
        let zone = said(&schedule, "timezone_id").map(|zone| format!(", {zone}"));
        (format!("cron {cron}{}", zone.unwrap_or_default()), &schedule)
    } else if let Some(interval) = said(&periodic, "interval") {
        let unit = said(&periodic, "unit").unwrap_or_default().to_ascii_lowercase();
        let every = match interval.as_str() {
            "1" => format!("every {}", unit.trim_end_matches('s')),
            _ => format!("every {interval} {unit}"),
        };
        (every, &trigger)
    } else if !trigger.get("file_arrival").is_empty() {
        ("when files arrive".to_owned(), &trigger)
    } else if !trigger.get("table_update").is_empty() {
        ("when tables change".to_owned(), &trigger)
    } else if !continuous.is_empty() {
        ("continuous".to_owned(), &continuous)
    } else {
        return None;
    };
    let paused = from.text_of("pause_status").as_deref() == Some("PAUSED");
    Some(if paused { format!("{words}, paused") } else { words })
}

/// What a job hands to all its tasks.
fn parameters(scope: &Scope<'_>, job: &Node<'_>) -> Given {
    let each = job.get("parameters").items_by("name");
    let value = |it: &Node<'_>| Some((it.text_of("name")?, scope.values.whole(&it.get("default"))));
    each.iter().filter_map(value).collect()
}

/// What a task hands to its code: what the job says counts before what the task says.
fn given(scope: &Scope<'_>, task: &Node<'_>, of_job: &Given) -> Given {
    let own = [("notebook_task", "base_parameters"), ("sql_task", "parameters")];
    let own = own.map(|(kind, key)| task.get(kind).get(key));
    let mut given = Given::new();
    for node in &own {
        for key in node.keys() {
            let text = scope.values.text(&node.get(&key)).map(|text| of_run(&text, of_job));
            let known = text.filter(|it| references(it).next().is_none() && !it.contains("{{"));
            given.insert(key, known);
        }
    }
    given.extend(of_job.clone());
    given
}

/// A text in which `{{job.parameters.x}}` has its value.
fn of_run(text: &str, of_job: &Given) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((name, after)) = behind.split_once("}}") else { break };
        made.push_str(before);
        match name.trim().strip_prefix("job.parameters.").and_then(|name| of_job.get(name)) {
            Some(Some(value)) => made.push_str(value),
            _ => made.extend(["{{", name, "}}"]),
        }
        rest = after;
    }
    made + rest
}

fn task(scope: &mut Scope<'_>, node: &Node<'_>, of_job: &Given) -> Task {
    // A loop runs one task again and again.
    let inner = node.get("for_each_task").get("task");
    let what = if inner.is_empty() { node.clone() } else { inner };
    let depends_on = node.get("depends_on").items();
    Task {
        key: node.text_of("task_key").unwrap_or_default(),
        depends_on: depends_on.iter().filter_map(|it| it.text_of("task_key")).collect(),
        runs: runs(scope, &what),
        parameters: given(scope, &what, of_job),
        compute: compute(scope, &what),
        place: node.weakest().map(|(export, tree)| export.place(tree)),
    }
}

fn runs(scope: &mut Scope<'_>, task: &Node<'_>) -> Runs {
    let sql = task.get("sql_task");
    let files = [
        ("notebook", task.get("notebook_task").get("notebook_path")),
        ("Python file", task.get("spark_python_task").get("python_file")),
        ("SQL file", sql.get("file").get("path")),
    ];
    for (sort, written) in files {
        if !written.is_empty() {
            return match scope.file(&written, sort) {
                Some(path) => Runs::File { sort, path },
                None => elsewhere(scope, sort, &written),
            };
        }
    }
    let dbt = task.get("dbt_task");
    if !dbt.is_empty() {
        return self::dbt(scope, &dbt);
    }
    let references = [
        ("pipeline", task.get("pipeline_task").get("pipeline_id")),
        ("job", task.get("run_job_task").get("job_id")),
        ("dashboard", task.get("dashboard_task").get("dashboard_id")),
        ("dashboard", sql.get("dashboard").get("dashboard_id")),
        ("alert", sql.get("alert").get("alert_id")),
        ("alert", task.get("alert_task").get("alert_id")),
        ("query", sql.get("query").get("query_id")),
    ];
    for (sort, written) in references {
        if !written.is_empty() {
            return resource(&scope.values.text(&written).unwrap_or_default())
                .unwrap_or_else(|| elsewhere(scope, sort, &written));
        }
    }
    let kinds = task.keys().into_iter().filter(|key| key.ends_with("_task"));
    let kind = kinds.map(|kind| kind.trim_end_matches("_task").replace('_', " ")).next();
    kind.map_or(Runs::Unknown, |kind| Runs::Elsewhere(format!("{kind} task")))
}

fn elsewhere(scope: &Scope<'_>, sort: &str, written: &Node<'_>) -> Runs {
    Runs::Elsewhere(format!("{sort} {}", scope.values.text(written).unwrap_or_default()))
}

/// What `${resources.jobs.x.id}` means.
fn resource(text: &str) -> Option<Runs> {
    let (_, name) = references(text).next()?;
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["resources", "jobs", key, ..] => Some(Runs::Job((*key).to_owned())),
        ["resources", "pipelines", key, ..] => Some(Runs::Pipeline((*key).to_owned())),
        ["resources", "dashboards" | "alerts", key, ..] => Some(Runs::Board((*key).to_owned())),
        _ => None,
    }
}

fn dbt(scope: &mut Scope<'_>, dbt: &Node<'_>) -> Runs {
    let written = dbt.get("project_directory");
    let commands = dbt.get("commands").items();
    let commands = commands.iter().filter_map(|it| scope.values.text(it)).collect();
    let folder =
        if written.is_empty() { Some(scope.folder.to_owned()) } else { scope.folder_of(&written) };
    match folder {
        Some(folder) => Runs::Dbt { folder, commands },
        None => elsewhere(scope, "dbt project", &written),
    }
}

fn compute(scope: &Scope<'_>, task: &Node<'_>) -> Option<Compute> {
    let said = |node: Node<'_>| scope.values.text(&node);
    if let Some(id) = said(task.get("existing_cluster_id")) {
        return Some(Compute::AllPurpose(id));
    }
    if let Some(key) = said(task.get("job_cluster_key")) {
        return Some(Compute::JobCluster(Some(key)));
    }
    if !task.get("new_cluster").is_empty() {
        return Some(Compute::JobCluster(None));
    }
    let warehouses = ["sql_task", "dbt_task", "notebook_task", "dashboard_task", "alert_task"];
    let warehouse = warehouses.iter().find_map(|kind| said(task.get(kind).get("warehouse_id")));
    if let Some(id) = warehouse {
        return Some(Compute::Warehouse(id));
    }
    // Code that names no compute runs where nobody sets any up.
    let code = ["notebook_task", "spark_python_task", "python_wheel_task", "dbt_task"];
    let serverless = !task.get("environment_key").is_empty()
        || code.iter().any(|kind| !task.get(kind).is_empty());
    serverless.then_some(Compute::Serverless)
}
