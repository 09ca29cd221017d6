//! Which bytes of a file each byte of a text that was made from it comes from.

use crate::Span;

/// From bytes of a made text, such as a rendered template or a cell of a notebook, back to bytes of its file.
///
/// Text taken over maps exactly; what was made in place of something maps to the whole of that: what an
/// expression of a template printed to its `{{ … }}`, an escaped letter to its escape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    made: Span,
    file: Span,
    exact: bool,
}

impl SourceMap {
    /// The map of a text that is the file.
    pub fn identity(len: usize) -> Self {
        let all = Span::new(0, len);
        Self { segments: vec![Segment { made: all, file: all, exact: true }] }
    }

    /// The bytes of the file that a span of the made text comes from; empty at 0 if nothing was made.
    pub fn to_file(&self, made: Span) -> Span {
        let (Some(first), Some(last)) =
            (self.segment(made.start), self.segment(made.end.saturating_sub(1).max(made.start)))
        else {
            return Span::default();
        };
        let start = if first.exact {
            first.file.start + made.start.saturating_sub(first.made.start).min(length(first.file))
        } else {
            first.file.start
        };
        let end = if last.exact {
            last.file.start + made.end.saturating_sub(last.made.start).min(length(last.file))
        } else {
            last.file.end
        };
        let (low, high) = (start.min(last.file.start), end.max(start));
        Span { start: if first.made == last.made { start } else { low }, end: high }
    }

    fn segment(&self, byte: u32) -> Option<Segment> {
        let after = self.segments.partition_point(|segment| segment.made.start <= byte);
        self.segments.get(after.saturating_sub(1)).copied()
    }

    /// Notes that the next bytes up to `end` are text of the file as it stands.
    pub fn literal(&mut self, start: usize, end: usize, file: Span) {
        self.push(Segment { made: Span::new(start, end), file, exact: true });
    }

    /// Notes that the next bytes up to `end` were made in place of a part of the file.
    pub fn printed(&mut self, start: usize, end: usize, file: Span) {
        self.push(Segment { made: Span::new(start, end), file, exact: false });
    }

    /// The map to the file of a text that this maps to another text, and `inner` maps that one to the file.
    #[must_use]
    pub fn through(&self, inner: &Self) -> Self {
        let mut whole = Self::default();
        for outer in &self.segments {
            if !outer.exact {
                whole.push(Segment { file: inner.to_file(outer.file), ..*outer });
                continue;
            }
            let (start, end) = (outer.file.start, outer.file.end);
            let first = inner.segments.partition_point(|it| it.made.end <= start);
            for part in inner.segments[first..].iter().take_while(|it| it.made.start < end) {
                let (low, high) = (part.made.start.max(start), part.made.end.min(end));
                let shift = |byte: u32| outer.made.start + (byte - start);
                let file = if part.exact {
                    let shift = |byte: u32| part.file.start + (byte - part.made.start);
                    Span { start: shift(low), end: shift(high) }
                } else {
                    part.file
                };
                let made = Span { start: shift(low), end: shift(high) };
                whole.push(Segment { made, file, exact: part.exact });
            }
        }
        whole
    }

    fn push(&mut self, next: Segment) {
        if next.made.is_empty() {
            return;
        }
        if let Some(last) = self.segments.last_mut()
            && last.exact == next.exact
        {
            let whole = !last.exact && last.file == next.file;
            let goes_on =
                last.exact && (last.made.end, last.file.end) == (next.made.start, next.file.start);
            if whole || goes_on {
                last.made.end = next.made.end;
                last.file.end = next.file.end;
                return;
            }
        }
        self.segments.push(next);
    }
}

fn length(span: Span) -> u32 {
    span.end - span.start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(map: &SourceMap, made: (usize, usize), file: (usize, usize)) {
        let found = map.to_file(Span::new(made.0, made.1));
        assert_eq!(found, Span::new(file.0, file.1));
    }

    #[test]
    fn literal_text_maps_exactly_and_tags_as_a_whole() {
        let mut map = SourceMap::default();
        map.literal(0, 7, Span::new(0, 7));
        map.printed(7, 30, Span::new(7, 17));
        map.literal(30, 40, Span::new(17, 27));
        check(&map, (0, 6), (0, 6));
        check(&map, (8, 9), (7, 17));
        check(&map, (31, 35), (18, 22));
        check(&map, (3, 35), (3, 22));
        check(&map, (40, 40), (27, 27));
        check(&SourceMap::identity(9), (2, 5), (2, 5));
        check(&SourceMap::default(), (2, 5), (0, 0));
    }

    #[test]
    fn a_text_made_from_a_made_text_leads_to_the_file() {
        // The file holds `"ab\\ncd"`, the text `ab`, a line break, `cd`; a hole of four bytes takes the place of `b`.
        let mut inner = SourceMap::default();
        inner.literal(0, 2, Span::new(1, 3));
        inner.printed(2, 3, Span::new(3, 5));
        inner.literal(3, 5, Span::new(5, 7));
        let mut outer = SourceMap::default();
        outer.literal(0, 1, Span::new(0, 1));
        outer.printed(1, 5, Span::new(1, 2));
        outer.literal(5, 8, Span::new(2, 5));
        let map = outer.through(&inner);
        check(&map, (0, 1), (1, 2));
        check(&map, (2, 3), (2, 3));
        check(&map, (5, 6), (3, 5));
        check(&map, (6, 8), (5, 7));
        check(&map, (0, 8), (1, 7));
    }
}
