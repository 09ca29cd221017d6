//! `explain`: the same facts as `show`; renderers put the reasoning first.

use plumb_base::answer::{NoSuch, Shown};

use crate::Workspace;

pub(crate) fn explain(workspace: &Workspace, reference: &str) -> Result<Shown, NoSuch> {
    crate::card::show(workspace, reference)
}
