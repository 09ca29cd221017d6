//! Names in a row: `a, b and c`, `a, b and 4 more`.

use plumb_base::Message;

/// Names in a row: so many at most, the others counted.
pub(crate) fn listed(names: &[&str], most: usize) -> Message {
    let shown = &names[..names.len().min(most)];
    let others = names.len() - shown.len();
    let mut message = Message::default();
    for (at, name) in shown.iter().enumerate() {
        let last = at + 1 == names.len();
        message = match at {
            0 => message,
            _ => message.then(if last { " and " } else { ", " }),
        };
        message = message.then_name(*name);
    }
    if others == 0 { message } else { message.then(" and ").then_count(others).then(" more") }
}
