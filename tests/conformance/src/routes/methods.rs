//! A route for each method besides GET.

use gongular::Router;
use gongular::http::Method;

use super::say_hi;

pub(super) fn routes() -> Router {
    let purge = Method::from_bytes(b"PURGE").expect("made of letters");
    Router::new()
        .post("/method/POST", say_hi)
        .put("/method/PUT", say_hi)
        .delete("/method/DELETE", say_hi)
        .patch("/method/PATCH", say_hi)
        .options("/method/OPTIONS", say_hi)
        .trace("/method/TRACE", say_hi)
        .head("/method/HEAD", say_hi)
        .method(purge, "/method/PURGE", say_hi)
}
