//! A whole request in one struct: what is read when, what is reported, what the contract says.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use gongular::{BodySlot, Contract, Error, ErrorKind, FromRequest, Input, Place, RequestContext, Stage};
use http::{Request, StatusCode};

/// What was read, in order; it travels in the request.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn note<B>(cx: &RequestContext<'_, B>, what: &'static str) {
        if let Some(log) = cx.parts.extensions.get::<Self>() {
            log.0.lock().unwrap().push(what);
        }
    }
}

/// Reads a header whose name is that of its place; without it, or when it says `bad`, the request is refused.
#[derive(Debug, PartialEq)]
struct Word<const PLACE: char>(String);

impl<const PLACE: char> Word<PLACE> {
    const NAME: &'static str = match PLACE {
        'p' => "path",
        'q' => "query",
        _ => "body",
    };
    const PLACE: Place = match PLACE {
        'p' => Place::Path,
        'q' => Place::Query,
        _ => Place::Body,
    };
}

impl<B: Send, const PLACE: char> FromRequest<B> for Word<PLACE> {
    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<Self>(Self::PLACE));
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.headers.contains_key(Self::NAME)
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Log::note(cx, Self::NAME);
        match cx.parts.headers.get(Self::NAME).map(|value| value.to_str().unwrap()) {
            Some("bad") => Err(Error::parse(Self::PLACE, "word", "type", "expected a good word")),
            Some(word) => Ok(Self(word.to_owned())),
            None => Err(Error::parse(Self::PLACE, "word", "missing", "missing")),
        }
    }
}

/// A dependency.
#[derive(Debug)]
struct Db;

impl<B: Send> FromRequest<B> for Db {
    const STAGE: Stage = Stage::Build;

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Log::note(cx, "db");
        Ok(Self)
    }
}

#[derive(Debug, FromRequest)]
struct Create {
    db: Db,
    body: Word<'b'>,
    query: Option<Word<'q'>>,
    path: Word<'p'>,
}

#[derive(Debug, FromRequest)]
struct Page {
    query: Word<'q'>,
    db: Db,
}

#[derive(Debug, FromRequest)]
struct Nested {
    page: Page,
    path: Word<'p'>,
    body: Word<'b'>,
}

fn read<T: FromRequest<()>>(headers: &[(&'static str, &str)]) -> (Result<T, Error>, Vec<&'static str>) {
    let log = Log::default();
    let mut request = Request::builder().extension(log.clone());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    let mut body = BodySlot::new(());
    let mut cx = RequestContext::new(&mut parts, &mut body);
    let Poll::Ready(read) = pin!(T::from_request(&mut cx)).poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("nothing here waits");
    };
    let log = log.0.lock().unwrap().clone();
    (read, log)
}

fn problems(error: &Error) -> Vec<String> {
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn values_are_read_before_dependencies_whatever_the_order_of_the_fields() {
    let (create, log) = read::<Create>(&[("path", "p"), ("query", "q"), ("body", "b")]);
    let create = create.unwrap();
    assert_eq!((&*create.path.0, &*create.body.0), ("p", "b"));
    assert_eq!(create.query, Some(Word("q".to_owned())));
    assert_eq!(log, ["body", "query", "path", "db"]);
    let Create { db: Db, .. } = create;
}

#[test]
fn the_problems_of_all_places_stand_in_one_error_and_no_dependency_is_built() {
    let (refused, log) = read::<Create>(&[("path", "bad"), ("query", "bad")]);
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        problems(&error),
        [
            "Body word: missing",
            "Query Parameter word: expected a good word",
            "URL Path Parameter word: expected a good word"
        ]
    );
    assert_eq!(log, ["body", "query", "path"]);
}

#[test]
fn an_optional_field_is_absent_without_a_problem() {
    let (create, _) = read::<Create>(&[("path", "p"), ("body", "b")]);
    assert_eq!(create.unwrap().query, None);
}

#[test]
fn a_nested_struct_adds_its_problems_to_those_of_the_struct_around_it() {
    let (refused, log) = read::<Nested>(&[("path", "bad"), ("query", "bad"), ("body", "b")]);
    assert_eq!(
        problems(&refused.unwrap_err()),
        ["URL Path Parameter word: expected a good word", "Query Parameter word: expected a good word"]
    );
    assert!(!log.contains(&"db"), "{log:?}");
    let (nested, log) = read::<Nested>(&[("path", "p"), ("query", "q"), ("body", "b")]);
    let Nested { page: Page { query, db: Db }, path, body } = nested.unwrap();
    assert_eq!((query.0, path.0, body.0), ("q".to_owned(), "p".to_owned(), "b".to_owned()));
    assert_eq!(log, ["path", "body", "query", "db"]);
}

#[test]
fn an_optional_struct_is_there_when_any_of_its_values_is() {
    let (page, log) = read::<Option<Page>>(&[]);
    assert!(page.unwrap().is_none());
    assert!(log.is_empty());
    let (page, _) = read::<Option<Page>>(&[("query", "bad")]);
    assert_eq!(problems(&page.unwrap_err()), ["Query Parameter word: expected a good word"]);
}

#[test]
fn the_contract_lists_what_all_fields_read() {
    let contract = Contract::of::<Nested, ()>();
    let inputs: Vec<_> = contract.inputs().iter().map(|input| (input.place(), input.is_required())).collect();
    assert_eq!(inputs, [(Place::Query, true), (Place::Path, true), (Place::Body, true)]);
    let contract = Contract::of::<Create, ()>();
    let inputs: Vec<_> = contract.inputs().iter().map(|input| (input.place(), input.is_required())).collect();
    assert_eq!(inputs, [(Place::Body, true), (Place::Query, false), (Place::Path, true)]);
}

#[test]
fn a_struct_has_the_stage_of_its_fields() {
    #[derive(FromRequest)]
    struct Deps(Db);
    #[derive(FromRequest)]
    struct Values<T>(T, Word<'q'>);

    assert_eq!(<Deps as FromRequest<()>>::STAGE, Stage::Build);
    assert_eq!(<Values<Word<'p'>> as FromRequest<()>>::STAGE, Stage::Bind);
    assert_eq!(<Values<Db> as FromRequest<()>>::STAGE, Stage::Both);
    let (values, _) = read::<Values<Deps>>(&[("query", "q")]);
    let Values(Deps(Db), word) = values.unwrap();
    assert_eq!(word.0, "q");
}

#[test]
fn a_struct_without_fields_reads_nothing() {
    #[derive(Debug, FromRequest)]
    struct Nothing;
    #[derive(Debug, FromRequest)]
    struct NothingNamed {}

    assert!(Contract::of::<Nothing, ()>().inputs().is_empty());
    const { assert!(!<Nothing as FromRequest<()>>::CONSUMES_BODY) };
    let (nothing, log) = read::<Nothing>(&[]);
    assert!(nothing.is_ok());
    let (named, _) = read::<NothingNamed>(&[("query", "bad")]);
    assert!(named.is_ok());
    assert!(log.is_empty());
}
