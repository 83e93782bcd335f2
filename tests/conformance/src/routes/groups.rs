//! Groups, whose handlers run before those of their routes.

use gongular::http::{HeaderName, HeaderValue, StatusCode};
use gongular::{Context, Error, FromRequest, Handle, Param, Router, handle};

use super::{path, say_hi};

pub(super) fn routes() -> Router {
    let user = Router::new()
        .handler(handle::<NotFive>())
        .get("/name", say_hi)
        .get("/wow", path::echo::<path::UserId>);
    let inner = Router::new().handler(handle::<B>()).get("leaf/", handle::<H>());
    let outer = Router::new().handler(handle::<A>()).group("gb/", inner).get("only", handle::<H>());
    Router::new().group("/api/user/{UserID}", user).group("/ga", outer).get("/ga-none", handle::<H>())
}

/// Lets everybody pass but user 5.
#[derive(FromRequest)]
struct NotFive {
    param: Param<path::UserId>,
}

impl Handle for NotFive {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        if self.param.user_id == 5 {
            cx.fail(StatusCode::IM_A_TEAPOT, "Sorry");
        }
        Ok(())
    }
}

#[derive(FromRequest)]
struct A;

impl Handle for A {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        trace(cx, b'A')
    }
}

#[derive(FromRequest)]
struct B;

impl Handle for B {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        trace(cx, b'B')
    }
}

#[derive(FromRequest)]
struct H;

impl Handle for H {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        trace(cx, b'H')
    }
}

/// Appends a letter to the way that the request has gone.
fn trace(cx: &mut Context<'_>, letter: u8) -> Result<(), Error> {
    let name = HeaderName::from_static("x-trace");
    let mut way = cx.headers().get(&name).map(|way| way.as_bytes().to_vec()).unwrap_or_default();
    way.push(letter);
    cx.header(name, HeaderValue::from_bytes(&way)?);
    Ok(())
}
