//! DUP004: the same `SELECT`, written out in several places.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Evidence, Finding, Lines, Message, Reason, Span, Subject};
use plumb_estate::Estate;
use plumb_ir::{Arena, Out, Rel, RelId, Scalar};

use crate::{
    Platform, Rule,
    alike::{self, Told},
    subject,
};

pub(crate) static RULE: Rule =
    Rule { code: "DUP004", name: "copied-code", page: include_str!("copied_code.md"), check };

/// Lines from which on a copy is worth a word, and letters that must stand in them.
const LONG: (usize, usize) = (6, 160);

/// A `SELECT` that stands in several assets: where, ascending.
struct Copied {
    places: Vec<(usize, Span)>,
    lines: usize,
}

fn check(platform: &Platform<'_>) -> Vec<Finding> {
    let estate = platform.estate;
    let mut by_assets: BTreeMap<Vec<usize>, Vec<Copied>> = BTreeMap::new();
    for copied in copied(estate) {
        let assets = copied.places.iter().map(|(at, _)| *at).collect();
        by_assets.entry(assets).or_default().push(copied);
    }
    let told = platform.together();
    by_assets
        .retain(|assets, _| !told.iter().any(|group| assets.iter().all(|at| group.contains(at))));
    let told = conversations(by_assets).into_iter().map(|(assets, copied, fewer)| {
        let mut finding = finding(platform, &assets, &copied);
        let more = fewer.len();
        for (assets, copied) in fewer {
            let also = self::finding(platform, &assets, &copied);
            let message =
                Message(Message::text("also: ").0.into_iter().chain(also.message.0).collect());
            finding.because.push(Reason { evidence: also.evidence, message });
            finding.weight += also.weight;
        }
        if more > 0 {
            finding.message =
                finding.message.then(", and ").then_count(more).then(" more in some of them");
        }
        Told { assets, finding }
    });
    alike::fold(estate, told.collect())
}

/// Copies with their assets, and with smaller copies that stand in some of those only.
type Conversation = (Vec<usize>, Vec<Copied>, Vec<(Vec<usize>, Vec<Copied>)>);

/// What a shorter copy in more places tells first must not be much shorter: a long copy speaks for itself.
fn conversations(by_assets: BTreeMap<Vec<usize>, Vec<Copied>>) -> Vec<Conversation> {
    let length = |copied: &[Copied]| copied.iter().map(|it| it.lines).sum::<usize>();
    let mut all: Vec<(Vec<usize>, Vec<Copied>)> = by_assets.into_iter().collect();
    all.sort_by(|one, two| (two.0.len(), &one.0).cmp(&(one.0.len(), &two.0)));
    let mut told: Vec<Conversation> = Vec::new();
    for (assets, copied) in all {
        let holds = |(known, longer, _): &&mut Conversation| {
            assets.iter().all(|at| known.contains(at)) && length(longer) * 2 >= length(&copied)
        };
        match told.iter_mut().find(holds) {
            Some((_, _, fewer)) => fewer.push((assets, copied)),
            None => told.push((assets, copied, Vec::new())),
        }
    }
    told
}

/// Every `SELECT` of some length that stands in several assets, those inside another left out.
fn copied(estate: &Estate) -> Vec<Copied> {
    let mut found: BTreeMap<RelId, BTreeMap<usize, Span>> = BTreeMap::new();
    for (at, asset) in estate.assets.iter().enumerate() {
        let Some(code) = asset.code.as_ref().filter(|_| subject::is_compared(asset)) else {
            continue;
        };
        for (rel, span) in &code.selects {
            let long = || subject::is_written(&code.text, *span) && is_long(&code.text, *span);
            if long() && computes(&estate.arena, &code.selects, *rel) {
                found.entry(*rel).or_default().entry(at).or_insert(*span);
            }
        }
    }
    let mut all: Vec<Copied> = found
        .into_values()
        .filter(|places| places.len() > 1)
        .filter_map(|places| {
            let places: Vec<(usize, Span)> = places.into_iter().collect();
            // The same lines of one file may belong to several assets.
            let mut files = BTreeSet::new();
            for (at, span) in &places {
                let path = estate.assets[*at].place.as_ref().map(|place| &place.path);
                files.insert((path, span.start));
            }
            let text = &estate.assets[places[0].0].code.as_ref()?.text;
            let lines = lines(text, places[0].1);
            (files.len() == places.len()).then_some(Copied { places, lines })
        })
        .collect();
    all.sort_by(|one, two| (two.lines, &one.places).cmp(&(one.lines, &two.places)));
    let mut kept: Vec<Copied> = Vec::new();
    for copied in all {
        let inside = |other: &Copied| {
            copied.places.iter().all(|(at, span)| {
                other.places.iter().any(|(known, outer)| {
                    known == at && outer.start <= span.start && span.end <= outer.end
                })
            })
        };
        if !kept.iter().any(inside) {
            kept.push(copied);
        }
    }
    kept
}

/// Whether it does more than list columns of one table, or of another `SELECT`, or values.
fn computes(arena: &Arena, selects: &[(RelId, Span)], rel: RelId) -> bool {
    let Rel::Project { from, out } = arena.get_rel(rel) else {
        return !matches!(arena.get_rel(rel), Rel::Scan { .. });
    };
    let from = arena.get_from(*from);
    let plain = |out: &Out| match out {
        Out::Column(scalar) => matches!(arena.get_scalar(*scalar), Scalar::Column { .. }),
        Out::Star { .. } => true,
    };
    let lists = from.conditions().is_empty() && out.iter().all(plain);
    match from.inputs.as_slice() {
        [] => false,
        [input] if lists => {
            let other = selects.iter().any(|(select, _)| select == input);
            !other && computes(arena, selects, *input)
        }
        _ => true,
    }
}

fn written(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
}

/// Lines of a span with something in them.
fn lines(text: &str, span: Span) -> usize {
    written(text, span).lines().filter(|line| !line.trim().is_empty()).count()
}

fn is_long(text: &str, span: Span) -> bool {
    let letters = written(text, span).chars().filter(|letter| !letter.is_whitespace()).count();
    lines(text, span) >= LONG.0 && letters >= LONG.1
}

/// Lines of an asset that stand in some copies: those of one inside another count once.
fn all_lines(estate: &Estate, copied: &[Copied]) -> usize {
    let at = copied[0].places[0].0;
    let Some(code) = &estate.assets[at].code else { return 0 };
    let mut spans: Vec<Span> = copied.iter().map(|it| it.places[0].1).collect();
    spans.sort_unstable_by_key(|span| (span.start, u32::MAX - span.end));
    let mut end = 0;
    spans.retain(|span| {
        let inside = span.end <= end;
        end = end.max(span.end);
        !inside
    });
    spans.into_iter().map(|span| lines(&code.text, span)).sum()
}

/// Whether all say it in the same words, blanks and case aside.
fn is_same_text(estate: &Estate, copied: &Copied) -> bool {
    let words = |(at, span): &(usize, Span)| -> Option<Vec<String>> {
        let text = written(&estate.assets[*at].code.as_ref()?.text, *span);
        Some(text.split_whitespace().map(str::to_lowercase).collect())
    };
    let first = words(&copied.places[0]);
    copied.places[1..].iter().all(|place| words(place) == first)
}

fn finding(platform: &Platform<'_>, assets: &[usize], copied: &[Copied]) -> Finding {
    let estate = platform.estate;
    let lines = all_lines(estate, copied);
    let asset = |at: usize| &estate.assets[assets[at]];
    let same = asset(0).name == asset(1).name;
    let name = |at: usize| {
        if same { alike::file_name(estate, asset(at)) } else { &asset(at).name }
    };
    let message = Message::default().then_count(lines);
    let message = if (1..assets.len()).all(|at| name(at) == name(0)) {
        let message = message.then(" lines stand ");
        let times = match assets.len() {
            2 => message.then("twice in "),
            many => message.then_count(many).then(" times in "),
        };
        times.then_name(name(0))
    } else {
        let more = |message: Message| {
            message.then(" and ").then_count(assets.len() - 2).then(" more, too")
        };
        let message = message.then(" lines of ").then_name(name(0)).then(" stand in ");
        let message = message.then_name(name(1));
        if assets.len() > 2 { more(message) } else { message.then(", too") }
    };
    let keys: Vec<&str> = assets.iter().map(|at| estate.assets[*at].key.as_str()).collect();
    let count = copied.len();
    let same_text = copied.iter().all(|it| is_same_text(estate, it));
    let plan = if same_text { "one plan, word by word: " } else { "one plan, in other words: " };
    let same =
        Message::text(plan).then_count(count).then(if count == 1 { " SELECT" } else { " SELECTs" });
    Finding {
        id: Finding::id_of(RULE.code, &keys, None),
        rule: RULE.code.to_owned(),
        name: RULE.name.to_owned(),
        message,
        subjects: copied[0].places.iter().map(|(at, span)| placed(estate, *at, *span)).collect(),
        evidence: Evidence::Proved,
        because: vec![Reason { evidence: Evidence::Proved, message: same }],
        weight: (lines * (assets.len() - 1) / 2) as u64,
        saving: platform.cost(assets.iter().copied()),
        owners: subject::owners(estate, assets),
        action: None,
        example: None,
        instead: None,
    }
}

fn placed(estate: &Estate, at: usize, span: Span) -> Subject {
    let subject = subject::whole(estate, at);
    let Some(code) = &estate.assets[at].code else { return subject };
    let place = Lines::new(&code.text).place(&subject.place.path, &code.text, span);
    Subject { place, ..subject }
}
