//! What sets two datasets apart, in words.

use std::collections::BTreeSet;

use plumb_base::Message;

use crate::listed::listed;

/// Names of columns in a message.
const NAMED: usize = 3;

/// Names of columns in a reason.
const SOME: usize = 6;

/// What columns the second has, beside those of the first.
pub(super) fn with_columns(first: &[String], second: &[String]) -> Message {
    let another = second.iter().all(|name| first.contains(name));
    let missing: Vec<String> =
        first.iter().filter(|name| !second.contains(name)).cloned().collect();
    let mut message = Message::default();
    if second.is_empty() || another {
        if !missing.is_empty() {
            message = message.then(" without ");
            message.0.extend(columns(&missing).0);
        }
        if !second.is_empty() {
            message = message.then(if missing.is_empty() { "" } else { " and" });
            message = message.then(" with another ");
            message.0.extend(columns(second).0);
        }
        return message;
    }
    message = message.then(" with ");
    message.0.extend(columns(second).0);
    message = message.then(" instead of ");
    message.0.extend(columns(first).0);
    message
}

/// Conditions in words, or how many there are where no words tell them apart.
pub(super) fn but_for(more: &[Message]) -> Message {
    let message = Message::text(" but for ");
    if more.iter().collect::<BTreeSet<_>>().len() < more.len() {
        return message.then_count(more.len()).then(" conditions");
    }
    more.iter().enumerate().fold(message, |message, (at, condition)| {
        let mut message = message.then(if at > 0 { " and " } else { "" });
        message.0.extend(condition.0.iter().cloned());
        message
    })
}

/// Columns by name, or how many there are.
fn columns(names: &[String]) -> Message {
    if names.len() > NAMED {
        return Message::default().then_count(names.len()).then(" columns");
    }
    listed(&names.iter().map(String::as_str).collect::<Vec<_>>(), NAMED)
}

/// Adds names, or some of them and how many more there are.
pub(super) fn with_names(mut message: Message, names: &[&String]) -> Message {
    for (at, name) in names.iter().take(SOME).enumerate() {
        message = message.then(if at > 0 { ", " } else { "" }).then_name(name.as_str());
    }
    match names.len().checked_sub(SOME) {
        None | Some(0) => message,
        Some(more) => message.then(" and ").then_count(more).then(" more"),
    }
}
