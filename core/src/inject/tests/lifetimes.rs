//! What is built when, and how often.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::{HeaderMap, StatusCode};

use super::{Take, request, scopes, take, yield_once};
use crate::inject::{Completion, Container, NoKey, Provider, resolve};
use crate::{Contract, Error, ErrorKind, RequestState};

#[derive(Debug, PartialEq)]
struct Config(&'static str);

#[derive(Debug)]
struct Pool(String);

#[derive(Debug, PartialEq)]
struct Number(u32);

trait Named: Send + Sync {
    fn name(&self) -> &str;
}

impl Named for Pool {
    fn name(&self) -> &str {
        &self.0
    }
}

async fn pool(config: Take<Config>) -> Result<Pool, Infallible> {
    yield_once().await;
    Ok(Pool(config.0.0.to_owned()))
}

#[tokio::test]
async fn singletons_are_built_in_the_order_of_their_needs_whatever_the_order_of_registration() {
    let container = Container::builder().singleton(pool).provide(Config("db")).build().await.unwrap();
    let open = scopes(&container).open(None);
    assert_eq!(take::<Pool>(&mut request(&open)).await.unwrap().0, "db");
}

#[tokio::test]
async fn a_singleton_is_the_same_for_all_requests() {
    let container = Container::builder().provide(Config("db")).singleton(pool).build().await.unwrap();
    let scopes = scopes(&container);
    let first = take::<Pool>(&mut request(&scopes.open(None))).await.unwrap();
    let second = take::<Pool>(&mut request(&scopes.open(None))).await.unwrap();
    assert!(std::ptr::eq(&raw const *first, &raw const *second));
}

#[tokio::test]
async fn trait_objects_are_found_by_their_trait_and_key() {
    crate::key! { Iface = "iface" }
    let shared: Arc<dyn Named> = Arc::new(Pool("shared".to_owned()));
    let container = Container::builder()
        .provide_as::<dyn Named>(shared)
        .register(
            Provider::<Pool>::singleton(|| Pool("made".to_owned()))
                .as_dyn::<dyn Named>(|pool| pool)
                .key("iface"),
        )
        .build()
        .await
        .unwrap();
    let open = scopes(&container).open(None);
    let mut parts = request(&open);
    assert_eq!(take::<dyn Named>(&mut parts).await.unwrap().name(), "shared");
    assert_eq!(resolve::<dyn Named, Iface>(&mut parts).await.unwrap().name(), "made");
}

fn counted() -> (Arc<AtomicU32>, Provider<Number>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let provider = Provider::<Number>::per_request(move || {
        let number = counter.fetch_add(1, Ordering::Relaxed) + 1;
        async move { Number(number) }
    });
    (calls, provider)
}

#[tokio::test]
async fn a_per_request_value_is_built_once_for_each_request_that_asks() {
    let (calls, provider) = counted();
    let scopes = scopes(&Container::builder().register(provider).build().await.unwrap());
    for expected in 1..=3 {
        let open = scopes.open(None);
        let mut parts = request(&open);
        assert_eq!(*take::<Number>(&mut parts).await.unwrap(), Number(expected));
        assert_eq!(*take::<Number>(&mut parts).await.unwrap(), Number(expected));
    }
    drop(scopes.open(None));
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_value_that_is_kept_beyond_its_request_is_not_given_to_the_next() {
    let (_, provider) = counted();
    let scopes = scopes(&Container::builder().register(provider).build().await.unwrap());
    let open = scopes.open(None);
    let kept = take::<Number>(&mut request(&open)).await.unwrap();
    drop(open);
    let open = scopes.open(None);
    assert_eq!(*take::<Number>(&mut request(&open)).await.unwrap(), Number(2));
    assert_eq!(*kept, Number(1));
}

#[tokio::test]
async fn a_value_is_dropped_with_its_request_though_its_room_is_kept() {
    struct Guard(#[expect(dead_code, reason = "only its count matters")] Arc<()>);
    let count = Arc::new(());
    let held = Arc::clone(&count);
    let provider = Provider::<Guard>::per_request(move || Guard(Arc::clone(&held)));
    let scopes = scopes(&Container::builder().register(provider).build().await.unwrap());
    for _ in 0..2 {
        let open = scopes.open(None);
        drop(take::<Guard>(&mut request(&open)).await.unwrap());
        assert_eq!(Arc::strong_count(&count), 3);
        drop(open);
        assert_eq!(Arc::strong_count(&count), 2);
    }
}

#[tokio::test]
async fn a_transient_value_is_built_each_time() {
    let calls = AtomicU32::new(0);
    let provider = Provider::<Number>::transient(move || Number(calls.fetch_add(1, Ordering::Relaxed)));
    let container = Container::builder().register(provider).build().await.unwrap();
    let open = scopes(&container).open(None);
    let mut parts = request(&open);
    assert_eq!(*take::<Number>(&mut parts).await.unwrap(), Number(0));
    assert_eq!(*take::<Number>(&mut parts).await.unwrap(), Number(1));
}

#[tokio::test]
async fn factories_read_the_request_and_may_refuse_it() {
    async fn user(headers: HeaderMap) -> Result<Pool, Error> {
        let token = headers.get("x-token").and_then(|token| token.to_str().ok());
        let token = token.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "login first"))?;
        Ok(Pool(token.to_owned()))
    }

    let scopes = scopes(&Container::builder().per_request(user).build().await.unwrap());
    let open = scopes.open(None);
    let mut parts = request(&open);
    let error = take::<Pool>(&mut parts).await.unwrap_err();
    assert_eq!((error.status(), error.public()), (StatusCode::UNAUTHORIZED, "login first"));

    // A refusal is not kept: who asks next tries again.
    parts.headers.insert("x-token", "ada".parse().unwrap());
    assert_eq!(take::<Pool>(&mut parts).await.unwrap().0, "ada");
}

#[tokio::test]
async fn a_failure_of_a_factory_names_type_key_and_cause_in_the_log_only() {
    async fn open_ledger() -> Result<Number, std::io::Error> {
        Err(std::io::Error::other("no connection to the ledger"))
    }
    crate::key! { Books = "books" }

    let provider = Provider::<Number>::per_request(open_ledger).key("books");
    let container = Container::builder().register(provider).build().await.unwrap();
    let open = scopes(&container).open(None);
    let error = resolve::<Number, Books>(&mut request(&open)).await.unwrap_err();
    assert_eq!((error.kind(), error.status().as_u16()), (ErrorKind::Injection, 500));
    assert_eq!(
        error.to_string(),
        "cannot inject gongular_core::inject::tests::lifetimes::Number (key \"books\"): no connection to the ledger"
    );
    assert_eq!(error.public(), "internal server error");
}

#[tokio::test]
async fn what_is_missing_at_request_time_says_its_likely_cause() {
    crate::key! { Replica = "replica" }
    let container = Container::builder().provide(Config("a")).build().await.unwrap();
    let open = scopes(&container).open(None);
    let mut parts = request(&open);
    let name = "cannot inject gongular_core::inject::tests::lifetimes::";

    let error = take::<Number>(&mut parts).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{name}Number: it is not registered in the container"));
    let error = resolve::<Config, Replica>(&mut parts).await.unwrap_err();
    let cause = "it is registered under other keys, but not under this one";
    assert_eq!(error.to_string(), format!("{name}Config (key \"replica\"): {cause}"));
    let error = take::<Config>(&mut http::Request::new(()).into_parts().0).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{name}Config: no injection layer is outside of the handler"));
}

#[tokio::test]
async fn an_optional_dependency_is_none_when_nobody_provides_it() {
    struct Found(bool, bool);

    async fn found(config: Option<Take<Config>>, number: Option<Take<Number>>) -> Result<Found, Error> {
        Ok(Found(config.is_some(), number.is_some()))
    }

    let container = Container::builder().provide(Config("a")).per_request(found).build().await.unwrap();
    let open = scopes(&container).open(None);
    let found = take::<Found>(&mut request(&open)).await.unwrap();
    assert_eq!((found.0, found.1), (true, false));
}

#[tokio::test]
async fn a_slow_dependency_of_a_dependency_is_started_once() {
    struct Outer(u32);

    async fn outer(number: Take<Number>, _: Take<Config>) -> Result<Outer, Error> {
        yield_once().await;
        Ok(Outer(number.0.0))
    }

    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let number = Provider::<Number>::per_request(move || {
        let number = counter.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            yield_once().await;
            yield_once().await;
            Number(number)
        }
    });
    let builder = Container::builder().per_request(outer).provide(Config("a")).register(number);
    let scopes = scopes(&builder.build().await.unwrap());
    for expected in 1..=2 {
        let open = scopes.open(None);
        assert_eq!(take::<Outer>(&mut request(&open)).await.unwrap().0, expected);
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_factory_takes_twelve_arguments() {
    struct Sum(usize);

    type C = Take<Config, NoKey>;

    #[expect(clippy::too_many_arguments, reason = "it is what is tested")]
    async fn sum(
        a: C,
        b: C,
        c: C,
        d: C,
        e: C,
        f: C,
        g: C,
        h: C,
        i: C,
        j: C,
        k: C,
        l: C,
    ) -> Result<Sum, Error> {
        Ok(Sum([a, b, c, d, e, f, g, h, i, j, k, l].iter().map(|config| config.0.0.len()).sum()))
    }

    let container = Container::builder().provide(Config("a")).singleton(sum).build().await.unwrap();
    let open = scopes(&container).open(None);
    assert_eq!(take::<Sum>(&mut request(&open)).await.unwrap().0, 12);
}

#[tokio::test]
async fn a_scope_has_only_what_its_requests_asked_for() {
    let builder = Container::builder()
        .register(Provider::<u8>::per_request(|| 8_u8))
        .register(Provider::<u16>::per_request(|| 16_u16))
        .register(Provider::<u32>::per_request(|| 32_u32));
    let scopes = scopes(&builder.build().await.unwrap());
    let open = scopes.open(None);
    assert_eq!(open.scope().inner.cells.made(), 0);
    for _ in 0..2 {
        assert_eq!(*take::<u16>(&mut request(&open)).await.unwrap(), 16);
        assert_eq!(open.scope().inner.cells.made(), 1);
    }
    open.close(Completion::Success).await;
    assert_eq!(scopes.open(None).scope().inner.cells.made(), 1, "the next request finds it again");
}

#[tokio::test]
async fn who_needs_singletons_only_is_served_without_a_scope_of_his_own() {
    async fn sum(number: Take<Number>) -> Result<u64, Infallible> {
        Ok(u64::from(number.0.0))
    }
    let builder = Container::builder().provide(Config("a")).register(counted().1).transient(sum);
    let scopes = scopes(&builder.build().await.unwrap());
    let needs_scope = |contract| scopes.container().needs_scope(&contract);
    assert!(!needs_scope(Contract::of::<(Take<Config>, Take<u8>), ()>()));
    assert!(needs_scope(Contract::of::<(Take<Config>, Take<Number>), ()>()));
    assert!(needs_scope(Contract::of::<Option<Take<u64>>, ()>()), "what it builds needs one");

    let mut parts = http::Request::new(()).into_parts().0;
    scopes.enter_bare(RequestState::entry(&mut parts.extensions));
    assert_eq!(take::<Config>(&mut parts).await.unwrap().0, "a");
    let error = take::<Number>(&mut parts).await.unwrap_err();
    assert!(error.to_string().ends_with("does not describe that it needs it"), "{error}");
}

#[tokio::test]
async fn requests_share_a_scope_in_which_nothing_is_built() {
    let scopes = scopes(&Container::builder().provide(Config("a")).build().await.unwrap());
    let (one, other) = (scopes.open(None), scopes.open(None));
    assert!(Arc::ptr_eq(&one.scope().inner, &other.scope().inner));
    one.close(Completion::Success).await;
    assert_eq!(take::<Config>(&mut request(&other)).await.unwrap().0, "a");
}
