//! Files of a [`plumb_base::World`] as text, and texts of YAML or JSON as trees that know their places.
//!
//! This crate never asks what anything means, and never gives up on what it has read before a mistake.

pub mod json;
pub mod mapped;
pub mod text;
pub mod yaml;
