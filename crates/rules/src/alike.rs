//! Findings of one rule that are one conversation: about the same notebooks or dashboards, or one for each member of a
//! family such as `orders_at`, `orders_de`, `orders_fr`.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Part, Reason};
use plumb_estate::{Asset, Estate};

/// Findings from which on those that differ in one word of their names are a family.
const FAMILY: usize = 3;

/// Words of a name that may set members of a family apart.
const WORDS: usize = 2;

/// Copies between the same folders from which on a folder is the copy of another.
const COPIES: usize = 5;

/// Findings that are told with another one by one.
const SHOWN: usize = 6;

/// A finding, and the assets it is about.
pub(crate) struct Told {
    pub(crate) assets: Vec<usize>,
    pub(crate) finding: Finding,
}

/// What the last subject of a finding is when others are told with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// One like the others: those of the others come behind it.
    IsOne,
    /// The copy that stays, and stays the last.
    Stays,
}

/// Findings of one rule, those that are one conversation as one.
pub(crate) fn fold(estate: &Estate, told: Vec<Told>) -> Vec<Finding> {
    conversations(estate, told, Last::IsOne).into_iter().map(|told| told.finding).collect()
}

fn conversations(estate: &Estate, told: Vec<Told>, last: Last) -> Vec<Told> {
    let told = fold_by(told, |told| by_files(estate, told), " in the same files", last);
    let told = fold_by(told, |told| by_folders(estate, told), " in the same folders", last);
    fold_by(told, |told| by_names(estate, told, |_| None), " alike", last)
}

/// The same of copies: many between the same folders are one, as one folder is a copy of the other.
pub(crate) fn fold_copies(estate: &Estate, told: Vec<Told>) -> Vec<Finding> {
    let told = conversations(estate, told, Last::Stays);
    let between = |told: &[Told]| between_folders(estate, told);
    let told = fold_by(told, between, " between these folders", Last::Stays);
    told.into_iter().map(|told| told.finding).collect()
}

/// Findings that say the same of each member of a family as one; each is about a number of its own, whatever files it
/// stands in.
pub(crate) fn fold_families(estate: &Estate, told: Vec<Told>) -> Vec<Finding> {
    let says = |told: &Told| Some(told.finding.message.plain(""));
    let told = fold_by(told, |told| by_names(estate, told, says), " alike", Last::IsOne);
    told.into_iter().map(|told| told.finding).collect()
}

/// Findings about copies, those that follow from each other as one: what is made of two copies is there twice itself.
pub(crate) fn fold_chains(estate: &Estate, told: Vec<Told>) -> Vec<Told> {
    fold_by(told, |told| by_chains(estate, told), " in the same chain", Last::Stays)
}

/// Puts findings that belong together into the heaviest of them.
fn fold_by(
    mut told: Vec<Told>,
    group: impl Fn(&[Told]) -> Vec<usize>,
    how: &'static str,
    last: Last,
) -> Vec<Told> {
    told.sort_by(|one, two| {
        let place = |told: &Told| told.finding.subjects.first().cloned();
        (two.finding.weight, place(one)).cmp(&(one.finding.weight, place(two)))
    });
    let mut groups: BTreeMap<usize, Vec<Told>> = BTreeMap::new();
    for (first, told) in group(&told).into_iter().zip(told) {
        groups.entry(first).or_default().push(told);
    }
    groups.into_values().filter_map(|group| merged(group, how, last)).collect()
}

fn merged(group: Vec<Told>, how: &'static str, last: Last) -> Option<Told> {
    let mut rest = group.into_iter();
    let Told { mut assets, mut finding } = rest.next()?;
    let more = rest.len();
    let last = if last == Last::Stays { finding.subjects.pop() } else { None };
    for (at, Told { assets: others, finding: other }) in rest.enumerate() {
        if at < SHOWN {
            let also = std::iter::once(Part::Text("also: ".to_owned()));
            let message = Message(also.chain(other.message.0).collect());
            finding.because.push(Reason { evidence: other.evidence, message });
        }
        if other.evidence != Evidence::Proved {
            finding.evidence = Evidence::Observed;
        }
        finding.weight += other.weight;
        finding.saving = finding.saving.and(other.saving);
        for subject in other.subjects {
            if !finding.subjects.contains(&subject) && last.as_ref() != Some(&subject) {
                finding.subjects.push(subject);
            }
        }
        finding.owners = crate::subject::people(finding.owners.into_iter().chain(other.owners));
        assets.extend(others);
    }
    finding.subjects.extend(last);
    if more > SHOWN {
        let message = Message::text("and ").then_count(more - SHOWN).then(" more");
        finding.because.push(Reason { evidence: finding.evidence, message });
    }
    if more > 0 {
        finding.message = finding.message.then(", and ").then_count(more).then(" more").then(how);
    }
    Some(Told { assets, finding })
}

/// For each finding the first of those it is made of, or that are made of it, asset by asset.
fn by_chains(estate: &Estate, told: &[Told]) -> Vec<usize> {
    // Scripts and notebooks are chains by themselves: they go by their files.
    let stands_alone = |at: &usize| estate.assets[*at].part_of.is_none();
    let mut told_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (of, told) in told.iter().enumerate() {
        if told.assets.iter().all(stands_alone) {
            told_of.extend(told.assets.iter().map(|at| (*at, of)));
        }
    }
    let mut firsts: Vec<usize> = (0..told.len()).collect();
    for (of, it) in told.iter().enumerate() {
        let mut made_of: BTreeMap<usize, Vec<BTreeSet<usize>>> = BTreeMap::new();
        for at in it.assets.iter().filter(|at| told_of.get(at) == Some(&of)) {
            let mut parts: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for part in estate.sources(*at) {
                if let Some(other) = told_of.get(&part).filter(|other| **other != of) {
                    parts.entry(*other).or_default().insert(part);
                }
            }
            for (other, parts) in parts {
                made_of.entry(other).or_default().push(parts);
            }
        }
        for (other, parts) in made_of {
            let each = parts.len() == it.assets.len();
            if each && parts.iter().any(|part| part.is_disjoint(&parts[0])) {
                let (one, two) = (firsts[of].min(firsts[other]), firsts[of].max(firsts[other]));
                firsts.iter_mut().filter(|first| **first == two).for_each(|first| *first = one);
            }
        }
    }
    firsts
}

/// For each finding the first one that is about the same files, where a file holds several of its assets.
fn by_files(estate: &Estate, told: &[Told]) -> Vec<usize> {
    let mut known: Vec<(usize, BTreeSet<&str>)> = Vec::new();
    let place = |at: &usize| file(&estate.assets[*at]);
    let mut firsts = Vec::new();
    for (at, told) in told.iter().enumerate() {
        let files: BTreeSet<&str> = told.assets.iter().map(place).collect();
        // Where files hold several of its assets, what some of them share goes with what all do.
        let several = told.assets.len() > files.len();
        let told = |known: &BTreeSet<&str>| *known == files || several && files.is_subset(known);
        let first = known.iter().find(|(_, known)| told(known)).map(|(first, _)| *first);
        if first.is_none() {
            known.push((at, files));
        }
        firsts.push(first.unwrap_or(at));
    }
    firsts
}

/// For each finding the first one that is about files of the same folders, two of them at least, where each is about
/// files that are called alike: one library that is kept several times.
fn by_folders(estate: &Estate, told: &[Told]) -> Vec<usize> {
    let mut known: Vec<(BTreeSet<String>, Vec<usize>)> = Vec::new();
    for (at, told) in told.iter().enumerate() {
        let place = |at: &usize| estate.assets[*at].place.as_ref().map(|place| place.path.as_str());
        let files: Option<BTreeSet<&str>> = told.assets.iter().map(place).collect();
        let Some(mut folders) = files.and_then(|files| parted(&files)) else { continue };
        let shares = |other: &BTreeSet<String>| other.intersection(&folders).count() > 1;
        let (shared, others): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|(other, _)| shares(other));
        known = others;
        let mut group = vec![at];
        for (other, told) in shared {
            folders.extend(other);
            group.extend(told);
        }
        group.sort_unstable();
        known.push((folders, group));
    }
    firsts(told, known.into_iter().map(|(_, group)| group), FAMILY)
}

/// For each finding the first one that is about files in the same folders, where there are many.
fn between_folders(estate: &Estate, told: &[Told]) -> Vec<usize> {
    let mut known: BTreeMap<BTreeSet<&str>, Vec<usize>> = BTreeMap::new();
    for (at, told) in told.iter().enumerate() {
        let folder = |at: &usize| {
            let place = estate.assets[*at].place.as_ref()?;
            place.path.rsplit_once('/').map(|(folder, _)| folder)
        };
        let folders: Option<BTreeSet<&str>> = told.assets.iter().map(folder).collect();
        if let Some(folders) = folders.filter(|folders| folders.len() > 1) {
            known.entry(folders).or_default().push(at);
        }
    }
    firsts(told, known.into_values(), COPIES)
}

/// For each finding the first of its group, where that has so many.
fn firsts(told: &[Told], groups: impl Iterator<Item = Vec<usize>>, least: usize) -> Vec<usize> {
    let mut firsts: Vec<usize> = (0..told.len()).collect();
    for group in groups.filter(|group| group.len() >= least) {
        for at in &group {
            firsts[*at] = group[0];
        }
    }
    firsts
}

/// Where files that are called alike part, the same for all names: their folders without what all of one name end with.
fn parted(files: &BTreeSet<&str>) -> Option<BTreeSet<String>> {
    let mut by_name: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for path in files {
        let parts: Vec<&str> = path.rsplit('/').collect();
        by_name.entry(parts[0]).or_default().push(parts);
    }
    let mut folders = by_name.values().map(|paths| heads(paths));
    let first = folders.next()??;
    folders.all(|it| it.as_ref() == Some(&first)).then_some(first)
}

/// What several paths, from their ends, have before what all of them end with.
fn heads(paths: &[Vec<&str>]) -> Option<BTreeSet<String>> {
    let first = paths.first().filter(|_| paths.len() > 1)?;
    let same = |at: &usize| paths.iter().all(|path| path.get(*at) == first.get(*at));
    let same = (0..first.len()).take_while(same).count();
    Some(paths.iter().map(|path| path[same..].join("/")).collect())
}

/// The notebook, dashboard or file that an asset is a part of.
fn file(asset: &Asset) -> &str {
    let path = || asset.place.as_ref().map(|place| &*place.path);
    asset.part_of.as_deref().or_else(path).unwrap_or(&asset.key)
}

/// Findings about a family, each with the word that tells it from the others.
type Family = BTreeMap<usize, String>;

/// For each finding the first of its family: names are the same but for one or two words, in all of them. What is about
/// some of the members only, as not every country has all of them, goes with the others. `apart` may say what keeps
/// findings apart.
fn by_names(estate: &Estate, told: &[Told], apart: impl Fn(&Told) -> Option<String>) -> Vec<usize> {
    let mut families: BTreeMap<BTreeSet<String>, Family> = BTreeMap::new();
    for (at, told) in told.iter().enumerate() {
        let names: Vec<&str> = told.assets.iter().map(|at| &*estate.assets[*at].name).collect();
        // What has one name in several files goes by those, and files that are called alike are no family.
        let one = names.len() > 1 && names.iter().all(|name| *name == names[0]);
        if one || names.iter().any(|name| name.contains('/')) {
            continue;
        }
        for (mut mask, word) in masks(&names) {
            mask.extend(apart(told));
            families.entry(mask).or_default().insert(at, word);
        }
    }
    let mut families: Vec<Family> = with_parts(&families);
    families.sort_by(|one, two| (two.len(), one).cmp(&(one.len(), two)));
    let mut firsts: Vec<usize> = (0..told.len()).collect();
    let mut taken = BTreeSet::new();
    for mut family in families {
        family.retain(|at, _| !taken.contains(at));
        let words: BTreeSet<&String> = family.values().collect();
        let Some(first) = family.keys().next().copied().filter(|_| words.len() >= FAMILY) else {
            continue;
        };
        for at in family.keys() {
            firsts[*at] = first;
        }
        taken.extend(family.into_keys());
    }
    firsts
}

/// Each family with those that are about some of its names.
fn with_parts(families: &BTreeMap<BTreeSet<String>, Family>) -> Vec<Family> {
    let all: Vec<(&BTreeSet<String>, &Family)> = families.iter().collect();
    let mut with_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (names, _)) in all.iter().enumerate() {
        for name in *names {
            with_name.entry(name).or_default().push(at);
        }
    }
    let parts = |names: &BTreeSet<String>| -> BTreeSet<usize> {
        let near = names.iter().flat_map(|name| with_name.get(&**name).into_iter().flatten());
        near.copied().filter(|at| all[*at].0.is_subset(names)).collect()
    };
    let members = |names| parts(names).into_iter().flat_map(|at| all[at].1.clone());
    families.keys().map(|names| members(names).collect()).collect()
}

/// Which family each of some assets belongs to, where it belongs to one.
pub(crate) fn families(estate: &Estate, assets: &BTreeSet<usize>) -> BTreeMap<usize, String> {
    let mut families: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for at in assets {
        for mask in masks(&[&estate.assets[*at].name]).into_keys().flatten() {
            families.entry(mask).or_default().insert(*at);
        }
    }
    let mut families: Vec<(String, BTreeSet<usize>)> = families.into_iter().collect();
    families.retain(|(_, members)| members.len() >= FAMILY);
    families.sort_by(|one, two| (two.1.len(), &one.0).cmp(&(one.1.len(), &two.0)));
    let mut of = BTreeMap::new();
    for (mask, members) in families {
        for at in members {
            of.entry(at).or_insert_with(|| mask.clone());
        }
    }
    of
}

/// The names of two assets, with where they stand if that tells them apart.
pub(crate) fn names(estate: &Estate, one: &Asset, two: &Asset) -> [Message; 2] {
    let same = one.name == two.name;
    [one, two].map(|asset| {
        let name = Message::name(&asset.name);
        if same { name.then(" of ").then_name(file_name(estate, asset)) } else { name }
    })
}

/// The notebook, dashboard or file that an asset is a part of, by name.
pub(crate) fn file_name<'a>(estate: &'a Estate, asset: &'a Asset) -> &'a str {
    let whole = asset.part_of.as_ref().and_then(|key| estate.asset(key));
    whole.map_or_else(|| file(asset), |whole| &whole.name)
}

/// Names without a word or two that all of them have, each name once, and that word.
fn masks(names: &[&str]) -> BTreeMap<BTreeSet<String>, String> {
    let words = |name: &str| -> Vec<String> {
        let words = name.split(|it: char| !it.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let names: Vec<Vec<String>> = names.iter().map(|name| words(name)).collect();
    let mut masks = BTreeMap::new();
    let Some(first) = names.first() else { return masks };
    for many in 1..=WORDS {
        for window in first.windows(many) {
            let masked: Option<BTreeSet<String>> = names
                .iter()
                .map(|name| {
                    let at = name.windows(many).position(|it| it == window)?;
                    Some([name[..at].join(" "), name[at + many..].join(" ")].join(" * "))
                })
                .collect();
            let says = |all: &BTreeSet<String>| {
                all.iter().any(|name| name.chars().any(char::is_alphanumeric))
            };
            masks.extend(masked.filter(says).map(|all| (all, window.join(" "))));
        }
    }
    masks
}

#[cfg(test)]
mod tests {
    use plumb_base::{Place, Saving, Subject};

    use super::*;

    fn told(assets: [&str; 2]) -> Told {
        let subject =
            |name: &str| Subject { asset: name.to_owned(), place: Place::file(name.to_owned()) };
        let finding = Finding {
            id: String::new(),
            rule: String::new(),
            name: String::new(),
            message: Message::default(),
            subjects: assets.map(subject).to_vec(),
            evidence: Evidence::Proved,
            because: Vec::new(),
            weight: 1,
            saving: Saving::NotGiven(String::new()),
            owners: Vec::new(),
            action: None,
            example: None,
            instead: None,
        };
        Told { assets: Vec::new(), finding }
    }

    #[test]
    fn what_the_headline_names_comes_first_and_the_copy_that_stays_last() {
        let places = |last: Last| -> Vec<String> {
            let group = vec![told(["a", "b"]), told(["c", "b"]), told(["d", "e"])];
            let merged = merged(group, "", last).expect("a finding").finding;
            merged.subjects.into_iter().map(|subject| subject.asset).collect()
        };
        assert_eq!(places(Last::IsOne), ["a", "b", "c", "d", "e"]);
        assert_eq!(places(Last::Stays), ["a", "c", "d", "e", "b"]);
    }
}
