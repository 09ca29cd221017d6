//! What several rules look at: each is computed when the first rule asks for it, once for a platform.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use plumb_base::Saving;
use plumb_estate::Asset;

use crate::{
    Platform,
    derived::{self, Derived},
    measures::{self, Measure},
    proofs::{self, Proved},
    reuse::{self, Near, Repeated},
    savings::{self, Change, Savings},
};

/// Answers that are known so far.
#[derive(Default)]
pub(crate) struct Shared<'a> {
    measures: OnceLock<Vec<Measure>>,
    proofs: OnceLock<Vec<Proved>>,
    copies: OnceLock<Vec<Vec<usize>>>,
    near: OnceLock<Vec<Near>>,
    derived: OnceLock<Vec<Derived>>,
    repeated: OnceLock<Vec<Repeated<'a>>>,
    together: OnceLock<Vec<BTreeSet<usize>>>,
    savings: OnceLock<Savings>,
    sources: OnceLock<BTreeMap<usize, usize>>,
}

impl<'a> Platform<'a> {
    /// Computes all of it, so that rules which look at it side by side never wait for each other.
    pub(crate) fn prepare(&self) {
        rayon::join(|| self.together(), || self.measures());
        self.savings();
        self.source(0);
    }

    /// Every number with a name.
    pub(crate) fn measures(&self) -> &[Measure] {
        self.shared.measures.get_or_init(|| measures::all(self.estate))
    }

    /// Datasets that are not one plan and were shown to hold the same rows.
    pub(crate) fn proofs(&self) -> &[Proved] {
        self.shared.proofs.get_or_init(|| proofs::proofs(self.estate))
    }

    /// Groups of assets with the same rows.
    pub(crate) fn copies(&self) -> &[Vec<usize>] {
        self.shared.copies.get_or_init(|| reuse::copies(self.estate, self.proofs()))
    }

    /// Datasets that are nearly one.
    pub(crate) fn near(&self) -> &[Near] {
        self.shared.near.get_or_init(|| reuse::near(self.estate, self.copies()))
    }

    /// Datasets that can be computed from others.
    pub(crate) fn derived(&self) -> &[Derived] {
        self.shared
            .derived
            .get_or_init(|| derived::derived(self.estate, self.copies(), self.near()))
    }

    /// Work that stands in several places and is worth a word.
    pub(crate) fn repeated(&self) -> &[Repeated<'a>] {
        self.shared.repeated.get_or_init(|| {
            reuse::repeated(self.estate, self.copies(), self.near(), self.derived())
        })
    }

    /// What a change to datasets would save, of what dearer ones leave.
    pub(crate) fn saving(&self, change: &Change) -> Saving {
        let savings = self.savings();
        let unknown = || Saving::NotGiven("nobody asked what it would save".to_owned());
        savings.get(change).cloned().unwrap_or_else(unknown)
    }

    /// From what a dataset would be computed.
    pub(crate) fn source(&self, asset: usize) -> Option<usize> {
        self.shared.sources.get_or_init(|| savings::sources(self)).get(&asset).copied()
    }

    fn savings(&self) -> &Savings {
        self.shared.savings.get_or_init(|| savings::savings(self))
    }

    /// Whether any change to datasets would save of what an asset costs.
    pub(crate) fn is_saved(&self, asset: usize) -> bool {
        let about = |change: &Change| match change {
            Change::Copies(group) => group.contains(&asset),
            Change::Instead(at) => *at == asset,
        };
        self.savings().iter().any(|(change, saving)| savings::most(saving) > 0 && about(change))
    }

    /// What assets cost, where nobody knows what of it a change would save.
    pub(crate) fn cost(&self, assets: impl IntoIterator<Item = usize>) -> Saving {
        let once: BTreeSet<usize> = assets.into_iter().collect();
        let assets: Vec<&Asset> = once.iter().map(|at| &self.estate.assets[*at]).collect();
        self.ledger.saving(&assets)
    }

    /// Assets of which a rule says that they do the same work: what else they share goes with it.
    pub(crate) fn together(&self) -> &[BTreeSet<usize>] {
        self.shared.together.get_or_init(|| {
            // A near duplicate of a copy is one of all its copies.
            let near = self.near().iter().map(|near| near.assets.clone());
            let alike = reuse::components(self.copies(), near).into_iter();
            let derived = self.derived().iter().map(|it| vec![it.asset, it.from]);
            let repeated = self.repeated().iter().map(|it| it.assets.clone());
            let all = alike.chain(derived).chain(repeated);
            all.map(|assets| assets.into_iter().collect()).collect()
        })
    }
}
