//! Which target of a bundle counts: production, where that can be told.

use super::layers::Node;

/// The target whose settings are taken.
pub(super) struct Target {
    pub(super) name: Option<String>,
    pub(super) why: &'static str,
    /// Names of all targets, sorted.
    pub(super) all: Vec<String>,
}

impl Target {
    /// Chooses one: `mode: production`, else one that is called so, else the default, else the only one.
    pub(super) fn choose(bundle: &Node<'_>) -> Self {
        let targets = bundle.get("targets");
        // Before targets were called so, they were environments.
        let targets = if targets.is_empty() { bundle.get("environments") } else { targets };
        let all = targets.keys();
        let first = |fits: &dyn Fn(&str) -> bool| all.iter().find(|name| fits(name)).cloned();
        let says = |name: &str, key: &str, value: &str| {
            targets.get(name).text_of(key).as_deref() == Some(value)
        };
        let named =
            |name: &str| matches!(name.to_ascii_lowercase().as_str(), "prod" | "production");
        let choices = [
            (first(&|name| says(name, "mode", "production") && named(name)), "by its mode"),
            (first(&|name| says(name, "mode", "production")), "by its mode"),
            (first(&named), "by its name"),
            (first(&|name| says(name, "default", "true")), "the default"),
            (all.first().filter(|_| all.len() == 1).cloned(), "the only one"),
        ];
        let chosen = choices.into_iter().find_map(|(name, why)| Some((name?, why)));
        let (name, why) = chosen.map_or((None, "none"), |(name, why)| (Some(name), why));
        Self { name, why, all }
    }

    /// The bundle with the settings of the target laid over it.
    pub(super) fn over<'a>(&self, bundle: &Node<'a>) -> Node<'a> {
        let Some(name) = &self.name else { return bundle.clone() };
        let targets = bundle.get("targets").under(&bundle.get("environments"));
        bundle.under(&targets.get(name))
    }
}
