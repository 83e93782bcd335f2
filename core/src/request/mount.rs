//! Where a service stands below a path that its host has taken away.

use http::Extensions;

/// Returns what the host took away from the front of the path, as far as the host tells: axum does, when it nests.
///
/// `path` is what is left. Without it, a `Location` made of that path would lead out of where the service stands.
#[must_use]
pub fn mount<'e>(extensions: &'e Extensions, path: &str) -> &'e str {
    #[cfg(feature = "axum")]
    if let Some(axum::extract::OriginalUri(original)) = extensions.get() {
        return original.path().strip_suffix(path).unwrap_or_default();
    }
    let _ = (extensions, path);
    ""
}
