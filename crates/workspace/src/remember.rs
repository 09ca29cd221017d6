//! Answers from run to run: where nothing that an answer was made from has changed, it is given again.
//!
//! What a world was asked on the way to an answer is kept beside it, with digests of what it said. An answer counts
//! as long as the world says the same. Where it does not, pieces of the work on earlier answers are used again.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use plumb_base::record::History;
use plumb_base::{Digest, Entry, Hasher, Mark, Memory, Stream, Watched, World, WorldError};
use plumb_estate::Kept;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Bills, Depth, Options, Phase, Workspace};

/// Something a world is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Call {
    Files(String),
    Read(String),
    Head(String, usize),
    Stream(String),
    Mark(String),
    Top(String),
    BelowTop,
    History,
    Root,
}

/// An answer with what it was made from.
#[derive(Serialize, Deserialize)]
struct Given<A> {
    said: Vec<(Call, String)>,
    /// Names of the variables that were asked for, and one digest of what all of them hold.
    variables: (Vec<String>, String),
    answer: A,
}

/// Opens a platform. What was worked out of it in earlier runs is not worked out again where it would be the same.
pub fn open(
    world: &dyn World,
    (options, bills): (&Options, Bills<'_>),
    memory: Option<&dyn Memory>,
    tell: &dyn Fn(Phase),
) -> Workspace {
    let Some(memory) = memory else {
        return Workspace::open_knowing(world, options, bills, None, tell);
    };
    let key = Hasher::new("work").finish();
    let kept = Kept::new(memory.recall(key).unwrap_or_default());
    let workspace = Workspace::open_knowing(world, options, bills, Some(&kept), tell);
    if let Some(bytes) = kept.into_bytes(options.depth == Depth::Normal) {
        memory.keep(key, &bytes);
    }
    workspace
}

/// Asks a platform something, or gives the answer of an earlier run if nothing has changed since; `question` tells
/// it from all others.
pub fn ask<A, E>(
    world: &dyn World,
    (options, bills): (&Options, Bills<'_>),
    memory: Option<&dyn Memory>,
    question: &str,
    tell: &dyn Fn(Phase),
    answer: impl FnOnce(&mut Workspace) -> Result<A, E>,
) -> Result<A, E>
where
    A: Serialize + DeserializeOwned,
{
    let Some(memory) = memory else {
        return answer(&mut whole(open(world, (options, bills), None, tell)));
    };
    let key = || {
        let mut key = Hasher::new("answer");
        key.text(question).text(&format!("{options:?}"));
        match bills {
            Bills::Read => key.text("read"),
            Bills::Keep(store) => key.text("keep").digest(store.mark()),
            Bills::Find => key.text("find"),
            Bills::Leave => key.text("leave"),
        };
        key.finish()
    };
    tell(Phase::Files);
    let kept = memory.recall(key());
    let kept = kept.and_then(|bytes| serde_json::from_slice::<Given<A>>(&bytes).ok());
    if let Some(kept) = kept.filter(|kept| kept.holds(world)) {
        return Ok(kept.answer);
    }
    let watched = Watched::new(world);
    let heard = Heard::new(&watched);
    let workspace = open(&heard, (options, bills), Some(memory), tell);
    let answer = answer(&mut whole(workspace))?;
    // What could not be read on this time may be another time, though nothing of it has changed.
    let broke = watched.failure().is_some() || heard.refused.load(Ordering::Relaxed);
    let kept = heard.with(answer);
    let failed = broke || matches!(bills, Bills::Keep(store) if store.failed());
    if let Some(bytes) = serde_json::to_vec(&kept).ok().filter(|_| !failed) {
        // With what was added on the way: that is what the next run begins with.
        memory.keep(key(), &bytes);
    }
    Ok(kept.answer)
}

/// A workspace that is not taken apart: the program ends with its answer, and there are millions of nodes.
const fn whole(workspace: Workspace) -> ManuallyDrop<Workspace> {
    ManuallyDrop::new(workspace)
}

impl<A> Given<A> {
    /// Whether the world still says all of it.
    fn holds(&self, world: &dyn World) -> bool {
        let (names, held) = &self.variables;
        variables(world, names) == *held
            && self.said.iter().all(|(call, said)| call.ask(world).to_string() == *said)
    }
}

impl Call {
    /// A digest of what a world says to it.
    fn ask(&self, world: &dyn World) -> Digest {
        match self {
            Self::Files(folder) => entries(&world.files(folder)),
            Self::Read(path) => bytes(&world.read(path)),
            Self::Head(path, most) => bytes(&world.head(path, *most)),
            Self::Stream(path) => streamed(world, path),
            Self::Mark(path) => marked(world.mark(path).as_ref()),
            Self::Top(path) => bytes(&world.read_from_top(path)),
            Self::BelowTop => Digest::of(world.below_top()),
            Self::History => mark(world),
            Self::Root => Digest::of(world.root()),
        }
    }
}

fn marked(said: Option<&Mark>) -> Digest {
    said.map_or_else(|| Hasher::new("no mark").finish(), Mark::digest)
}

fn entries(said: &Result<Vec<Entry>, WorldError>) -> Digest {
    let mut hasher = Hasher::new("files");
    match said {
        Ok(entries) => {
            for entry in entries {
                hasher.text(&entry.path).number(entry.size);
            }
        }
        Err(error) => {
            hasher.text(&error.to_string());
        }
    }
    hasher.finish()
}

fn bytes(said: &Result<Vec<u8>, WorldError>) -> Digest {
    match said {
        Ok(bytes) => Digest::of(bytes),
        Err(error) => Hasher::new("error").text(&error.to_string()).finish(),
    }
}

/// A digest of a file that may be too large to be held at once.
fn streamed(world: &dyn World, path: &str) -> Digest {
    let mut digest = Hasher::new("stream").finish();
    let mut part = vec![0; PART];
    let Ok(mut stream) = world.stream(path) else { return digest };
    loop {
        let mut filled = 0;
        while filled < PART {
            match stream.read(&mut part[filled..]) {
                Ok(0) | Err(_) => break,
                Ok(read) => filled += read,
            }
        }
        if filled == 0 {
            return digest;
        }
        let read = Digest::of(&part[..filled]);
        digest = Hasher::new("stream").digest(digest).digest(read).finish();
    }
}

/// Bytes of such a file that are held at once.
const PART: usize = 1 << 20;

fn mark(world: &dyn World) -> Digest {
    match world.history_mark() {
        Ok(mark) => Digest::of(mark.unwrap_or_default()),
        Err(error) => Hasher::new("error").text(&error.to_string()).finish(),
    }
}

/// One digest of all: of a single short secret it would tell too much.
fn variables(world: &dyn World, names: &[String]) -> String {
    let mut hasher = Hasher::new("variables");
    for name in names {
        let value = world.variable(name);
        hasher.text(name).number(u64::from(value.is_some())).text(&value.unwrap_or_default());
    }
    hasher.finish().to_string()
}

/// A world, and what it said.
struct Heard<'a> {
    world: &'a dyn World,
    said: Mutex<BTreeMap<Call, Digest>>,
    variables: Mutex<Vec<String>>,
    /// Whether it did not give a file of which it has a mark.
    refused: AtomicBool,
}

impl<'a> Heard<'a> {
    fn new(world: &'a dyn World) -> Self {
        let (said, variables, refused) = Default::default();
        Self { world, said, variables, refused }
    }

    /// Hears the mark of a file in place of what is read of it, where it has one.
    fn by_mark<T>(&self, path: &str, said: &Result<T, WorldError>) -> bool {
        let mark = self.mark(path);
        if mark.is_some() && said.is_err() {
            self.refused.store(true, Ordering::Relaxed);
        }
        mark.is_some()
    }

    fn hear(&self, call: Call, said: Digest) {
        if let Ok(mut all) = self.said.lock() {
            all.insert(call, said);
        }
    }

    fn with<A>(self, answer: A) -> Given<A> {
        let said = self.said.into_inner().unwrap_or_default().into_iter();
        let said = said.map(|(call, said)| (call, said.to_string())).collect();
        let mut names = self.variables.into_inner().unwrap_or_default();
        names.sort();
        names.dedup();
        let held = variables(self.world, &names);
        Given { said, variables: (names, held), answer }
    }
}

impl World for Heard<'_> {
    fn files(&self, folder: &str) -> Result<Vec<Entry>, WorldError> {
        let said = self.world.files(folder);
        self.hear(Call::Files(folder.to_owned()), entries(&said));
        said
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        let said = self.world.read(path);
        if !self.by_mark(path, &said) {
            self.hear(Call::Read(path.to_owned()), bytes(&said));
        }
        said
    }

    fn head(&self, path: &str, most: usize) -> Result<Vec<u8>, WorldError> {
        let said = self.world.head(path, most);
        if !self.by_mark(path, &said) {
            self.hear(Call::Head(path.to_owned(), most), bytes(&said));
        }
        said
    }

    fn stream(&self, path: &str) -> Result<Box<dyn Stream>, WorldError> {
        let said = self.world.stream(path);
        if !self.by_mark(path, &said) {
            self.hear(Call::Stream(path.to_owned()), streamed(self.world, path));
        }
        said
    }

    fn expect(&self, paths: &[&str]) {
        self.world.expect(paths);
    }

    fn mark(&self, path: &str) -> Option<Mark> {
        let said = self.world.mark(path);
        if said.is_some() {
            self.hear(Call::Mark(path.to_owned()), marked(said.as_ref()));
        }
        said
    }

    fn notes(&self) -> Option<&dyn Memory> {
        self.world.notes()
    }

    fn below_top(&self) -> String {
        let said = self.world.below_top();
        self.hear(Call::BelowTop, Digest::of(&said));
        said
    }

    fn read_from_top(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        let said = self.world.read_from_top(path);
        self.hear(Call::Top(path.to_owned()), bytes(&said));
        said
    }

    fn history(&self) -> Result<Option<History>, WorldError> {
        self.hear(Call::History, mark(self.world));
        self.world.history()
    }

    fn history_mark(&self) -> Result<Option<String>, WorldError> {
        self.world.history_mark()
    }

    fn variable(&self, name: &str) -> Option<String> {
        if let Ok(mut names) = self.variables.lock() {
            names.push(name.to_owned());
        }
        self.world.variable(name)
    }

    fn root(&self) -> String {
        let said = self.world.root();
        self.hear(Call::Root, Digest::of(&said));
        said
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::convert::Infallible;

    use plumb_base::MemoryWorld;
    use plumb_canon::Canonical;

    use super::*;

    #[derive(Default)]
    struct Book(RefCell<BTreeMap<Digest, Vec<u8>>>);

    impl Memory for Book {
        fn recall(&self, key: Digest) -> Option<Vec<u8>> {
            self.0.borrow().get(&key).cloned()
        }

        fn keep(&self, key: Digest, bytes: &[u8]) {
            self.0.borrow_mut().insert(key, bytes.to_vec());
        }
    }

    /// Whether the answer was made anew, and how it reads.
    fn audit(world: &MemoryWorld, book: &Book, question: &str) -> (bool, String) {
        let made = Cell::new(false);
        let options = (&Options::default(), Bills::Read);
        let answer = ask(world, options, Some(book), question, &|_| {}, |workspace| {
            made.set(true);
            Ok::<_, Infallible>(workspace.audit())
        });
        let Ok(audit) = answer;
        (made.get(), serde_json::to_string(&audit).unwrap())
    }

    const RATES: &str = "DATE,SERVICE_TYPE,EFFECTIVE_RATE,CURRENCY\n";

    fn shop() -> MemoryWorld {
        let mut world = MemoryWorld::new([
            ("dbt_project.yml", "name: shop\nprofile: shop\n"),
            ("models/a.sql", "select id, sum(x) as x from {{ env_var('DB', 'raw') }}.t group by 1"),
            ("models/b.sql", "select id, sum(x) as x from raw.t group by id"),
            ("rates.csv", RATES),
        ]);
        world.remember("2026-03-02 Ada Byron <ada@shop.example>: models/a.sql");
        world
    }

    #[test]
    fn what_has_not_changed_is_not_asked_again() {
        let (world, book) = (shop(), Book::default());
        let (first, text) = audit(&world, &book, "audit");
        let (again, same) = audit(&world, &book, "audit");
        assert_eq!((first, again), (true, false));
        assert_eq!(text, same);
        assert!(audit(&world, &book, "another").0);
    }

    #[test]
    fn a_change_anywhere_makes_a_new_answer() {
        type Change = fn(&mut MemoryWorld);
        let changes: [Change; 6] = [
            |world| drop(world.files.insert("models/b.sql".into(), "select 1 as id".into())),
            |world| drop(world.files.insert("models/c.sql".into(), "select 1 as id".into())),
            |world| drop(world.files.remove("models/b.sql")),
            |world| {
                let rates = format!("{RATES}2026-03-02,PIPE,3,USD\n");
                world.files.insert("rates.csv".into(), rates);
            },
            |world| drop(world.variables.insert("DB".into(), "other".into())),
            |world| world.remember("2026-03-03 Bea Clay <bea@shop.example>: models/a.sql"),
        ];
        for change in changes {
            let (mut world, book) = (shop(), Book::default());
            audit(&world, &book, "audit");
            change(&mut world);
            let (made, text) = audit(&world, &book, "audit");
            assert!(made);
            assert_eq!(text, audit(&world, &Book::default(), "audit").1);
        }
    }

    #[test]
    fn what_was_worked_out_is_not_worked_out_again() {
        let (mut world, book) = (shop(), Book::default());
        audit(&world, &book, "audit");
        let work = Hasher::new("work").finish();
        let kept = book.recall(work).unwrap();
        // Where nothing of the code changes, nothing new is to be kept.
        world.files.insert("rates.csv".into(), format!("{RATES}2026-03-02,PIPE,3,USD\n"));
        assert!(audit(&world, &book, "audit").0);
        assert!(audit(&world, &book, "another").0);
        assert_eq!(book.recall(work), Some(kept.clone()));
        world.files.insert("models/c.sql".into(), "select id from {{ ref('b') }}".into());
        audit(&world, &book, "audit");
        let more = book.recall(work).unwrap();
        assert!(more.len() > kept.len());
        // All but the digest at its head is still there.
        assert!(more.windows(kept.len() - 16).any(|part| *part == kept[16..]));
    }

    /// Files as they come, one change after the other; an empty one goes away.
    const CHANGES: [(&str, &str); 28] = [
        ("dbt/dbt_project.yml", "name: shop\nprofile: shop\nvars: {least: 5}\n"),
        ("dbt/profiles.yml", "shop: {target: a, outputs: {a: {type: snowflake}}}"),
        ("dbt/models/orders.sql", "select id, amount, status from {{ source('raw', 'orders') }}"),
        ("dbt/models/people.sql", "select id, name from {{ source('raw', 'people') }}"),
        ("dbt/models/sales.sql", SALES),
        ("dbt/models/sold.sql", "select s.* from {{ ref('sales') }} as s where status = 'paid'"),
        ("dbt/models/more.sql", MORE),
        ("dbt/models/sales_again.sql", SALES),
        // Columns come, are declared, and go.
        (
            "dbt/models/orders.sql",
            "select id, amount, status, at from {{ source('raw', 'orders') }}",
        ),
        ("dbt/models/raw.yml", "sources: [{name: raw, tables: [{name: orders}, {name: people}]}]"),
        ("dbt/models/bare.sql", "select price from {{ source('raw', 'orders') }}, raw.prices"),
        ("dbt/models/told.sql", "select o.price from {{ source('raw', 'orders') }} as o"),
        ("dbt/models/told.sql", ""),
        // What stands elsewhere decides what a model says.
        ("dbt/macros/cents.sql", "{% macro cents(c) %}{{ c }} * 100{% endmacro %}"),
        ("dbt/macros/cents.sql", "{% macro cents(c) %}{{ c }} * 1000{% endmacro %}"),
        ("dbt/dbt_project.yml", "name: shop\nprofile: shop\nvars: {least: 7}\n"),
        ("dbt/models/half.sql", "select twice(amount) as twice from {{ ref('orders') }}"),
        ("make.sql", "create function twice(x int) returns int as $$ x * 2 $$;"),
        ("make.sql", "create function twice(x int) returns int as $$ x * 3 $$;"),
        ("make.sql", "create table raw.prices (price int, id int);"),
        ("dbt/models/open.sql", "select id from raw.prices where price > {{ env_var('LEAST') }}"),
        ("dbt/models/open.sql", "select id from raw.prices where price > {{ env_var('MOST') }}"),
        // A model breaks, is mended, is called otherwise, and is there twice.
        ("dbt/models/sales.sql", "select from where"),
        ("dbt/models/sales.sql", SALES),
        ("dbt/models/people.sql", ""),
        ("dbt/models/people_2.sql", "select id, name from {{ source('raw', 'people') }}"),
        ("dbt/models/more.sql", "select 1 as id -- nothing more"),
        ("dbt/models/more.sql", MORE),
    ];

    const SALES: &str = "select o.*, p.name, {{ cents('amount') }} as cents from {{ ref('orders') }} as o \
        join {{ ref('people') }} as p on p.id = o.id where amount > {{ var('least') }}";

    const MORE: &str = "{{ config(materialized='incremental') }} select id, sum(amount) as amount from \
        {{ ref('sales') }} {% if is_incremental() %} where at > (select max(at) from {{ this }}) \
        {% endif %} group by id";

    #[test]
    fn work_of_earlier_runs_never_shows() {
        let (mut world, book) = (MemoryWorld::default(), Book::default());
        for (path, text) in CHANGES {
            world.files.remove(path);
            if !text.is_empty() {
                world.files.insert(path.to_owned(), text.to_owned());
            }
            let all = |book: &Book| {
                let options = (&Options::default(), Bills::Read);
                let workspace = open(&world, options, Some(book), &|_| {});
                let forms = workspace.estate.assets.iter().map(|asset| {
                    let plan = asset.plan.as_ref()?;
                    let form =
                        |it: &Canonical| (it.fingerprint, it.columns.clone(), it.steps.clone());
                    Some((form(&plan.local), form(&plan.expanded), plan.parts.len()))
                });
                let forms: Vec<_> = forms.collect();
                let graph = workspace.graph(None, None).ok();
                (serde_json::to_string(&(workspace.audit(), graph)).unwrap(), forms)
            };
            assert_eq!(all(&book), all(&Book::default()), "{path}: {text}");
        }
    }

    #[test]
    fn what_cannot_be_read_back_is_made_anew() {
        let (world, book) = (shop(), Book::default());
        audit(&world, &book, "audit");
        for bytes in book.0.borrow_mut().values_mut() {
            bytes.truncate(20);
        }
        assert!(audit(&world, &book, "audit").0);
    }
}
