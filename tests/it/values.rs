//! Single values of a place as fields: `#[param] id: u64`.

use std::sync::Arc;

use gongular::http::Request;
use gongular::inject::{Container, Scopes};
use gongular::{
    BodySlot, Contract, Error, ErrorKind, FieldKind, FromRequest, Inject, MatchedPath, PathParams, Place,
    Query, RequestContext, RequestState,
};
use http_body_util::Full;
use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Order {
    Asc,
    Desc,
}

#[derive(Debug, FromRequest, PartialEq)]
struct List {
    #[param]
    list: u64,
    #[query]
    page: Option<u32>,
    #[query("per-page", default = 20)]
    #[validate(range(min = 1, max = 100))]
    per_page: u32,
    #[query(default)]
    tag: Vec<String>,
    #[query(default = "title")]
    r#sort: String,
    #[query(default = Order::Desc)]
    order: Order,
    #[header]
    #[validate(length(min = 3))]
    x_token: String,
    #[cookie("sid")]
    session: Option<String>,
}

async fn read<T>(
    request: gongular::http::request::Builder,
    params: &[(&str, &str)],
    body: &'static str,
) -> Result<T, Error>
where
    T: FromRequest<Full<&'static [u8]>>,
{
    let (mut parts, body) = request.body(Full::new(body.as_bytes())).unwrap().into_parts();
    let params: PathParams = params.iter().copied().collect();
    RequestState::entry(&mut parts.extensions).set_route(MatchedPath::from_static("/any"), params);
    let mut body = BodySlot::new(body);
    T::from_request(&mut RequestContext::new(&mut parts, &mut body)).await
}

/// Place, path and code of each problem.
fn problems(error: &Error) -> Vec<(Place, &str, &str)> {
    error.problems().iter().map(|problem| (problem.place(), problem.path(), problem.code())).collect()
}

#[tokio::test]
async fn single_values_are_read_from_their_places_under_their_names() {
    let request = Request::get("/?page=2&per-page=50&tag=a&tag=b&sort=id&order=asc")
        .header("x-token", "secret")
        .header("cookie", "a=1; sid=7");
    let list: List = read(request, &[("list", "5")], "").await.unwrap();
    let expected = List {
        list: 5,
        page: Some(2),
        per_page: 50,
        tag: vec!["a".to_owned(), "b".to_owned()],
        r#sort: "id".to_owned(),
        order: Order::Asc,
        x_token: "secret".to_owned(),
        session: Some("7".to_owned()),
    };
    assert_eq!(list, expected);
}

#[tokio::test]
async fn a_value_that_is_not_there_has_its_default() {
    let list: List = read(Request::get("/").header("x-token", "secret"), &[("list", "5")], "").await.unwrap();
    assert_eq!((list.page, list.per_page, list.tag.len(), list.session), (None, 20, 0, None));
    assert_eq!((&*list.r#sort, list.order), ("title", Order::Desc));
}

#[tokio::test]
async fn all_problems_of_all_places_are_told_under_the_external_names() {
    let request = Request::get("/?page=x&per-page=&order=up").header("cookie", "sid=7");
    let error = read::<List>(request, &[("list", "five")], "").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert_eq!(
        problems(&error),
        [
            (Place::Path, "list", "type"),
            (Place::Query, "page", "type"),
            (Place::Query, "order", "unknown_variant"),
            (Place::Header, "x-token", "missing"),
        ]
    );
}

#[tokio::test]
async fn rules_stand_on_single_values() {
    let request = Request::get("/?per-page=101").header("x-token", "ab");
    let error = read::<List>(request, &[("list", "5")], "").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert_eq!(problems(&error), [(Place::Query, "per-page", "range"), (Place::Header, "x-token", "length")]);
}

#[derive(Debug, Deserialize)]
struct Post {
    title: String,
}

impl gongular::Rules for Post {}

#[derive(Debug, Deserialize)]
struct Filter {
    done: bool,
}

impl gongular::Rules for Filter {}

struct Pool(&'static str);

#[derive(FromRequest)]
struct Create {
    #[inject(key = "replica")]
    replica: Inject<Pool>,
    pool: Inject<Pool>,
    #[inject(key = "archive")]
    archive: Option<Inject<Pool>>,
    #[body]
    post: Post,
    filter: Query<Filter>,
    #[param]
    id: u8,
}

#[tokio::test]
async fn a_whole_request_comes_in_one_struct() {
    let container = Container::builder().provide(Pool("primary")).provide_keyed("replica", Pool("replica"));
    let scopes = Arc::new(Scopes::new(container.build().await.unwrap()));
    let open = scopes.open(None);
    let mut parts = RequestState::default();
    parts.set_scope(open.scope().clone());
    let request = Request::post("/?done=yes").header("content-type", "application/json").extension(parts);
    let create: Create = read(request, &[("id", "255")], r#"{"title":"write"}"#).await.unwrap();
    assert_eq!((create.id, create.filter.done, &*create.post.title), (255, true, "write"));
    assert_eq!((create.pool.0, create.replica.0), ("primary", "replica"));
    assert!(create.archive.is_none());
}

#[test]
fn the_contract_names_places_fields_and_keys() {
    let contract = Contract::of::<Create, Full<&'static [u8]>>();
    let places: Vec<_> = contract.inputs().iter().map(|input| input.place()).collect();
    assert_eq!(places, [Place::Body, Place::Query, Place::Path]);
    let keys: Vec<_> =
        contract.dependencies().iter().map(|needed| (needed.key().name(), needed.is_required())).collect();
    assert_eq!(keys, [(Some("replica"), true), (None, true), (Some("archive"), false)]);

    let contract = Contract::of::<List, ()>();
    let query = contract.inputs().iter().find(|input| input.place() == Place::Query).unwrap();
    let fields: Vec<_> = query.fields().iter().map(|field| (field.path(), field.is_required())).collect();
    assert_eq!(
        fields,
        [
            ("page", false),
            ("per-page", false),
            ("tag", false),
            ("tag[]", true),
            ("sort", false),
            ("order", false)
        ]
    );
    let path = contract.inputs().iter().find(|input| input.place() == Place::Path).unwrap();
    assert_eq!(path.fields()[0].kind(), &FieldKind::Integer("u64"));
}

#[tokio::test]
async fn path_query_and_body_are_refused_in_one_answer_before_any_dependency_is_missed() {
    let request = Request::post("/?done=perhaps").header("content-type", "application/json");
    let Err(error) = read::<Create>(request, &[("id", "256")], "{}").await else { panic!("it is all wrong") };
    assert_eq!(
        problems(&error),
        [(Place::Body, "title", "missing"), (Place::Query, "done", "type"), (Place::Path, "id", "range")]
    );
}

#[derive(Debug, FromRequest, PartialEq)]
struct Upload(#[form("title")] String, #[form("count", default = 1)] u8);

#[tokio::test]
async fn values_of_a_form_are_read_at_once() {
    let form = || Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let upload: Upload = read(form(), &[], "title=a+b").await.unwrap();
    assert_eq!(upload, Upload("a b".to_owned(), 1));
    let error = read::<Upload>(form(), &[], "count=256").await.unwrap_err();
    let places: Vec<_> = error.problems().iter().map(|problem| (problem.place(), problem.path())).collect();
    assert_eq!(places, [(Place::Form, "count"), (Place::Form, "title")]);
}

/// A type parameter for the value of a place.
#[derive(FromRequest)]
struct Page<T> {
    #[query]
    after: Option<T>,
    #[query]
    size: u8,
}

#[tokio::test]
async fn a_generic_value_is_read_as_its_type() {
    let page: Page<u64> = read(Request::get("/?after=18446744073709551615&size=2"), &[], "").await.unwrap();
    assert_eq!((page.after, page.size), (Some(u64::MAX), 2));
    assert!(read::<Page<u8>>(Request::get("/?after=256&size=2"), &[], "").await.is_err());
}
