//! Containers inside of containers.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Take, request, scopes, take};
use crate::inject::{Completion, Container, Provider};

struct Db(&'static str);

struct Repo(&'static str);

struct Clock(u32);

struct Seq(u32);

struct Stamp(u32, u32);

async fn repo(db: Take<Db>) -> Result<Repo, Infallible> {
    Ok(Repo(db.0.0))
}

async fn stamp(clock: Take<Clock>, seq: Take<Seq>) -> Result<Stamp, Infallible> {
    Ok(Stamp(clock.0.0, seq.0.0))
}

async fn parent() -> (Container, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let seq = Provider::<Seq>::per_request(move || Seq(counter.fetch_add(1, Ordering::Relaxed)));
    let builder = Container::builder().provide(Db("live")).singleton(repo).provide(Clock(1)).register(seq);
    (builder.per_request(stamp).build().await.unwrap(), calls)
}

#[tokio::test]
async fn an_override_reaches_everything_that_depends_on_it() {
    let (parent, _) = parent().await;
    let child = parent.child().provide(Db("mock")).build().await.unwrap();
    let (inside, outside) = (scopes(&child).open(None), scopes(&parent).open(None));
    assert_eq!(take::<Repo>(&mut request(&inside)).await.unwrap().0, "mock");
    assert_eq!(take::<Repo>(&mut request(&outside)).await.unwrap().0, "live");
}

#[tokio::test]
async fn what_depends_on_nothing_that_was_replaced_is_shared() {
    let (parent, calls) = parent().await;
    let child = parent.child().provide(Clock(2)).build().await.unwrap();
    let outer = scopes(&parent).open(None);
    let inner = scopes(&child).open(Some(outer.scope()));
    let (mut outside, mut inside) = (request(&outer), request(&inner));

    let (one, two) = (take::<Repo>(&mut outside).await.unwrap(), take::<Repo>(&mut inside).await.unwrap());
    assert!(std::ptr::eq(&raw const *one, &raw const *two));
    // The stamp has a clock of its own inside; the number is the request's, built from inside, seen outside.
    let stamp = take::<Stamp>(&mut inside).await.unwrap();
    assert_eq!((stamp.0, stamp.1), (2, 0));
    let stamp = take::<Stamp>(&mut outside).await.unwrap();
    assert_eq!((stamp.0, stamp.1), (1, 0));
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_shared_value_ends_with_the_scope_that_it_belongs_to() {
    let ended = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&ended);
    let seq = Provider::<Seq>::per_request(|| Seq(0)).teardown(move |_, _| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let parent = Container::builder().register(seq).build().await.unwrap();
    let child = parent.child().provide(Clock(1)).build().await.unwrap();
    let grandchild = child.child().provide(Db("x")).build().await.unwrap();
    let outer = scopes(&parent).open(None);
    let middle = scopes(&child).open(Some(outer.scope()));
    let inner = scopes(&grandchild).open(Some(middle.scope()));
    drop(take::<Seq>(&mut request(&inner)).await.unwrap());
    inner.close(Completion::Success).await;
    middle.close(Completion::Success).await;
    assert_eq!(ended.load(Ordering::Relaxed), 0);
    outer.close(Completion::Success).await;
    assert_eq!(ended.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_child_without_its_parent_outside_builds_everything_itself() {
    let (parent, calls) = parent().await;
    let child = parent.child().build().await.unwrap();
    let inner = scopes(&child).open(None);
    assert_eq!(take::<Stamp>(&mut request(&inner)).await.unwrap().1, 0);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert!(child.report().providers().iter().all(super::super::ReportedProvider::is_inherited));
}

#[tokio::test]
async fn a_child_is_checked_with_what_the_parent_has() {
    let (parent, _) = parent().await;
    async fn seq(_: Take<Stamp>) -> Result<Seq, Infallible> {
        Ok(Seq(0))
    }
    let errors = parent.child().per_request(seq).build().await.unwrap_err();
    assert_eq!(errors.mistakes()[0].kind(), crate::inject::MistakeKind::Cycle);
}
