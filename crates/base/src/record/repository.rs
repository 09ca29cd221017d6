//! What a repository says of its files: who shall own them, and who changed them.

use crate::Moment;

/// A file of code owners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeOwners {
    /// Its path as seen from the root, such as `.github/CODEOWNERS` or `../CODEOWNERS`.
    pub path: String,
    /// Path of the root below the folder that its patterns start from; `""` where it is that folder.
    pub below: String,
    /// Its rules, as they stand: of those that match, the last of each section counts.
    pub rules: Vec<OwnerRule>,
}

/// One line of a file of code owners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnerRule {
    /// The section it stands in, where it stands in one: sections are matched each for itself.
    pub section: Option<String>,
    /// Pattern of paths, its escapes as written.
    pub pattern: String,
    /// Who: `@name`, `@organisation/team`, an address. Nobody is legal, and says so.
    pub owners: Vec<String>,
    /// Whether the files are nobody's in this section, whatever its other lines say.
    pub excludes: bool,
    /// Line, from 1.
    pub line: u32,
}

/// A file beside SQL that says whose the tables of its folder are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DescribedFolder {
    /// Its path.
    pub path: String,
    /// The folder it stands in.
    pub folder: String,
    /// Owners, in order, each with its line.
    pub owners: Vec<(String, u32)>,
}

/// What a repository remembers, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Commits that are no merges, newest first.
    pub commits: Vec<Commit>,
    /// Whether older commits were left out when the repository was cloned.
    pub shallow: bool,
    /// Whether older commits were left out because there are too many.
    pub cut: bool,
    /// Identity of the commit that is checked out.
    pub head: Option<String>,
    /// Where the repository was cloned from, without any password.
    pub remote: Option<String>,
    /// Path of the root below the top of the repository; `""` where it is the top.
    pub below: String,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Name of the author.
    pub author: String,
    /// Address of the author: it tells people of one name apart, and is not shown.
    pub address: String,
    /// When it was committed.
    pub time: Moment,
    /// Whether a commit came before it; the first of a shallow clone looks as if it had made every file.
    pub has_parent: bool,
    /// Files it changed below the root.
    pub changes: Vec<Change>,
}

/// One file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path below the root.
    pub path: String,
    /// Its path before, where the commit moved it.
    pub was: Option<String>,
}
