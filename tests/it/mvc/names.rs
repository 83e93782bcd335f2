//! The names of methods as routes, end to end.

use gongular::mvc::{Application, Controller, controller};
use gongular::{Context, Header, Query, Router, Unchecked, http};
use http::Method;
use serde::Deserialize;
use validator::Validate;

use super::{App, build};

fn said(cx: &Context<'_>, method: &str) -> String {
    let params = cx
        .params()
        .map(|params| params.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>());
    format!("{method} {}{}", cx.matched_path().unwrap().as_str(), params.unwrap_or_default())
}

macro_rules! verbs {
    ($($method:ident),*) => {
        #[controller]
        impl Verbs {
            $(async fn $method(&self, cx: &mut Context<'_>) -> String {
                said(cx, stringify!($method))
            })*
        }
    };
}

struct Verbs;

verbs!(
    get,
    get_one,
    head_two,
    patch,
    patch_one,
    put,
    put_one,
    post,
    post_one,
    delete,
    delete_one,
    options,
    options_one,
    connect,
    connect_one,
    trace,
    trace_one,
    any_two,
    all_three
);

async fn app() -> App {
    build(Application::new(Router::new()).handle(Verbs)).await
}

#[tokio::test]
async fn every_verb_stands_alone_and_before_words() {
    let app = app().await;
    for method in ["GET", "PATCH", "PUT", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"] {
        let name = method.to_lowercase();
        let verb = Method::from_bytes(method.as_bytes()).unwrap();
        app.request(verb.clone(), "/").send().await.assert_text(&format!("{name} /"));
        app.request(verb, "/one").send().await.assert_text(&format!("{name}_one /one"));
    }
    app.head("/two").send().await.assert_status(200);
}

#[tokio::test]
async fn any_and_all_answer_what_no_other_route_of_the_path_does() {
    let app = app().await;
    for method in [Method::GET, Method::DELETE, Method::OPTIONS, Method::from_bytes(b"PURGE").unwrap()] {
        app.request(method.clone(), "/two").send().await.assert_text("any_two /two");
        app.request(method, "/three").send().await.assert_text("all_three /three");
    }
}

struct Paths;

#[derive(Deserialize, Validate)]
struct Page {
    page: u8,
}

#[controller]
impl Paths {
    async fn get_by(&self, id: i32, cx: &mut Context<'_>) -> String {
        format!("{} {id}", said(cx, "get_by"))
    }

    async fn get_user_by_posts_by(&self, user: String, page: Query<Page>, post: u64) -> String {
        format!("{user} {} {post}", page.page)
    }

    async fn get_points_by(&self, x: f64, y: f64, label: char, on: bool) -> String {
        format!("{x} {y} {label} {on}")
    }

    async fn get_files_by_wildcard(&self, rest: String) -> String {
        rest
    }

    async fn get_in_by_under_by_wildcard(
        &self,
        volume: u8,
        rest: String,
        x_a: Option<Header<Unchecked<X>>>,
    ) -> String {
        format!("{volume} {rest} {}", x_a.is_some())
    }

    // Words stay as they are written: a name in Rust has no upper case to be split at.
    async fn get_json_v2(&self) -> &'static str {
        "json v2"
    }

    async fn r#get_type(&self) -> &'static str {
        "raw"
    }
}

#[derive(Deserialize)]
struct X {
    #[serde(rename = "x-a")]
    #[expect(dead_code, reason = "it is only read")]
    a: String,
}

#[tokio::test]
async fn by_takes_the_next_argument_and_the_last_one_takes_all_that_are_left() {
    let app = build(Application::new(Router::new()).handle(Paths)).await;
    app.get("/-7").send().await.assert_text("get_by /{id} id=-7 -7");
    app.get("/user/a%2Fb/posts/9?page=3").send().await.assert_text("a/b 3 9");
    app.get("/points/1.5/-2/%C3%A9/true").send().await.assert_text("1.5 -2 é true");
    app.get("/files/a/b%20c/d").send().await.assert_text("a/b c/d");
    app.get("/in/3/under/x/y").header("x-a", "1").send().await.assert_text("3 x/y true");
    app.get("/json/v2").send().await.assert_text("json v2");
    app.get("/type").send().await.assert_text("raw");
}

struct Words;

#[controller]
impl Words {
    async fn get_user_profile_by(&self, id: u8, cx: &mut Context<'_>) -> String {
        format!("{} {id}", said(cx, "words"))
    }

    #[get("/as_written/{id}")]
    async fn written(&self, id: u8) -> String {
        id.to_string()
    }
}

#[tokio::test]
async fn a_path_word_of_ones_own_holds_for_later_controllers_and_parties() {
    let app = Application::new(Router::new())
        .party("/before", |app| app.handle(Words))
        .set_path_word(|path, word, index| match index {
            0 => format!("/{word}s"),
            _ => format!("/{index}{word}{}", path.len()),
        })
        .handle(Words)
        .party("/after", |app| app.party("/deep", |app| app.handle(Words)));
    let app = build(app).await;
    app.get("/before/user/profile/1").send().await.assert_text("words /before/user/profile/{id} id=1 1");
    app.get("/users/1profile6/1").send().await.assert_text("words /users/1profile6/{id} id=1 1");
    app.get("/after/deep/users/1profile6/1").send().await.assert_status(200);
    app.get("/as_written/5").send().await.assert_text("5");
}

struct Written;

#[controller]
impl Written {
    #[get("/items/{id}", name = "item")]
    #[get("/things/:id")]
    #[method("PURGE", "/items/{id}")]
    async fn item(&self, id: u32, cx: &mut Context<'_>) -> String {
        format!("{} {id}", cx.request().method)
    }

    #[any("/rest/{*path}")]
    async fn rest(&self, #[param("path")] all: String) -> String {
        all
    }

    #[get("")]
    async fn root(&self) -> &'static str {
        "root"
    }

    #[head("/only")]
    async fn only(&self) {}

    // An attribute counts in place of the name.
    #[post("/renamed")]
    async fn get_named(&self) -> &'static str {
        "renamed"
    }

    #[get("/img-{id}.png")]
    async fn image(&self, id: u8) -> String {
        format!("image {id}")
    }
}

#[tokio::test]
async fn written_patterns_stand_in_place_of_names() {
    let app = build(Application::new(Router::new()).party("/w", |app| app.handle(Written))).await;
    app.get("/w/items/7").send().await.assert_text("GET 7");
    app.get("/w/things/8").send().await.assert_text("GET 8");
    app.request(Method::from_bytes(b"PURGE").unwrap(), "/w/items/9").send().await.assert_text("PURGE 9");
    app.delete("/w/rest/a/b").send().await.assert_text("a/b");
    app.get("/w").send().await.assert_text("root");
    app.head("/w/only").send().await.assert_status(200);
    app.get("/w/only").send().await.assert_status(405);
    app.post("/w/renamed").send().await.assert_text("renamed");
    app.get("/w/named").send().await.assert_status(404);
    app.get("/w/img-3.png").send().await.assert_text("image 3");
    assert_eq!(app.service.url("item", &[("id", "4")]).unwrap(), "/w/items/4");
}

/// A type of one's own as a parameter of the path.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    Blue,
    Red,
}

#[derive(Controller)]
struct Colors {
    #[param]
    shop: String,
}

#[controller]
impl Colors {
    async fn get_by(&self, #[param] color: Color) -> String {
        format!("{color:?} of {}", self.shop)
    }

    async fn get_by_times_by(&self, #[param] color: Color, times: u8) -> String {
        format!("{times} {color:?} of {}", self.shop)
    }

    // The bare argument is what `by` stands for; the marked one is the party's.
    async fn get_shop_by(&self, #[param] shop: String, times: u8) -> String {
        format!("{times} {shop}")
    }
}

#[tokio::test]
async fn by_takes_marked_arguments_where_there_are_too_few_bare_ones() {
    let app = Application::new(Router::new()).party("/{shop}", |app| app.handle(controller::<Colors>()));
    let app = build(app).await;
    app.get("/art/red").send().await.assert_text("Red of art");
    app.get("/art/pink").send().await.assert_status(400);
    app.get("/art/blue/times/4").send().await.assert_text("4 Blue of art");
    app.get("/art/shop/5").send().await.assert_text("5 art");
}
