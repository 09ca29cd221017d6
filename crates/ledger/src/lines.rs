//! Lines of bills: each is a charge already, and mostly names what it is for.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::record::usage::{BillLine, Time};
use plumb_base::{Currency, Decimal, Digest, Nanos};
use rustc_hash::FxHashMap;

use crate::Ledger;
use crate::again::{Counts, Origin};
use crate::book::Writer;
use crate::charge::{Charge, Method, Share};
use crate::clusters::Clusters;
use crate::commitments::Commitments;
use crate::forms::Forms;
use crate::names::NameId;
use crate::versions::Bills;

/// Lines, while they are read: those that are for the same thing on the same day are one.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    billed: BTreeMap<Key, Billed>,
    /// Lines that several exports tell, by their content: the number of what they are of, and how much.
    elsewhere: FxHashMap<Digest, (usize, Decimal)>,
    /// What counts as long as two files are parts of one export.
    beside_parts: BTreeMap<(NameId, NameId), BTreeMap<Key, Said>>,
    commitments: Commitments,
    /// The same of commitments.
    held: Vec<((NameId, NameId), Box<Held>)>,
    /// By how much what is told otherwise was more, and how many lines, by the version that counts.
    otherwise: BTreeMap<(NameId, Currency), Said>,
    /// The same of what is told in another form.
    in_forms: BTreeMap<(NameId, Currency), Said>,
}

/// Some lines, and what they say together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said {
    pub(crate) lines: u64,
    pub(crate) sum: Decimal,
}

impl Said {
    fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.sum = self.sum.plus(other.sum);
    }

    fn take(&mut self, other: Self) {
        self.lines = self.lines.saturating_sub(other.lines);
        self.sum = self.sum.minus(other.sum);
    }
}

/// What was billed for one thing on one day.
#[derive(Debug)]
struct Billed {
    /// Its number among all.
    number: usize,
    /// What counts.
    counted: Said,
    /// Lines that are not counted, as another file tells them otherwise.
    otherwise: u64,
    /// Where the first line of it stands, and all that its file says.
    first: (Origin, Said),
    /// The same of other files.
    others: Vec<(NameId, Said)>,
}

impl Billed {
    fn new(number: usize, origin: Origin) -> Self {
        let first = (origin, Said::default());
        Self { number, counted: Said::default(), otherwise: 0, first, others: Vec::new() }
    }

    fn say(&mut self, file: NameId, said: Said) {
        if self.first.0.file == file {
            return self.first.1.add(said);
        }
        match self.others.iter_mut().find(|(other, _)| *other == file) {
            Some((_, known)) => known.add(said),
            None => self.others.push((file, said)),
        }
    }

    /// All that each file says.
    fn all(&self) -> impl Iterator<Item = (NameId, Said)> {
        std::iter::once((self.first.0.file, self.first.1)).chain(self.others.iter().copied())
    }

    /// What the files of one version say.
    fn of(&self, version: NameId, bills: &Bills) -> Said {
        let mut sum = Said::default();
        for (file, said) in self.all() {
            if bills.version(file) == version {
                sum.add(said);
            }
        }
        sum
    }
}

/// The newest of the versions that tell of a thing and day, one of each account; none where all that is told counts.
fn newest(day: Time, thing: &[&mut Billed], bills: &Bills) -> Option<Vec<NameId>> {
    if let [billed] = thing
        && billed.others.is_empty()
    {
        return None;
    }
    let mut versions: BTreeMap<NameId, u64> = BTreeMap::new();
    for (file, said) in thing.iter().flat_map(|billed| billed.all()) {
        *versions.entry(bills.version(file)).or_default() += said.lines;
    }
    let mut accounts: BTreeMap<NameId, BTreeMap<NameId, u64>> = BTreeMap::new();
    for (version, lines) in &versions {
        accounts.entry(bills.bill(*version)).or_default().insert(*version, *lines);
    }
    if accounts.len() == 1 {
        let lines: u64 = thing.iter().map(|billed| billed.counted.lines + billed.otherwise).sum();
        let all = versions.values().any(|said| *said == lines);
        return if all { None } else { Some(vec![bills.newest(day, &versions)?]) };
    }
    let several = accounts.values().any(|versions| versions.len() > 1);
    let told: Vec<NameId> = accounts.keys().copied().collect();
    if !several || !bills.are_all_apart(&told) {
        return None;
    }
    accounts.values().map(|versions| bills.newest(day, versions)).collect()
}

/// A line of a commitment that waits until it is known whether it is there twice.
#[derive(Debug)]
struct Held {
    line: BillLine,
    key: Key,
    commitment: NameId,
}

/// What lines must have in common to be one charge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub currency: Currency,
    pub provider: NameId,
    pub service: NameId,
    pub resource: Option<NameId>,
    pub day: Time,
    /// The first day that is out.
    pub until: Time,
    pub share: Shared,
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shared {
    Cause(usize),
    /// Whoever had tasks run on a cluster; a cause where that is not known.
    Cluster(NameId, usize),
    Everybody,
    Nobody,
}

impl Shared {
    /// What is no use is for everybody: taxes, fees, credits, corrections.
    pub(crate) fn of(line: &BillLine, cause: Option<usize>) -> Self {
        match cause {
            _ if !line.category.eq_ignore_ascii_case("usage") => Self::Everybody,
            Some(cause) => Self::Cause(cause),
            None => Self::Nobody,
        }
    }

    /// The same in the words of allocations.
    pub(crate) fn share(self) -> Share {
        match self {
            Self::Cause(cause) | Self::Cluster(_, cause) => Share::Attributed(cause),
            Self::Everybody => Share::Overhead,
            Self::Nobody => Share::Unattributed,
        }
    }
}

impl Key {
    /// Whether another is of the same thing and day, whoever pays.
    fn is_same_thing(&self, other: &Self) -> bool {
        let of = |key: &Self| (key.currency, key.provider, key.service, key.resource, key.day);
        of(self) == of(other)
    }

    /// Days that it is for; of what says that it is for years, the first ones.
    fn days(&self) -> impl Iterator<Item = Time> + use<> {
        let (first, until) = (self.day.0, self.until.0.min(self.day.0 + LONGEST * Time::DAY));
        (0..).map(move |at| Time(first + at * Time::DAY)).take_while(move |day| day.0 < until)
    }
}

/// Days of the longest time that a line is for.
const LONGEST: i64 = 400;

/// Days of which records were read that tell the money of a provider, and what else tells of them.
#[derive(Debug, Default)]
pub(crate) struct Covered {
    days: BTreeSet<(NameId, Time)>,
    /// Providers with lines of days that are all told already.
    twice: BTreeSet<NameId>,
    /// Lines for days of which some are told already: whose, whether they count, and their sum.
    partly: BTreeMap<(NameId, bool, Currency), Decimal>,
}

impl Covered {
    /// Notes what was charged so far.
    pub(crate) fn charged(&mut self, writer: &Writer<'_>) {
        self.days.extend(writer.ledger.charges.iter().map(|it| (it.provider, it.start.day())));
    }

    /// Says what of a bill is left out or may count twice, and forgets it.
    pub(crate) fn say(&mut self, place: &str, ledger: &mut Ledger) {
        for provider in std::mem::take(&mut self.twice) {
            let name = ledger.names.name(provider);
            let note = format!(
                "lines of {name} in {place} are left out on days of which its own records were read"
            );
            ledger.notes.push(note);
        }
        for ((provider, counts, currency), sum) in std::mem::take(&mut self.partly) {
            let name = ledger.names.name(provider);
            let end = if counts {
                "fewer than half of which its own records tell: they count, and some of it counts twice"
            } else {
                "at least half of which its own records tell: they are left out, and some of it is in nothing"
            };
            let note =
                format!("{sum} {currency} of lines of {name} in {place} are for days, {end}");
            ledger.notes.push(note);
        }
    }

    /// Whether a line counts. One for many days cannot be cut: what is told of most of them is left out.
    fn wants(&mut self, key: &Key, billed: Decimal) -> bool {
        let (mut told, mut days) = (0, 0);
        for day in key.days() {
            days += 1;
            told += u32::from(self.days.contains(&(key.provider, day)));
        }
        let wants = told * 2 < days;
        if told == days {
            self.twice.insert(key.provider);
        } else if told > 0 {
            let sum = self.partly.entry((key.provider, wants, key.currency)).or_default();
            *sum = sum.plus(billed);
        }
        wants
    }
}

impl Lines {
    /// Adds a line; `commitment` is the id of what was committed to, where the line speaks of it.
    ///
    /// The file of another export that bills the same thing on the same day, if there is one.
    pub(crate) fn line(
        &mut self,
        line: &BillLine,
        key: Key,
        commitment: Option<NameId>,
        (origin, counts): (Origin, Counts),
    ) -> Option<NameId> {
        let pair = |part: NameId| (part.min(origin.file), part.max(origin.file));
        if let Some((id, said)) = commitment.zip(line.commitment.as_ref()) {
            self.commitments.line(line, &key, (id, said), (origin.file, counts));
            if let Counts::BesideAPart(part) = counts {
                let held = Held { line: line.clone(), key, commitment: id };
                self.held.push((pair(part), Box::new(held)));
            }
            return None;
        }
        let said = Said { lines: 1, sum: line.billed };
        if let Counts::BesideAPart(part) = counts {
            let beside = self.beside_parts.entry(pair(part)).or_default();
            beside.entry(key.clone()).or_default().add(said);
        }
        let is_thing = key.resource.is_some() && line.billed != Decimal::ZERO;
        let number = self.billed.len();
        let billed = self.billed.entry(key).or_insert_with(|| Billed::new(number, origin));
        billed.say(origin.file, said);
        match counts {
            Counts::Yes | Counts::BesideAPart(_) => billed.counted.add(said),
            Counts::Otherwise => billed.otherwise += 1,
            Counts::Elsewhere => {
                self.elsewhere.insert(line.content, (billed.number, line.billed));
            }
            Counts::No => {}
        }
        let counts = matches!(counts, Counts::Yes | Counts::BesideAPart(_));
        let first = billed.first.0;
        (counts && is_thing && first.export != origin.export).then_some(first.file)
    }

    /// Whether a row is one of nothing, or of a commitment, which names its account.
    pub(crate) fn is_nothing(&self, row: Digest) -> bool {
        self.elsewhere.get(&row).is_none_or(|(_, billed)| *billed == Decimal::ZERO)
    }

    /// Counts rows that several accounts have more often.
    fn count_more(&mut self, more: &BTreeMap<Digest, u64>) {
        let mut added: BTreeMap<usize, Said> = BTreeMap::new();
        for (row, times) in more {
            if let Some((number, billed)) = self.elsewhere.get(row) {
                let sum = (0..*times).fold(Decimal::ZERO, |sum, _| sum.plus(*billed));
                added.entry(*number).or_default().add(Said { lines: *times, sum });
            }
        }
        for billed in self.billed.values_mut() {
            if let Some(said) = added.get(&billed.number) {
                billed.counted.add(*said);
            }
        }
        self.elsewhere = FxHashMap::default();
    }

    /// Which days are told in several forms, after the last file.
    pub(crate) fn forms(&self, bills: &Bills) -> Forms {
        if !bills.are_several() {
            return Forms::default();
        }
        let billed = self.billed.iter();
        let billed = billed.flat_map(|(key, billed)| billed.all().map(move |it| (key, it)));
        let held = self.commitments.said();
        let held = held.map(|(key, (file, sum))| (key, (file, Said { lines: 0, sum })));
        Forms::new(billed.chain(held), bills)
    }

    /// Settles what several files say, after the last of them; `more` is how often more rows count, by their content.
    pub(crate) fn settle(&mut self, bills: &Bills, forms: &Forms, more: &BTreeMap<Digest, u64>) {
        self.count_more(more);
        for ((one, two), beside) in std::mem::take(&mut self.beside_parts) {
            if bills.are_alike(one, two) {
                for (key, said) in beside {
                    if let Some(billed) = self.billed.get_mut(&key) {
                        billed.counted.take(said);
                    }
                }
            }
        }
        for ((one, two), held) in std::mem::take(&mut self.held) {
            if let Some(said) = held.line.commitment.as_ref().filter(|_| !bills.are_alike(one, two))
            {
                self.commitments.count(&held.line, &held.key, held.commitment, said);
            }
        }
        for (version, currency, lines, sum) in self.commitments.settle(bills, forms) {
            let is_form = forms.keeps(version);
            let notes = if is_form { &mut self.in_forms } else { &mut self.otherwise };
            notes.entry((version, currency)).or_default().add(Said { lines, sum });
        }
        let mut rest = self.billed.iter_mut().peekable();
        while let Some((key, billed)) = rest.next() {
            // Who a thing is for may be known by its tags, which are told later.
            let mut thing = vec![billed];
            while let Some((_, billed)) = rest.next_if(|(next, _)| next.is_same_thing(key)) {
                thing.push(billed);
            }
            let kept = forms.kept(&(key.currency, key.provider, key.day));
            let versions = kept.map(<[NameId]>::to_vec);
            let Some(versions) = versions.or_else(|| newest(key.day, &thing, bills)) else {
                continue;
            };
            let named = versions.iter().max_by_key(|version| bills.name(**version));
            let Some(named) = named else { continue };
            let notes = if kept.is_some() { &mut self.in_forms } else { &mut self.otherwise };
            let otherwise = notes.entry((*named, key.currency)).or_default();
            for billed in thing {
                let mut said = Said::default();
                for version in &versions {
                    said.add(billed.of(*version, bills));
                }
                let mut more = std::mem::replace(&mut billed.counted, said);
                more.take(said);
                otherwise.add(more);
            }
        }
    }

    /// What should be known of lines that a newer file tells otherwise.
    pub(crate) fn notes(&self, bills: &Bills) -> Vec<String> {
        let amount = |currency: &Currency, more: &Said| {
            let lines =
                if more.lines == 1 { "1 line".to_owned() } else { format!("{} lines", more.lines) };
            format!("{lines} ({} {currency})", more.sum)
        };
        let newer = |((version, currency), more): (&(NameId, Currency), &Said)| {
            let (name, amount) = (bills.name(*version), amount(currency, more));
            format!(
                "{amount} of older exports are of things and days that `{name}` tells otherwise: it is the newest of this bill, and counts"
            )
        };
        let form = |((version, currency), more): (&(NameId, Currency), &Said)| {
            let (name, amount) = (bills.name(*version), amount(currency, more));
            format!(
                "{amount} are of days that `{name}` tells, too, in another form: by what services cost on these days both are one bill, and what tells more of each day counts"
            )
        };
        self.otherwise.iter().map(newer).chain(self.in_forms.iter().map(form)).collect()
    }

    /// Turns what was read into charges, but what was told already.
    pub(crate) fn close(
        &self,
        clusters: &Clusters,
        covered: &mut Covered,
        writer: &mut Writer<'_>,
    ) {
        let mut told = Vec::new();
        let mut once = |key: &Key, billed: Decimal| {
            let wants = covered.wants(key, billed);
            if wants {
                told.extend(key.days().map(|day| (key.provider, day)));
            }
            wants
        };
        for (key, Billed { counted, .. }) in &self.billed {
            if counted.lines == 0 || !once(key, counted.sum) {
                continue;
            }
            let method = match key.share {
                Shared::Cause(_) | Shared::Cluster(..) => Method::Named,
                Shared::Everybody => Method::Service,
                Shared::Nobody => Method::Unnamed,
            };
            let shared = match key.share {
                Shared::Cluster(cluster, _) => clusters.parts(cluster, key.day, key.until),
                Shared::Cause(_) | Shared::Everybody | Shared::Nobody => None,
            };
            let parts = shared.unwrap_or_else(|| vec![(key.share.share(), method, 1)]);
            writer.priced(charge(key), counted.sum, ONE, &parts);
        }
        self.commitments.close(&mut once, writer);
        covered.days.extend(told);
    }
}

/// A charge of which only the amount is missing.
pub(crate) fn charge(key: &Key) -> Charge {
    Charge {
        provider: key.provider,
        service: key.service,
        resource: key.resource,
        start: key.day,
        end: key.until,
        currency: key.currency,
        billed: 0,
        quantity: None,
    }
}

/// Price of what is money already.
pub(crate) const ONE: Nanos = 1_000_000_000;
