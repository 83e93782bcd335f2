//! All routes of the first engine, one file for each kind.

mod body;
mod files;
mod form;
mod groups;
pub(crate) mod inject;
mod methods;
mod neffos;
pub(crate) mod output;
pub(crate) mod path;
mod query;
mod sockets;
mod status;

use std::path::Path;

use gongular::{Json, Router};

use crate::stats;

/// Everything that the first engine answers.
pub(crate) fn all(folder: &Path) -> Router {
    let sections = [
        output::routes(),
        status::routes(),
        methods::routes(),
        path::routes(),
        query::routes(),
        body::routes(),
        form::routes(),
        inject::routes(),
        groups::routes(),
        files::routes(folder),
        sockets::routes(),
        neffos::routes(),
    ];
    let router = Router::new().get(stats::PATH, stats::last);
    sections.into_iter().fold(router, |router, section| router.group("", section))
}

/// The handler where nothing else is to be seen.
pub(crate) async fn say_hi() -> Json<&'static str> {
    Json("hi")
}
