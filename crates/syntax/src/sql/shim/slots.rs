//! Tokens with a gap where they are being changed, so that a change costs what it changes and not what follows it; of
//! one statement at a time, so that none is read into the next.

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Tokens, of which those from `start` to `end` are gone, and the last `beyond` not to be seen yet.
pub(super) struct Slots {
    held: Vec<TokenWithSpan>,
    start: usize,
    end: usize,
    beyond: usize,
}

impl Slots {
    pub(super) fn new(held: Vec<TokenWithSpan>) -> Self {
        let mut slots = Self { held, start: 0, end: 0, beyond: 0 };
        slots.see(0);
        slots
    }

    /// Steps over the semicolon behind what is seen; nothing where the text ends there.
    pub(super) fn next_statement(&mut self) -> Option<()> {
        let at = self.len() + 1;
        (self.beyond > 0).then(|| self.see(at))
    }

    /// Shows everything up to the first semicolon from an index on.
    fn see(&mut self, from: usize) {
        self.beyond = 0;
        let slot = self.slot(from).min(self.held.len());
        let is_end = |token: &TokenWithSpan| token.token == Token::SemiColon;
        let rest = self.held[slot..].iter();
        self.beyond = rest.len() - rest.clone().position(is_end).unwrap_or(rest.len());
    }

    pub(super) fn len(&self) -> usize {
        self.held.len() - (self.end - self.start) - self.beyond
    }

    fn slot(&self, at: usize) -> usize {
        if at < self.start { at } else { at.saturating_add(self.end - self.start) }
    }

    pub(super) fn get(&self, at: usize) -> Option<&TokenWithSpan> {
        let slot = self.slot(at);
        self.held.get(slot).filter(|_| slot + self.beyond < self.held.len())
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut TokenWithSpan> {
        let slot = self.slot(at);
        let seen = slot + self.beyond < self.held.len();
        self.held.get_mut(slot).filter(|_| seen)
    }

    /// Puts tokens in place of some.
    pub(super) fn splice(
        &mut self,
        at: usize,
        count: usize,
        tokens: impl IntoIterator<Item = TokenWithSpan>,
    ) {
        self.go(at);
        self.end += count.min(self.held.len() - self.beyond - self.end);
        for token in tokens {
            if self.start == self.end {
                self.widen();
            }
            self.held[self.start] = token;
            self.start += 1;
        }
    }

    pub(super) fn into_tokens(mut self) -> Vec<TokenWithSpan> {
        self.beyond = 0;
        let len = self.len();
        self.go(len);
        self.held.truncate(len);
        self.held
    }

    /// Moves the gap.
    fn go(&mut self, to: usize) {
        let to = to.min(self.len());
        if self.start == self.end {
            (self.start, self.end) = (to, to);
        }
        while self.start > to {
            self.start -= 1;
            self.end -= 1;
            self.held.swap(self.start, self.end);
        }
        while self.start < to {
            self.held.swap(self.start, self.end);
            self.start += 1;
            self.end += 1;
        }
    }

    fn widen(&mut self) {
        let more = 16 + self.held.len() / 8;
        let empty = std::iter::repeat_n(TokenWithSpan::wrap(Token::EOF), more);
        self.held.splice(self.start..self.start, empty);
        self.end += more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: usize) -> TokenWithSpan {
        TokenWithSpan::wrap(Token::Number(number.to_string(), false))
    }

    #[test]
    fn changes_are_those_of_a_list() {
        let mut list: Vec<TokenWithSpan> = (0..9).map(number).collect();
        let mut slots = Slots::new(list.clone());
        // Places and counts from a small generator: forwards, backwards, beyond the end.
        let mut seed = 7_usize;
        for _ in 0..200 {
            seed = seed * 1_103 % 10_007;
            let (at, count, new) = (seed % 12, seed % 4, seed % 3);
            let new: Vec<TokenWithSpan> = (0..new).map(|it| number(seed + it)).collect();
            let start = at.min(list.len());
            list.splice(start..(start + count).min(list.len()), new.clone());
            slots.splice(at, count, new);
            assert_eq!(slots.len(), list.len());
            for at in 0..=list.len() {
                assert_eq!(slots.get(at), list.get(at));
            }
        }
        assert_eq!(slots.into_tokens(), list);
    }

    #[test]
    fn one_statement_is_seen_at_a_time() {
        let end = TokenWithSpan::wrap(Token::SemiColon);
        let mut slots = Slots::new([1, 2].map(number).into_iter().chain([end.clone()]).collect());
        assert_eq!((slots.len(), slots.get(2)), (2, None));
        // What is taken away, or put behind the last, stays inside the statement.
        slots.splice(1, 9, [number(3), number(4)]);
        slots.splice(9, 9, [number(5)]);
        assert_eq!(slots.len(), 4);
        assert!(slots.next_statement().is_some());
        assert_eq!((slots.len(), slots.get(4)), (5, Some(&end)));
        assert!(slots.next_statement().is_none());
        assert_eq!(slots.get(usize::MAX), None);
        let all: Vec<TokenWithSpan> = [1, 3, 4, 5].map(number).into_iter().chain([end]).collect();
        assert_eq!(slots.into_tokens(), all);
    }
}
