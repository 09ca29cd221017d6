//! Tokens with a gap where they are being changed, so that a change costs what it changes and not what follows it.

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Tokens, of which those from `start` to `end` are gone.
pub(super) struct Slots {
    held: Vec<TokenWithSpan>,
    start: usize,
    end: usize,
}

impl Slots {
    pub(super) fn new(held: Vec<TokenWithSpan>) -> Self {
        Self { held, start: 0, end: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.held.len() - (self.end - self.start)
    }

    pub(super) fn get(&self, at: usize) -> Option<&TokenWithSpan> {
        self.held.get(if at < self.start { at } else { at + self.end - self.start })
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut TokenWithSpan> {
        self.held.get_mut(if at < self.start { at } else { at + self.end - self.start })
    }

    /// Puts tokens in place of some.
    pub(super) fn splice(
        &mut self,
        at: usize,
        count: usize,
        tokens: impl IntoIterator<Item = TokenWithSpan>,
    ) {
        self.go(at);
        self.end += count.min(self.held.len() - self.end);
        for token in tokens {
            if self.start == self.end {
                self.widen();
            }
            self.held[self.start] = token;
            self.start += 1;
        }
    }

    pub(super) fn into_tokens(mut self) -> Vec<TokenWithSpan> {
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
}
