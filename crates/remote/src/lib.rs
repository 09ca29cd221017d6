//! Object stores as a part of the [`plumb_base::World`]: what settings name there is listed, and read in ranges.
//!
//! This crate never writes, never asks for anything but lists, heads and bytes of objects below a prefix that somebody
//! named, never follows a store to another machine, and never tells a key, a password or what a store said in its own
//! words. Who reads as whom only `aws.rs` knows.

mod aws;
mod client;
mod fault;
mod line;
mod remote;
mod stream;
#[cfg(test)]
mod tests;

pub use remote::{Notes, Remote};
