//! What is said about wrong wiring.

use std::convert::Infallible;

use super::Take;
use crate::Error;
use crate::inject::{Container, ContainerBuilder, MistakeKind, Provider};

struct Db;

struct Repo;

struct Session;

fn said(builder: &ContainerBuilder) -> String {
    super::short(&builder.check().unwrap_err().to_string(), file!())
}

async fn repo(_: Take<Db>) -> Result<Repo, Infallible> {
    Ok(Repo)
}

async fn session(_: Take<Repo>) -> Result<Session, Infallible> {
    Ok(Session)
}

async fn db_of_session(_: Take<Session>) -> Result<Db, Infallible> {
    Ok(Db)
}

crate::key! {
    Books = "books";
    Replica = "replica";
}

#[test]
fn a_dependency_that_nobody_provides_is_missing() {
    assert_eq!(
        said(&Container::builder().per_request(repo)),
        "1 mistake in the wiring of the dependencies:\n  \
         1. Db: the factory of Repo needs it, but nobody provides it\n     \
         at HERE\n     \
         fix: register it, such as `.provide(..)` or `.per_request(..)` for Db"
    );
}

#[test]
fn a_key_that_is_missing_names_the_keys_and_types_that_there_are() {
    let builder = Container::builder()
        .provide_keyed("primary", Db)
        .provide_keyed("replica", Repo)
        .needs::<Take<Db, Replica>>();
    assert_eq!(
        said(&builder),
        "1 mistake in the wiring of the dependencies:\n  \
         1. Db (key \"replica\"): Take<Db, Replica> needs it, but nobody provides it; \
         this type is registered with key \"primary\" (HERE); this key is registered for Repo (HERE)\n     \
         at HERE\n     \
         fix: ask for it with a key that there is, or register it under that key, such as \
         `.provide_keyed(\"replica\", ..)` for Db"
    );
}

#[test]
fn needs_of_a_handler_name_the_handler() {
    async fn create(_: Take<Db>, _: Option<Take<Repo>>) -> &'static str {
        "created"
    }

    assert_eq!(
        said(&Container::builder().needs_of(&create)),
        "1 mistake in the wiring of the dependencies:\n  \
         1. Db: needs_of_a_handler_name_the_handler::create needs it, but nobody provides it\n     \
         at HERE\n     \
         fix: register it, such as `.provide(..)` or `.per_request(..)` for Db"
    );
}

#[test]
fn a_cycle_prints_its_chain_with_lifetimes_once() {
    let builder = Container::builder().per_request(repo).per_request(session).per_request(db_of_session);
    assert_eq!(
        said(&builder),
        "1 mistake in the wiring of the dependencies:\n  \
         1. Repo: it needs itself: Repo [request, HERE] -> Db [request, HERE] -> Session [request, HERE] -> \
         Repo [request, HERE]\n     \
         at HERE\n     \
         fix: move what both need into a dependency of its own, or pass the value as an argument where it is used"
    );
}

#[test]
fn a_singleton_that_needs_a_per_request_value_prints_the_chain() {
    let builder =
        Container::builder().singleton(session).transient(repo).register(Provider::<Db>::per_request(|| Db));
    assert_eq!(
        said(&builder),
        "1 mistake in the wiring of the dependencies:\n  \
         1. Session: a singleton is built before there is a request, but it needs one: Session [singleton, HERE] -> \
         Repo [transient, HERE] -> Db [request, HERE]\n     \
         at HERE\n     \
         fix: make it `per_request`, or let those who use it ask for the per-request value themselves"
    );
}

#[test]
fn a_singleton_that_reads_the_request_is_told_apart() {
    async fn db(_: http::HeaderMap) -> Result<Db, Infallible> {
        Ok(Db)
    }

    let text = said(&Container::builder().singleton(db));
    assert!(text.contains("but it needs one: Db [singleton, HERE] -> the request\n"), "{text}");
}

#[test]
fn the_same_type_and_key_twice_names_both_places() {
    assert_eq!(
        said(&Container::builder().provide_keyed("books", Db).provide_keyed("books", Db).provide(Db)),
        "1 mistake in the wiring of the dependencies:\n  \
         1. Db (key \"books\"): it is registered twice, first at HERE\n     \
         at HERE\n     \
         fix: remove one of the two, or give them different keys; to replace it for tests or a part of the application \
         use `Container::child`, or `overrides` of an engine"
    );
}

#[test]
fn a_teardown_that_would_never_run_is_a_mistake() {
    let builder = Container::builder().register(Provider::value(Db).teardown(|_, _| {}));
    assert_eq!(
        said(&builder),
        "1 mistake in the wiring of the dependencies:\n  \
         1. Db: it has a teardown or a `before_response`, but it is singleton, so neither ever runs\n     \
         at HERE\n     \
         fix: make it `per_request`, or remove the hook"
    );
}

#[tokio::test]
async fn all_mistakes_are_reported_at_once_in_a_stable_order() {
    let builder = || {
        Container::builder()
            .provide(Db)
            .provide(Db)
            .singleton(session)
            .register(Provider::<Repo>::per_request(|_: Take<Repo>| Repo))
            .needs::<Take<Session, Books>>()
    };
    let errors = builder().build().await.unwrap_err();
    let kinds: Vec<_> = errors.mistakes().iter().map(super::super::Mistake::kind).collect();
    assert_eq!(
        kinds,
        [MistakeKind::Duplicate, MistakeKind::Missing, MistakeKind::Cycle, MistakeKind::Captive]
    );
    assert_eq!(
        errors.to_string(),
        builder().check().unwrap_err().to_string(),
        "building finds what checking finds"
    );
    for mistake in errors.mistakes() {
        assert_eq!(mistake.place().file(), file!());
    }
}

#[tokio::test]
async fn failing_singletons_are_all_reported_and_those_that_need_them_are_left_out() {
    async fn db() -> Result<Db, Error> {
        Err(Error::app("no route to db.local"))
    }
    async fn other() -> Result<Session, Error> {
        Err(Error::app("no route to sessions.local"))
    }

    let builder = Container::builder().singleton(repo).singleton(db).singleton(other);
    let errors = builder.build().await.unwrap_err();
    let said: Vec<_> = errors.mistakes().iter().map(|mistake| (mistake.kind(), mistake.what())).collect();
    let prefix = "its factory failed: cannot inject gongular_core::inject::tests::mistakes::";
    let expected =
        [format!("{prefix}Db: no route to db.local"), format!("{prefix}Session: no route to sessions.local")];
    assert_eq!(said, [(MistakeKind::Failed, &*expected[0]), (MistakeKind::Failed, &*expected[1])]);
}
