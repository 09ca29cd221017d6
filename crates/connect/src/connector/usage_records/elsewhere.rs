//! What files of object stores are: many are looked at side by side, and what has not changed not again.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use plumb_base::{Entry, Hasher, Mark, Problem, Severity, Watched, World, WorldError};
use plumb_records as records;
use serde::{Deserialize, Serialize};

use super::{Look, RESULTS, look};
use crate::{Walk, path, text};

/// Files that are looked at side by side: most of the time is spent waiting.
const SIDE_BY_SIDE: usize = 16;

/// Bytes of the beginning of a file that are asked for first; what is looked for later lies in them.
const HEAD: usize = 64 << 10;

/// A file that an earlier run has looked at.
#[derive(Clone, Serialize, Deserialize)]
struct Noted {
    mark: Mark,
    look: Look,
}

/// What each file elsewhere is. Those that cannot be read are told, the first of each place by its name.
pub(super) fn looks<'w>(walk: &'w Walk<'_>, problems: &mut Vec<Problem>) -> Vec<(&'w Entry, Look)> {
    let files: Vec<&Entry> = walk.elsewhere().iter().filter(|file| may_hold(&file.path)).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let key = Hasher::new("looks").finish();
    let kept = walk.world.notes().and_then(|notes| notes.recall(key));
    let kept =
        kept.and_then(|bytes| serde_json::from_slice::<BTreeMap<String, Noted>>(&bytes).ok());
    let kept = kept.unwrap_or_default();
    let seen = side_by_side(&files, |file| {
        let mark = walk.world.mark(&file.path);
        let known = kept.get(&file.path).filter(|noted| Some(&noted.mark) == mark.as_ref());
        (
            known.map_or_else(|| careful(walk.world, &file.path), |noted| Ok(noted.look.clone())),
            mark,
        )
    });
    let mut notes: BTreeMap<&str, Noted> = BTreeMap::new();
    let mut refused: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
    let mut looks = Vec::new();
    for (file, (look, mark)) in files.into_iter().zip(seen) {
        match look {
            Ok(look) => {
                if let Some(mark) = mark {
                    notes.insert(&file.path, Noted { mark, look: look.clone() });
                }
                looks.push((file, look));
            }
            Err(why) => {
                refused.entry(walk.place_of(&file.path)).or_default().push((&file.path, why));
            }
        }
    }
    let is_new =
        notes.len() != kept.len() || notes.iter().any(|(path, it)| is_other(kept.get(*path), it));
    if let Some(memory) = walk.world.notes().filter(|_| is_new) {
        memory.keep(key, &serde_json::to_vec(&notes).unwrap_or_default());
    }
    problems.extend(refused.into_iter().map(|(place, files)| refusal(place, &files)));
    looks
}

fn is_other(kept: Option<&Noted>, now: &Noted) -> bool {
    kept.is_none_or(|kept| kept.mark != now.mark)
}

/// Whether a file may hold records, by its name: no other is asked for.
fn may_hold(file: &str) -> bool {
    path::name(file) == RESULTS || records::may_be_events(file) || records::form(file).is_some()
}

/// What a file is, or why nobody knows.
fn careful(world: &dyn World, file: &str) -> Result<Look, String> {
    let watched = Watched::new(world);
    // A column of Parquet stands at the end of its file, and of the others within the first bytes.
    if records::form(file) != Some(records::Form::Parquet) {
        watched.head(file, HEAD).map_err(|error| words(&error))?;
    }
    let look = look(&watched, file);
    match watched.failure() {
        Some(why) => Err(why),
        None => Ok(look),
    }
}

fn words(error: &WorldError) -> String {
    match error {
        WorldError::Missing(_) => "it is gone".to_owned(),
        WorldError::Unreadable { why, .. } => why.clone(),
    }
}

fn refusal(place: &str, files: &[(&str, String)]) -> Problem {
    let (first, why) = files.first().map_or(("", ""), |(path, why)| (path, why));
    let others = match files.len() {
        0 | 1 => String::new(),
        count => format!(" and {} more below `{place}`", count - 1),
    };
    let message = format!("cannot be read{others}, so that none of its records count: {why}");
    text::of_file(first, Severity::Failed, "place-unread", message)
}

/// What is made of each, in their order.
fn side_by_side<T: Sync, R: Send>(all: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let made: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(all.len()));
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE.min(all.len()) {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(one) = all.get(at)
                {
                    let one = make(one);
                    made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, one));
                }
            });
        }
    });
    let mut made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, one)| one).collect()
}
