//! Handlers one after the other, sharing one answer.
