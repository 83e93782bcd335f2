//! What controllers cost: a request beside the same function, and the start of an application that has many of them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use gongular::engine::EngineService;
use gongular::inject::Provider;
use gongular::mvc::{Activation, Application as Controllers, Controller, controller};
use gongular::{Context, Inject, Param, Router};
use serde::Deserialize;
use validator::Validate;

use crate::harness::{App, Application, Peer, Tower, runtime};
use crate::workload::{POSTS_ANSWER, Workload};

/// A handler that is a function, and the same one as a method of a controller.
#[derive(Debug)]
#[non_exhaustive]
pub struct Pair {
    /// What both take.
    pub name: &'static str,
    /// The function.
    pub function: &'static dyn Peer,
    /// The method.
    pub method: &'static dyn Peer,
}

/// Returns all pairs.
#[must_use]
pub fn pairs() -> Vec<Pair> {
    let of = |name, function, method| Pair { name, function, method };
    vec![
        of("a path parameter, two singletons", &Tower::<SharedFunction>::NEW, &Tower::<SharedMethod>::NEW),
        of("the same, and a value per request", &Tower::<EachFunction>::NEW, &Tower::<EachMethod>::NEW),
    ]
}

/// Returns the services of [`pairs`].
#[must_use]
pub fn probes() -> Vec<&'static dyn Peer> {
    pairs().into_iter().flat_map(|pair| [pair.function, pair.method]).collect()
}

/// What else an application of many controllers has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extra {
    /// As many providers as controllers.
    Providers,
    /// A provider in each controller, for itself alone.
    OwnProviders,
    /// Nothing: four providers for all.
    None,
}

/// Measures how long it takes to build an engine of so many controllers of five methods each; the least of some rounds.
///
/// # Panics
///
/// When a method has no route.
#[must_use]
pub fn start(controllers: usize, extra: Extra) -> Duration {
    let runtime = runtime();
    let round = || {
        let app = many(controllers, extra);
        let begun = Instant::now();
        let service = runtime.block_on(built(app));
        let took = begun.elapsed();
        assert_eq!(service.routes().len(), controllers * 5, "every method has its route");
        took
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

fn many(controllers: usize, extra: Extra) -> Controllers {
    let own = move |activation: &mut Activation| {
        if extra == Extra::OwnProviders {
            activation.providers(|providers| providers.provide(Own(1)));
        }
    };
    let fillers = if extra == Extra::Providers { controllers } else { 0 };
    let app = provided().providers(|providers| {
        (0..fillers).fold(providers, |providers, filler| {
            // A process builds a handful of these.
            providers.provide_keyed(String::leak(filler.to_string()), Own(filler as u64))
        })
    });
    (0..controllers).fold(app, |app, index| {
        app.party(format!("/c{index}"), |party| match index % 4 {
            0 => party.handle_with(controller::<First>(), own),
            1 => party.handle_with(controller::<Second>(), own),
            2 => party.handle_with(controller::<Third>(), own),
            _ => party.handle_with(controller::<Fourth>(), own),
        })
    })
}

fn provided() -> Controllers {
    Controllers::new(Router::new()).provide(Left(1)).provide(Right(2)).provide(Own(3)).register(Provider::<
        Ticket,
    >::per_request(
        |left: Inject<Left>| Ticket(left.0),
    ))
}

async fn built(app: Controllers) -> EngineService {
    app.into_engine().build().await.expect("the application has no mistakes")
}

struct Left(u64);
struct Right(u64);
struct Own(u64);
struct Ticket(u64);

macro_rules! probes {
    ($($type:ident = $name:expr, $app:expr;)*) => {$(
        struct $type;

        impl App for $type {
            const NAME: &'static str = $name;

            fn answers(workload: &Workload) -> bool {
                workload.name == "w2"
            }

            async fn build() -> impl Application {
                built($app).await
            }
        }
    )*};
}

probes! {
    SharedFunction = "function, shared", with_function(Router::new().get(PATH, shared));
    SharedMethod = "method, shared", provided().handle(controller::<Shared>());
    EachFunction = "function, per request", with_function(Router::new().get(PATH, each));
    EachMethod = "method, per request", provided().handle(controller::<Each>());
}

fn with_function(router: Router) -> Controllers {
    Controllers::new(router)
        .provide(Left(1))
        .provide(Right(2))
        .register(Provider::<Ticket>::per_request(|left: Inject<Left>| Ticket(left.0)))
}

#[derive(Deserialize, Validate)]
struct Id {
    id: u64,
}

async fn shared(id: Param<Id>, left: Inject<Left>, right: Inject<Right>) -> &'static str {
    black_box(id.0.id + left.0 + right.0);
    POSTS_ANSWER
}

async fn each(
    id: Param<Id>,
    left: Inject<Left>,
    right: Inject<Right>,
    ticket: Inject<Ticket>,
) -> &'static str {
    black_box(id.0.id + left.0 + right.0 + ticket.0);
    POSTS_ANSWER
}

#[derive(Controller)]
struct Shared {
    left: Inject<Left>,
    right: Inject<Right>,
}

#[controller]
impl Shared {
    async fn get_users_by_posts(&self, id: u64) -> &'static str {
        black_box(id + self.left.0 + self.right.0);
        POSTS_ANSWER
    }
}

#[derive(Controller)]
struct Each {
    left: Inject<Left>,
    right: Inject<Right>,
    ticket: Inject<Ticket>,
}

#[controller]
impl Each {
    async fn get_users_by_posts(&self, id: u64) -> &'static str {
        black_box(id + self.left.0 + self.right.0 + self.ticket.0);
        POSTS_ANSWER
    }
}

/// Controllers of five methods: two with one instance for all, two with one for each request.
macro_rules! controllers {
    ($($name:ident { $($field:ident: $type:ty),* })*) => {$(
        #[derive(Controller)]
        struct $name {
            $($field: $type,)*
        }

        #[controller]
        impl $name {
            async fn get(&self) -> String {
                (0 $(+ self.$field.0)*).to_string()
            }

            async fn get_by(&self, id: u64) -> String {
                id.to_string()
            }

            async fn post(&self, right: Inject<Right>) -> String {
                right.0.to_string()
            }

            async fn put_by(&self, id: u64, cx: &mut Context<'_>) {
                cx.set_body(&id);
            }

            async fn delete_by_of_by(&self, id: u64, of: u64) -> String {
                (id + of).to_string()
            }
        }
    )*};
}

controllers! {
    First { left: Inject<Left>, right: Inject<Right> }
    Second { own: Inject<Own> }
    Third { left: Inject<Left>, ticket: Inject<Ticket> }
    Fourth { own: Inject<Own>, ticket: Inject<Ticket> }
}

const PATH: &str = "/users/{id}/posts";
const ROUNDS: usize = 5;
