//! What was counted of a set of pairs, and how it is said.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use plumb_eval::Outcome;
use plumb_ir::Arena;
use serde_json::{Value, json};

use super::{
    Asked, Pair, Set,
    decide::{Decision, decide, replay},
    refute::{Known, Refutations, told},
    show,
};

#[derive(Default)]
pub(super) struct Tally {
    pairs: usize,
    proved: usize,
    /// Pairs that could not be read.
    unread: usize,
    wrong: usize,
    pub(super) times: Vec<Duration>,
    pub(super) refutations: Refutations,
    pub(super) kinds: BTreeMap<String, Kind>,
    replays: Replays,
}

/// How much of the proofs the checker replayed.
#[derive(Default)]
struct Replays {
    /// Proofs of which every step was; and of those by normal forms alone, so many and so many of them.
    whole: usize,
    plain: usize,
    plain_whole: usize,
    steps: usize,
    of: usize,
    /// Proofs in which a rule was not, and how often.
    missed: BTreeMap<&'static str, (usize, usize)>,
    times: Vec<Duration>,
}

/// How many pairs of one kind there are.
#[derive(Default)]
pub(super) struct Kind {
    equal: usize,
    proved: usize,
    different: usize,
    refuted: usize,
    /// Pairs of which an engine may make what it likes.
    open: usize,
}

impl Tally {
    pub(super) fn pair(&mut self, set: &Set, row: &Value, folder: &Path, asked: &Asked<'_>) {
        let id = row["id"].as_str().unwrap_or("?");
        let claimed = row["expected"].as_str().map_or(set.equal, |said| said == "equal");
        self.pairs += 1;
        let mut arena = Arena::new();
        let pair = match (set.read)(&mut arena, row, folder) {
            Ok(pair) => pair,
            Err(why) => {
                self.unread += 1;
                if asked.list || asked.show.is_some() {
                    println!("{}: {id}: not read: {why}", set.name);
                }
                return;
            }
        };
        let start = Instant::now();
        let decision = decide(&mut arena, &pair, asked.effort);
        let Decision { equal, width, .. } = decision;
        let time = start.elapsed();
        if equal {
            self.proved += 1;
            self.times.push(time);
            let told = asked.list || asked.show.is_some();
            self.replays.proof(&mut arena, &pair, &decision, told.then_some(id));
        }
        self.wrong += usize::from(equal && !claimed);
        if asked.list && equal != claimed {
            println!("{}: {id}: {}", set.name, if equal { "PROVED" } else { "not proved" });
        }
        let mut different = false;
        if asked.refute {
            let known = Known { proved: equal, claimed, width };
            let outcome = self.refutations.pair(&arena, &pair, known);
            different = matches!(outcome, Outcome::Different(_));
            if asked.show.is_some() || (asked.list && different == (claimed || equal)) {
                println!("{}: {id}: {}", set.name, told(&outcome));
            }
        }
        if let Some(kind) = row["kind"].as_str() {
            let kind = self.kinds.entry(kind.to_owned()).or_default();
            kind.add(row["expected"].as_str().unwrap_or_default(), equal, different);
        }
        if asked.show.is_some() {
            show(&mut arena, row, &pair);
        }
    }

    fn at(&self, share: usize) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get((last * share).div_ceil(100)).copied().unwrap_or_default()
    }

    /// Pairs to be proved: all of a set that is of one kind.
    fn claimed(&self) -> usize {
        if self.kinds.is_empty() {
            return self.pairs;
        }
        self.kinds.values().map(|kind| kind.equal).sum()
    }

    pub(super) fn line(&self, set: &Set) -> String {
        format!(
            "{}: proved {}/{}, wrong {}, median {} us, p99 {} us{}\n{}",
            set.name,
            self.proved,
            self.claimed(),
            self.wrong,
            self.at(50).as_micros(),
            self.at(99).as_micros(),
            if self.unread > 0 { format!(", not read {}", self.unread) } else { String::new() },
            self.replays.line()
        )
    }

    pub(super) fn json(&self, set: &Set) -> Value {
        let kinds: serde_json::Map<String, Value> =
            self.kinds.iter().map(|(name, kind)| (name.clone(), kind.json())).collect();
        json!({
            "name": set.name,
            "pairs": self.pairs,
            "proved": self.proved,
            "wrong": self.wrong,
            "not_read": self.unread,
            "median_us": u64::try_from(self.at(50).as_micros()).unwrap_or(u64::MAX),
            "p99_us": u64::try_from(self.at(99).as_micros()).unwrap_or(u64::MAX),
            "kinds": kinds,
            "replayed": self.replays.whole,
        })
    }
}

impl Replays {
    fn proof(&mut self, arena: &mut Arena, pair: &Pair, decision: &Decision, told: Option<&str>) {
        let start = Instant::now();
        let replayed = replay(arena, pair, decision);
        self.times.push(start.elapsed());
        let whole = replayed.steps == replayed.of;
        let plain = decision.between.is_empty();
        self.whole += usize::from(whole);
        self.plain += usize::from(plain);
        self.plain_whole += usize::from(plain && whole);
        self.steps += replayed.steps;
        self.of += replayed.of;
        if let Some(id) = told.filter(|_| !whole) {
            println!("{id}: not replayed {:?}", replayed.missed);
        }
        if let Some(rule) = replayed.refuted {
            println!("{}: REFUTED a step of {rule}", told.unwrap_or("a proof"));
        }
        for (rule, times) in replayed.missed {
            let entry = self.missed.entry(rule).or_default();
            entry.0 += 1;
            entry.1 += times;
        }
    }

    fn line(&self) -> String {
        let mut missed: Vec<_> = self.missed.iter().collect();
        missed.sort_by_key(|(rule, (proofs, _))| (std::cmp::Reverse(*proofs), **rule));
        let missed: Vec<String> = missed
            .into_iter()
            .map(|(rule, (proofs, times))| format!("    {rule}: {times} steps in {proofs} proofs"))
            .collect();
        let (median, last) = spread(&mut self.times.clone());
        format!(
            "  replayed {} of {} proofs, {} of {} by normal forms alone, {} of {} steps, median {} us, p99 {} us\n{}",
            self.whole,
            self.times.len(),
            self.plain_whole,
            self.plain,
            self.steps,
            self.of,
            median.as_micros(),
            last.as_micros(),
            missed.join("\n")
        )
    }
}

impl Kind {
    fn add(&mut self, expected: &str, proved: bool, refuted: bool) {
        match expected {
            "equal" => {
                self.equal += 1;
                self.proved += usize::from(proved);
            }
            "different" => {
                self.different += 1;
                self.refuted += usize::from(refuted);
            }
            _ => self.open += 1,
        }
    }

    pub(super) fn line(&self, name: &str) -> String {
        let Self { equal, proved, different, refuted, open } = self;
        format!("  {name}: proved {proved}/{equal}, refuted {refuted}/{different}, open {open}")
    }

    fn json(&self) -> Value {
        json!({
            "equal": self.equal,
            "proved": self.proved,
            "different": self.different,
            "refuted": self.refuted,
            "open": self.open,
        })
    }
}

/// Median and 99th percentile.
pub(crate) fn spread(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    let at = |share: usize| times.get((last * share).div_ceil(100)).copied().unwrap_or_default();
    (at(50), at(99))
}
