//! What factories of dependencies add to the statistic.

use std::sync::mpsc::channel;
use std::time::Duration;

use bytes::Bytes;
use gongular_core::inject::{Container, NoKey, Provider, Value, resolve};
use gongular_core::stats::RouteStat;
use gongular_core::{Error, FromRequest, RequestContext, Stage, service};
use http::Request;
use http_body_util::Empty;
use tower_layer::Layer;
use tower_service::Service;

use crate::{InjectLayer, StatsLayer};

struct Needs<T: Send + Sync + 'static>(#[expect(dead_code, reason = "it only has to be built")] Value<T>);

impl<B: Send, T: Send + Sync + 'static> FromRequest<B> for Needs<T> {
    const STAGE: Stage = Stage::Build;

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        resolve::<T, NoKey>(cx.parts).await.map(Self)
    }
}

struct Given;
struct Session;
struct User;
struct Fresh;

#[tokio::test]
async fn factories_that_ran_for_the_request_stand_in_the_order_they_returned() {
    let container = Container::builder()
        .provide(Given)
        .register(Provider::per_request(|| Session))
        .per_request(async |_: Needs<Session>| {
            tokio::task::yield_now().await;
            Ok::<_, Error>(User)
        })
        .register(Provider::transient(|| Fresh))
        .build()
        .await
        .unwrap();
    let (sender, seen) = channel();
    let stats = StatsLayer::new(move |stat: &RouteStat| {
        assert!(stat.dependencies().iter().all(|dependency| dependency.duration() > Duration::ZERO));
        let names = stat.dependencies().iter().map(|dependency| dependency.type_name().rsplit("::").next());
        sender.send(names.map(|name| name.unwrap().to_owned()).collect::<Vec<_>>()).unwrap();
    });
    let handler =
        async |_: Needs<Given>, _: Needs<User>, _: Needs<User>, _: Needs<Fresh>, _: Needs<Fresh>| "hi";
    let mut service = stats.layer(InjectLayer::new(container).layer(service(handler)));
    for _ in 0..2 {
        drop(service.call(Request::new(Empty::<Bytes>::new())).await.unwrap());
        assert_eq!(seen.try_recv().unwrap(), ["Session", "User", "Fresh", "Fresh"]);
    }
}
