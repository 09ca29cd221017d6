//! Frames of windows: what they exclude, which the parser library does not know.

use sqlparser::tokenizer::Token;

use super::Tape;

/// The name that stands in the frame of a window that leaves rows out: its call is not read.
pub(crate) const EXCLUDES: &str = "__plumb_exclude__";

pub(super) fn mend(tape: &mut Tape<'_>, at: usize, word: &str) {
    if word != "exclude" || at == 0 || !tape.any(at - 1, &["row", "preceding", "following"]) {
        return;
    }
    if tape.phrase(at + 1, &["no", "others"]) {
        tape.remove(at, 3);
        return;
    }
    let count = match () {
        () if tape.phrase(at + 1, &["current", "row"]) => 3,
        () if tape.any(at + 1, &["group", "ties"]) => 2,
        () => return,
    };
    // The bound before it gives its place to the mark.
    let begins = |at: &usize| tape.any(*at, &["and", "rows", "range", "groups"]);
    let Some(before) = tape.back(at).find(begins) else { return };
    let way = if tape.is(before, "and") { "FOLLOWING" } else { "PRECEDING" };
    let mark = [Token::make_word(EXCLUDES, None), Token::make_keyword(way)];
    tape.put(before + 1, at + count - before - 1, mark);
}
