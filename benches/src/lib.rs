//! What gongular costs, beside hyper by hand and axum doing the same work.
//!
//! `docs/benchmarks.md` says what is counted and how to repeat it.

mod borrowed;
pub mod controllers;
pub mod count;
pub mod harness;
pub mod marginal;
pub mod peers;
mod registry;
pub mod upload;
mod values;
pub mod websockets;
mod wiring;
pub mod workload;
