//! Windows: named ones, and frames written out.

use plumb_ir::{Bound, Frame, FrameUnit, SortKey};
use plumb_syntax::sql::{
    Dialect,
    tree::{self, Window},
};

use crate::scope::Resolver;

/// Functions that look at the order of a window and at no frame.
const FRAMELESS: &[&str] = &[
    "row-number",
    "rank",
    "dense-rank",
    "percent-rank",
    "cume-dist",
    "ntile",
    "lag",
    "lead",
    "conditional-change-event",
    "conditional-true-event",
    "ratio-to-report",
];

/// The frame of a window that says nothing of one; none for a function that looks at no frame.
pub fn usual_frame(function: &str, order: &[SortKey], dialect: &Dialect) -> Option<Frame> {
    if FRAMELESS.contains(&function) {
        return None;
    }
    // Snowflake looks at the whole partition where the standard stops at the current row.
    let whole = dialect.name == "snowflake"
        && ["first-value", "last-value", "nth-value"].contains(&function);
    Some(if order.is_empty() || whole {
        Frame { unit: FrameUnit::Rows, start: Bound::First, end: Bound::Last }
    } else {
        Frame { unit: FrameUnit::Range, start: Bound::First, end: Bound::Current }
    })
}

impl Resolver<'_> {
    /// A window with what it builds on put in.
    pub(crate) fn window(&mut self, window: &Window) -> Window {
        let Some(base) = &window.base else { return window.clone() };
        let Some(at) = self.windows.iter().rposition(|(name, _)| *name == base.name) else {
            self.problem(base.span, "unknown-window", format!("no window `{}`", base.name));
            return Window { base: None, ..window.clone() };
        };
        let named = self.windows[at].1.clone();
        let named = self.window(&named);
        Window {
            base: None,
            partition: if window.partition.is_empty() {
                named.partition
            } else {
                window.partition.clone()
            },
            order_by: if window.order_by.is_empty() {
                named.order_by
            } else {
                window.order_by.clone()
            },
            frame: window.frame.clone().or(named.frame),
        }
    }

    /// The frame of a call, with the default written out where the function looks at one.
    pub(crate) fn frame(
        &mut self,
        function: &str,
        window: &Window,
        order: &[SortKey],
    ) -> Option<Frame> {
        let usual = usual_frame(function, order, self.around.dialect)?;
        Some(match &window.frame {
            Some(frame) => Frame {
                unit: match frame.unit {
                    tree::FrameUnit::Rows => FrameUnit::Rows,
                    tree::FrameUnit::Range => FrameUnit::Range,
                    tree::FrameUnit::Groups => FrameUnit::Groups,
                },
                start: self.bound(&frame.start),
                end: self.bound(&frame.end),
            },
            None => usual,
        })
    }

    fn bound(&mut self, bound: &tree::Bound) -> Bound {
        match bound {
            tree::Bound::First => Bound::First,
            tree::Bound::Before(expr) => Bound::Before(self.expr(expr)),
            tree::Bound::Current => Bound::Current,
            tree::Bound::After(expr) => Bound::After(self.expr(expr)),
            tree::Bound::Last => Bound::Last,
        }
    }
}
