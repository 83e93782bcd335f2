//! What gongular promises, seen from outside: one file for each promise.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are outside of the test functions that clippy knows"
)]

#[cfg(feature = "macros")]
mod derive;
#[cfg(all(feature = "axum", feature = "macros"))]
mod derive_axum;
#[cfg(all(feature = "axum", feature = "engine", feature = "macros", feature = "validator"))]
mod engine;
#[cfg(feature = "files")]
mod files;
mod hosts;
#[cfg(all(feature = "mvc", feature = "validator"))]
mod mvc;
#[cfg(feature = "neffos")]
mod neffos;
#[cfg(all(
    feature = "axum",
    feature = "engine",
    feature = "macros",
    feature = "minijinja",
    feature = "msgpack",
    feature = "protobuf",
    feature = "validator",
    feature = "xml",
    feature = "yaml"
))]
mod notation;
#[cfg(all(feature = "mvc", feature = "neffos"))]
mod places;
#[cfg(feature = "axum")]
mod promises;
mod rules;
#[cfg(all(feature = "server", target_os = "linux"))]
mod server;
#[cfg(all(feature = "axum", feature = "engine", feature = "validator"))]
mod test_client;
mod uploads;
#[cfg(all(feature = "macros", feature = "validator"))]
mod values;
#[cfg(all(feature = "websocket", feature = "engine", feature = "server", feature = "axum"))]
mod websocket;

/// Replaces the places of a test's file in a text by `HERE`, and leaves the path of its module out.
#[cfg(all(
    feature = "mvc",
    any(feature = "validator", all(feature = "axum", feature = "neffos", feature = "server"))
))]
fn without_places(text: &str, file: &str, module: &str) -> String {
    let mut pieces = text.split(file);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|character: char| !(character.is_ascii_digit() || character == ':'));
        out.push_str("HERE");
        out.push_str(&piece[end.unwrap_or(piece.len())..]);
    }
    out.replace(&format!("{module}::"), "")
}
