//! What controllers may look like, in a crate that denies what can be denied.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unnameable_types,
    unused,
    unused_qualifications,
    rust_2018_idioms,
    future_incompatible,
    nonstandard_style,
    let_underscore,
    elided_lifetimes_in_paths,
    single_use_lifetimes,
    trivial_casts
)]

use std::borrow::Cow;

use gongular::http::StatusCode;
use gongular::layers::error::RequestHead;
use gongular::mvc::{Activated, Activation, Application, Controller, controller, controller_with};
use gongular::{Body, Context, Error, FromRequest, Inject, Param, Query, Router, Unchecked};
use serde::Deserialize;
use validator::Validate;

#[derive(Debug, Deserialize, Validate)]
struct Page {
    number: u8,
}

#[derive(Debug)]
struct Pool;

/// A controller that others may name.
#[derive(Controller, Debug)]
pub struct Books {
    pool: Inject<Pool>,
    #[given]
    r#type: u8,
    #[header("x-user")]
    user: Option<String>,
}

#[controller]
impl Books {
    /// How many a page has.
    pub const SIZE: usize = 4;

    fn before_activation(activation: &mut Activation) {
        activation.method("get_type").named("type").handler(async || ());
        activation.skip(["get_maybe"]);
    }

    fn after_activation(_: &Activated<'_>) {}

    #[cfg(target_pointer_width = "16")]
    fn begin_request(&self, _: Missing) {}

    #[cfg(target_pointer_width = "16")]
    async fn end_request(&self, _: &mut Context<'_>) -> Missing {}

    #[cfg(target_pointer_width = "16")]
    fn handle_error(error: &Error, _: &RequestHead) -> Option<Missing> {}

    #[cfg(not(target_pointer_width = "16"))]
    fn handle_error(error: &Error, _: &RequestHead) -> Option<StatusCode> {
        (error.status() == StatusCode::IM_A_TEAPOT).then_some(StatusCode::OK)
    }

    /// Patterns in arguments, and a type of this block.
    pub(crate) async fn get(
        &self,
        Query(Page { number }): Query<Page>,
        Body(Unchecked(mut bytes)): Body<Unchecked<[u8; Self::SIZE]>>,
    ) -> String {
        bytes[0] = number;
        format!("{bytes:?} {:?} {:?} {}", self.pool, self.user, self.r#type)
    }

    #[cfg(target_pointer_width = "16")]
    async fn get_missing(&self, missing: Missing) -> Missing {
        missing
    }

    #[cfg_attr(not(target_pointer_width = "16"), expect(unused_variables))]
    async fn get_maybe(&self, unused: Query<Page>) {}

    async fn r#get_type(&self, r#type: Option<Query<Page>>, _: &mut Context<'_>) -> Result<String, Error> {
        Ok(format!("{:?}", r#type.is_some()))
    }

    fn get_by(r#fn: u8) -> String {
        r#fn.to_string()
    }

    fn put_by(&self, Param(Unchecked(id)): Param<Unchecked<Id>>, mut more: u8) -> String {
        more += id.more;
        more.to_string()
    }

    async fn post(&self, _: Body<Unchecked<u8>>) {}

    async fn delete_by(&self, _: u8) -> Result<&'static str, std::io::Error> {
        Ok("deleted")
    }

    #[deprecated]
    #[get("/old")]
    async fn old(&self) -> &'static str {
        "old"
    }

    #[allow(clippy::unused_async, reason = "an example")]
    #[post("/nested")]
    async fn nested(&self, Nested { page, .. }: Nested) -> String {
        page.number.to_string()
    }

    #[skip]
    #[allow(dead_code, reason = "it is no route")]
    fn help<T>(&mut self, _: T) {}
}

#[derive(Debug, Deserialize)]
struct Id {
    more: u8,
}

#[derive(Debug, FromRequest)]
struct Nested {
    page: Query<Page>,
    #[query]
    #[allow(dead_code, reason = "it is only read")]
    other: Option<String>,
}

mod inner {
    use gongular::mvc::{Controller, controller};

    #[derive(Controller, Debug)]
    pub(crate) struct Tuple(#[header("x-one")] u8, #[given] pub(super) &'static str);

    macro_rules! methods {
        ($($name:ident),*) => {
            #[controller(per_request)]
            impl Tuple {
                $(async fn $name(&self, cx: &mut gongular::Context<'_>, id: u8) -> String {
                    format!("{} {} {} {id}", cx.request().uri, self.0, self.1)
                })*
            }
        };
    }

    methods!(get_by, post_by);
}

/// Gongular under another name.
mod renamed {
    pub(crate) mod inside {
        pub(crate) use gongular as other;
    }

    use inside::other::Inject;
    use inside::other::mvc::{Controller, controller};

    #[derive(Controller, Debug)]
    #[from_request(crate = inside::other)]
    pub(crate) struct Renamed {
        #[header("x-one")]
        one: u8,
        #[inject(key = "two")]
        two: Inject<u8>,
    }

    #[controller(crate = inside::other)]
    impl Renamed {
        async fn get_by(&self, id: u8) -> String {
            format!("{} {} {id}", self.one, *self.two)
        }
    }
}

#[derive(Debug)]
struct Whole;

#[controller(singleton)]
impl Whole {
    const fn get(&self) -> &'static str {
        "whole"
    }

    async fn post(&self, _: Body<Unchecked<u8>>) {}
}

/// What it holds is lent to its answers.
#[derive(Controller, Debug)]
struct Lends {
    #[given]
    name: String,
    text: String,
}

#[controller]
impl Lends {
    fn post(&self) -> &str {
        &self.name
    }

    async fn post_slow(&self, _: &mut Context<'_>) -> Result<&String, Error> {
        Ok(&self.text)
    }

    async fn post_named<'a>(&'a self, _: Inject<Pool>) -> Option<Cow<'a, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    const fn post_bytes(&self) -> (StatusCode, &'_ [u8]) {
        (StatusCode::OK, self.name.as_bytes())
    }

    const fn post_static(&self) -> (StatusCode, Cow<'static, str>) {
        (StatusCode::OK, Cow::Borrowed("static"))
    }
}

fn main() {
    let app = Application::new(Router::new()).provide(Pool);
    let app = app.party("/books", |app| app.handle(controller_with::<Books>(7)));
    let app = app.party("/tuple", |app| app.handle(controller_with::<inner::Tuple>("given")));
    let app = app.party("/renamed", |app| app.handle(controller::<renamed::Renamed>()));
    let _engine = app.handle_with(Whole, |_: &mut Activation| ()).into_engine();
    let _named: fn() -> _ = controller::<Plain>;
}

#[derive(Controller, Debug)]
struct Plain;

#[controller]
impl Plain {}
