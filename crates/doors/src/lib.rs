//! Doors: protocols over the façade, translation only.
//!
//! This crate never judges, never computes a number and never reads the world; it turns answers of
//! `workspace` into what a protocol wants. It never runs SQL and never writes anything but protocol.
#![warn(clippy::disallowed_methods, reason = "ask the World")]

pub mod mcp;
