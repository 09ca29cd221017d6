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

    /// The map of a part of the made text.
    #[must_use]
    pub fn cut(&self, made: Span) -> Self {
        let mut cut = Self::default();
        let after = self.segments.partition_point(|segment| segment.made.end <= made.start);
        for segment in &self.segments[after..] {
            if segment.made.start >= made.end {
                break;
            }
            let part = segment.part(made.start, made.end);
            let made = part.made.back(made.start);
            cut.push(Segment { made, ..part });
        }
        cut
    }

    /// Adds the map of a text that was put behind the first `len` bytes of this one.
    pub fn append(&mut self, len: usize, other: &Self) {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        for segment in &other.segments {
            self.push(Segment { made: segment.made.on(len), ..*segment });
        }
    }

    /// The map to the file of a text that this one leads to and that was itself made from the file.
    #[must_use]
    pub fn through(&self, outer: &Self) -> Self {
        let mut whole = Self::default();
        for segment in &self.segments {
            if !segment.exact {
                whole.push(Segment { file: outer.to_file(segment.file), ..*segment });
                continue;
            }
            let after = outer.segments.partition_point(|it| it.made.end <= segment.file.start);
            for part in &outer.segments[after..] {
                if part.made.start >= segment.file.end {
                    break;
                }
                let part = part.part(segment.file.start, segment.file.end);
                let made = part.made.back(segment.file.start).on(segment.made.start);
                whole.push(Segment { made, ..part });
            }
        }
        whole
    }

    /// The bytes of the made text that come from a part of the file; `None` if none do.
    pub fn to_made(&self, file: Span) -> Option<Span> {
        let touched =
            self.segments.iter().filter(|it| it.file.start < file.end && file.start < it.file.end);
        let made = touched.map(|segment| {
            if !segment.exact {
                return segment.made;
            }
            let start = file.start.max(segment.file.start) - segment.file.start;
            let end = file.end.min(segment.file.end) - segment.file.start;
            Span { start: segment.made.start + start, end: segment.made.start + end }
        });
        made.reduce(|one, two| Span { start: one.start.min(two.start), end: one.end.max(two.end) })
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

    fn push(&mut self, next: Segment) {
        if next.made.is_empty() {
            return;
        }
        if let Some(last) = self.segments.last_mut()
            && last.exact == next.exact
            && last.made.end == next.made.start
        {
            if !last.exact && last.file == next.file {
                last.made.end = next.made.end;
                return;
            }
            if last.exact && last.file.end == next.file.start {
                last.made.end = next.made.end;
                last.file.end = next.file.end;
                return;
            }
        }
        self.segments.push(next);
    }
}

impl Segment {
    /// What of it lies between two bytes of the made text; it must lie there in part.
    fn part(self, start: u32, end: u32) -> Self {
        let made = Span { start: self.made.start.max(start), end: self.made.end.min(end) };
        if !self.exact {
            return Self { made, ..self };
        }
        let file = made.back(self.made.start).on(self.file.start);
        Self { made, file, exact: true }
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

    /// A text of two lines of a file, each behind a mark of two bytes, with an escape in the second.
    fn marked() -> SourceMap {
        let mut map = SourceMap::default();
        map.literal(0, 5, Span::new(2, 7));
        map.literal(5, 8, Span::new(9, 12));
        map.printed(8, 9, Span::new(12, 14));
        map.literal(9, 12, Span::new(14, 17));
        map
    }

    #[test]
    fn a_part_of_a_text_maps_as_the_whole_does() {
        let cut = marked().cut(Span::new(3, 11));
        check(&cut, (0, 2), (5, 7));
        check(&cut, (2, 3), (9, 10));
        check(&cut, (5, 6), (12, 14));
        check(&cut, (6, 8), (14, 16));
        assert_eq!(marked().cut(Span::new(0, 12)), marked());
    }

    #[test]
    fn the_way_there_is_the_way_back() {
        let made = |start, end| marked().to_made(Span::new(start, end));
        assert_eq!(made(3, 7), Some(Span::new(1, 5)));
        assert_eq!(made(6, 11), Some(Span::new(4, 7)));
        assert_eq!(made(13, 15), Some(Span::new(8, 10)));
        assert_eq!(made(0, 2), None);
    }

    #[test]
    fn texts_put_together_map_to_where_each_came_from() {
        let mut map = SourceMap::default();
        map.append(0, &marked().cut(Span::new(9, 12)));
        map.append(3, &marked().cut(Span::new(0, 5)));
        check(&map, (0, 2), (14, 16));
        check(&map, (4, 6), (3, 5));
    }

    #[test]
    fn a_text_made_of_a_made_text_leads_to_the_file() {
        let mut inner = SourceMap::default();
        inner.literal(0, 9, Span::new(1, 10));
        inner.printed(9, 20, Span::new(10, 12));
        let whole = inner.through(&marked());
        check(&whole, (0, 4), (3, 7));
        check(&whole, (4, 6), (9, 11));
        check(&whole, (7, 8), (12, 14));
        check(&whole, (8, 9), (14, 15));
        check(&whole, (9, 12), (15, 17));
    }

    #[test]
    fn what_follows_on_is_one_segment() {
        let mut map = SourceMap::default();
        map.literal(0, 3, Span::new(4, 7));
        map.literal(3, 6, Span::new(7, 10));
        let mut one = SourceMap::default();
        one.literal(0, 6, Span::new(4, 10));
        assert_eq!(map, one);
    }
}
