//! Doors: protocols over the façade, translation only.
//!
//! This crate never judges, never computes a number and never reads the world; it turns answers of
//! `workspace` into what a protocol wants.

