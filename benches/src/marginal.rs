//! What one thing more costs a request: the same service with and without it.

use std::hint::black_box;

use gongular::inject::Container;
use gongular::layers::{ErrorLayer, InjectLayer, StatsLayer};
use gongular::stats::RouteStat;
use gongular::{Error, Inject, service};
use tower::{Layer, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;

use crate::harness::{App, Application, Peer, Tower};
use crate::workload::Workload;

/// Two services that differ by one thing, or by a number of the same thing.
#[derive(Debug)]
#[non_exhaustive]
pub struct Marginal {
    /// What they differ by.
    pub name: &'static str,
    /// The service without it.
    pub without: &'static dyn Peer,
    /// The service with it.
    pub with: &'static dyn Peer,
    /// How many of them the second has more.
    pub pieces: u32,
}

/// Returns all that is measured.
#[must_use]
pub fn marginals() -> Vec<Marginal> {
    let of = |name, without, with, pieces| Marginal { name, without, with, pieces };
    vec![
        of("injection layer", &Tower::<Bare>::NEW, &Tower::<Injected>::NEW, 1),
        of("injected singleton, of 10", &Tower::<One<10>>::NEW, &Tower::<Six<10>>::NEW, 5),
        of("injected singleton, of 100", &Tower::<One<100>>::NEW, &Tower::<Six<100>>::NEW, 5),
        of("injected singleton, of 1000", &Tower::<One<1000>>::NEW, &Tower::<Six<1000>>::NEW, 5),
        of("ready per-request factory", &Tower::<One<10>>::NEW, &Tower::<PerRequest>::NEW, 1),
        of("error layer with panic catch", &Tower::<Bare>::NEW, &Tower::<Errors>::NEW, 1),
        of("tower-http's panic catch", &Tower::<Bare>::NEW, &Tower::<TowerHttp>::NEW, 1),
        of("statistics layer", &Tower::<Bare>::NEW, &Tower::<Stats>::NEW, 1),
        of("statistics layer, beside injection", &Tower::<Injected>::NEW, &Tower::<InjectedStats>::NEW, 1),
    ]
}

/// Returns the services of [`marginals`].
#[must_use]
pub fn probes() -> Vec<&'static dyn Peer> {
    marginals().into_iter().flat_map(|marginal| [marginal.without, marginal.with]).collect()
}

/// Services that answer `w1`, whatever the path.
macro_rules! probes {
    ($($type:ident $(<const $size:ident: $of:ty>)? = $name:expr, $service:expr;)*) => {$(
        struct $type $(<const $size: $of>)?;

        impl $(<const $size: $of>)? App for $type $(<$size>)? {
            const NAME: &'static str = $name;

            fn answers(workload: &Workload) -> bool {
                workload.name == "w1"
            }

            async fn build() -> impl Application {
                $service
            }
        }
    )*};
}

probes! {
    Bare = "bare", service(hi);
    Injected = "injected", injection(10).await.layer(service(hi));
    One<const SIZE: usize> = sized(["one of 10", "one of 100", "one of 1000"], SIZE),
        injection(SIZE).await.layer(service(one));
    Six<const SIZE: usize> = sized(["six of 10", "six of 100", "six of 1000"], SIZE),
        injection(SIZE).await.layer(service(six));
    PerRequest = "one and a number", injection(10).await.layer(service(one_and_number));
    Errors = "errors", ErrorLayer::new().layer(service(hi));
    TowerHttp = "tower-http", CatchPanicLayer::new().layer(service(hi));
    Stats = "stats", StatsLayer::new(keep).layer(service(hi));
    InjectedStats = "injected, stats",
        ServiceBuilder::new().layer(StatsLayer::new(keep)).layer(injection(10).await).service(service(hi));
}

const fn sized(names: [&'static str; 3], size: usize) -> &'static str {
    let [ten, hundred, thousand] = names;
    match size {
        10 => ten,
        100 => hundred,
        _ => thousand,
    }
}

async fn hi() -> &'static str {
    "hi"
}

struct Single<const N: usize>(u64);

/// Made once per request.
struct Number(u64);

async fn number(first: Inject<Single<0>>) -> Result<Number, Error> {
    Ok(Number(first.0 + 1))
}

async fn one(first: Inject<Single<0>>) -> &'static str {
    black_box(first.0);
    "hi"
}

async fn six(
    first: Inject<Single<0>>,
    second: Inject<Single<1>>,
    third: Inject<Single<2>>,
    fourth: Inject<Single<3>>,
    fifth: Inject<Single<4>>,
    sixth: Inject<Single<5>>,
) -> &'static str {
    black_box(first.0 + second.0 + third.0 + fourth.0 + fifth.0 + sixth.0);
    "hi"
}

async fn one_and_number(first: Inject<Single<0>>, number: Inject<Number>) -> &'static str {
    black_box(first.0 + number.0);
    "hi"
}

async fn injection(registrations: usize) -> InjectLayer {
    let named = Container::builder()
        .provide(Single::<0>(1))
        .provide(Single::<1>(2))
        .provide(Single::<2>(3))
        .provide(Single::<3>(4))
        .provide(Single::<4>(5))
        .provide(Single::<5>(6))
        .per_request(number);
    let builder = (NAMED..registrations).fold(named, |builder, filler| {
        // A process builds a handful of these.
        builder.provide_keyed(String::leak(filler.to_string()), Single::<6>(7))
    });
    InjectLayer::new(builder.build().await.expect("everything is provided"))
}

const NAMED: usize = 7;

/// A callback that reads what most read.
fn keep(stat: &RouteStat) {
    black_box((stat.total_duration(), stat.response_code(), stat.response_size()));
}
