//! Namespaces, events and rooms over websockets: the neffos protocol.

pub mod codec;
