//! Findings of one rule that are one conversation: about the same notebooks or dashboards, or one for each member of a
//! family such as `orders_at`, `orders_de`, `orders_fr`.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Message, Part, Reason};
use plumb_estate::{Asset, Estate};

/// Findings from which on those that differ in one word of their names are a family.
const FAMILY: usize = 3;

/// Words of a name that may set members of a family apart.
const WORDS: usize = 2;

/// Findings that are told with another one by one.
const SHOWN: usize = 6;

/// A finding, and the assets it is about.
pub(crate) struct Told {
    pub(crate) assets: Vec<usize>,
    pub(crate) finding: Finding,
}

/// Findings of one rule, those that are one conversation as one.
pub(crate) fn fold(estate: &Estate, told: Vec<Told>) -> Vec<Finding> {
    let told = fold_by(told, |told| by_files(estate, told), " in the same files");
    let told = fold_by(told, |told| by_names(estate, told), " alike");
    told.into_iter().map(|told| told.finding).collect()
}

/// Puts findings that belong together into the heaviest of them.
fn fold_by(
    mut told: Vec<Told>,
    group: impl Fn(&[Told]) -> Vec<usize>,
    how: &'static str,
) -> Vec<Told> {
    told.sort_by(|one, two| {
        let place = |told: &Told| told.finding.subjects.first().cloned();
        (two.finding.weight, place(one)).cmp(&(one.finding.weight, place(two)))
    });
    let mut groups: BTreeMap<usize, Vec<Told>> = BTreeMap::new();
    for (first, told) in group(&told).into_iter().zip(told) {
        groups.entry(first).or_default().push(told);
    }
    groups.into_values().filter_map(|group| merged(group, how)).collect()
}

fn merged(group: Vec<Told>, how: &'static str) -> Option<Told> {
    let mut rest = group.into_iter();
    let Told { mut assets, mut finding } = rest.next()?;
    let more = rest.len();
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
        // The last subject stays the last: of copies it is the one that stays.
        let last = finding.subjects.pop();
        for subject in other.subjects {
            if !finding.subjects.contains(&subject) && last.as_ref() != Some(&subject) {
                finding.subjects.push(subject);
            }
        }
        finding.subjects.extend(last);
        for owner in other.owners {
            if !finding.owners.iter().any(|known| known.name == owner.name) {
                finding.owners.push(owner);
            }
        }
        assets.extend(others);
    }
    if more > SHOWN {
        let message = Message::text("and ").then_count(more - SHOWN).then(" more");
        finding.because.push(Reason { evidence: finding.evidence, message });
    }
    if more > 0 {
        finding.message = finding.message.then(", and ").then_count(more).then(" more").then(how);
    }
    Some(Told { assets, finding })
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

/// The notebook, dashboard or file that an asset is a part of.
fn file(asset: &Asset) -> &str {
    let path = || asset.place.as_ref().map(|place| &*place.path);
    asset.part_of.as_deref().or_else(path).unwrap_or(&asset.key)
}

/// For each finding the first of its family: names are the same but for one or two words, in all of them.
fn by_names(estate: &Estate, told: &[Told]) -> Vec<usize> {
    let mut families: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (at, told) in told.iter().enumerate() {
        let names = told.assets.iter().map(|at| &*estate.assets[*at].name);
        for mask in masks(&names.collect::<Vec<_>>()) {
            families.entry(mask).or_default().insert(at);
        }
    }
    let mut families: Vec<BTreeSet<usize>> = families.into_values().collect();
    families.sort_by(|one, two| (two.len(), one).cmp(&(one.len(), two)));
    let mut firsts: Vec<usize> = (0..told.len()).collect();
    let mut taken = BTreeSet::new();
    for mut family in families {
        family.retain(|at| !taken.contains(at));
        let Some(first) = family.first().copied().filter(|_| family.len() >= FAMILY) else {
            continue;
        };
        family.iter().for_each(|at| firsts[*at] = first);
        taken.extend(family);
    }
    firsts
}

/// Which family each of some assets belongs to, where it belongs to one.
pub(crate) fn families(estate: &Estate, assets: &BTreeSet<usize>) -> BTreeMap<usize, String> {
    let mut families: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for at in assets {
        for mask in masks(&[&estate.assets[*at].name]) {
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
    [one, two].map(|asset| match same {
        true => Message::name(&asset.name).then(" of ").then_name(file_name(estate, asset)),
        false => Message::name(&asset.name),
    })
}

/// The notebook, dashboard or file that an asset is a part of, by name.
pub(crate) fn file_name<'a>(estate: &'a Estate, asset: &'a Asset) -> &'a str {
    let whole = asset.part_of.as_ref().and_then(|key| estate.asset(key));
    whole.map_or_else(|| file(asset), |whole| &whole.name)
}

/// Names without a word or two that all of them have.
fn masks(names: &[&str]) -> BTreeSet<String> {
    let words = |name: &str| -> Vec<String> {
        let words = name.split(|it: char| !it.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let names: Vec<Vec<String>> = names.iter().map(|name| words(name)).collect();
    let mut masks = BTreeSet::new();
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
            let all = masked.map(|names| names.into_iter().collect::<Vec<_>>().join(", "));
            masks.extend(all.filter(|all| all.chars().any(char::is_alphanumeric)));
        }
    }
    masks
}
