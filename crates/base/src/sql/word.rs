//! Words of SQL that stand for themselves.

/// Words that are names in no dialect, or not everywhere.
const RESERVED: &str = " all and any array as asc between both by case cast check collate column constraint create \
    cross current default delete desc distinct do drop else end escape except exclude exists explain extract false \
    fetch filter following for foreign from full function glob grant group grouping groups having if ilike in index \
    inner insert intersect interval into is join lateral leading left like limit natural not null nulls of offset on \
    only or order outer over overlaps partition preceding primary qualify range references regexp replace returning \
    right rlike row rows sample select set similar some start struct table tablesample then to top trailing true \
    trim unbounded union unique unnest unpivot update user using values view when where window with within ";

/// Whether a word in lower case needs quotes to be a name, in some dialect or in all.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.split(' ').any(|reserved| !reserved.is_empty() && reserved == word)
}
