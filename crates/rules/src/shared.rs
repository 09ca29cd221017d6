//! What several rules look at: each is computed when the first rule asks for it, once for a platform.

use std::{cell::OnceCell, collections::BTreeSet};

use crate::{
    Platform,
    derived::{self, Derived},
    measures::{self, Measure},
    proofs::{self, Proved},
    reuse::{self, Near, Repeated},
};

/// Answers that are known so far.
#[derive(Default)]
pub(crate) struct Shared<'a> {
    measures: OnceCell<Vec<Measure>>,
    proofs: OnceCell<Vec<Proved>>,
    copies: OnceCell<Vec<Vec<usize>>>,
    near: OnceCell<Vec<Near>>,
    derived: OnceCell<Vec<Derived>>,
    repeated: OnceCell<Vec<Repeated<'a>>>,
    together: OnceCell<Vec<BTreeSet<usize>>>,
}

impl<'a> Platform<'a> {
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
