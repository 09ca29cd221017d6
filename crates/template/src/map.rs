//! Which bytes of a template each byte of the rendered text comes from.

use plumb_base::Span;

/// From rendered bytes back to template bytes.
///
/// Literal template text maps exactly; what an expression printed maps to the whole `{{ … }}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    rendered: Span,
    template: Span,
    exact: bool,
}

impl SourceMap {
    /// The map of a text that was not rendered from anything else.
    pub fn identity(len: usize) -> Self {
        let all = Span::new(0, len);
        Self { segments: vec![Segment { rendered: all, template: all, exact: true }] }
    }

    /// The template bytes that a span of rendered text comes from; empty at 0 if nothing was rendered.
    pub fn to_template(&self, rendered: Span) -> Span {
        let (Some(first), Some(last)) = (
            self.segment(rendered.start),
            self.segment(rendered.end.saturating_sub(1).max(rendered.start)),
        ) else {
            return Span::default();
        };
        let start = if first.exact {
            first.template.start
                + rendered.start.saturating_sub(first.rendered.start).min(length(first.template))
        } else {
            first.template.start
        };
        let end = if last.exact {
            last.template.start
                + rendered.end.saturating_sub(last.rendered.start).min(length(last.template))
        } else {
            last.template.end
        };
        let (low, high) = (start.min(last.template.start), end.max(start));
        Span { start: if first.rendered == last.rendered { start } else { low }, end: high }
    }

    fn segment(&self, byte: u32) -> Option<Segment> {
        let after = self.segments.partition_point(|segment| segment.rendered.start <= byte);
        self.segments.get(after.saturating_sub(1)).copied()
    }

    /// Notes that the next bytes up to `end` are template text as it stands.
    pub(super) fn literal(&mut self, start: usize, end: usize, template: Span) {
        self.push(Segment { rendered: Span::new(start, end), template, exact: true });
    }

    /// Notes that the next bytes up to `end` were printed by a tag.
    pub(super) fn printed(&mut self, start: usize, end: usize, template: Span) {
        self.push(Segment { rendered: Span::new(start, end), template, exact: false });
    }

    fn push(&mut self, next: Segment) {
        if next.rendered.is_empty() {
            return;
        }
        if let Some(last) = self.segments.last_mut()
            && !last.exact
            && !next.exact
            && last.template == next.template
        {
            last.rendered.end = next.rendered.end;
            return;
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

    fn check(map: &SourceMap, rendered: (usize, usize), template: (usize, usize)) {
        let found = map.to_template(Span::new(rendered.0, rendered.1));
        assert_eq!(found, Span::new(template.0, template.1));
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
}
