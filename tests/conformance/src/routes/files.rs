//! Files.

use std::path::Path;

use gongular::Router;

pub(super) fn routes(folder: &Path) -> Router {
    Router::new()
        .file("/one", folder.join("a.txt"))
        .file("/gone", folder.join("no-such-file.txt"))
        .files("/static", folder)
}
