//! Websocket controllers of an application.

use std::panic::Location;

use super::Application;
use crate::chain::IntoChain;
use crate::engine::{Mistake, MistakeKind};
use crate::inject::Provider;
use crate::neffos::{Events, Hub, IntoNamespace, Namespace};
use crate::router::Router;

/// A namespace that was handled and that no websocket serves yet.
pub(super) struct Waiting {
    namespace: Namespace,
    place: &'static Location<'static>,
}

impl Application {
    /// Adds the events of a websocket controller, or of a [`Namespace`] of functions (`HandleWebsocket`).
    ///
    /// Those of one namespace are joined; an event, or a hook, that two of them have is a mistake when the engine is built.
    /// [`websocket`](Self::websocket) serves all that were added before it, and nothing does without it.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular::mvc::{Application, Controller, controller};
    /// use gongular::neffos::{Events, Hub, Message, NsConn, websocket_controller};
    /// use gongular::{Error, Inject, Router};
    ///
    /// #[derive(Controller)]
    /// struct Chat {
    ///     client: NsConn,
    /// }
    ///
    /// #[websocket_controller(namespace = "default")]
    /// impl Chat {
    ///     async fn chat(&self, message: Message) -> Result<(), Error> {
    ///         self.client.others().emit("chat", message.body().clone())
    ///     }
    /// }
    ///
    /// #[derive(Controller)]
    /// struct News {
    ///     hub: Inject<Hub>,
    /// }
    ///
    /// #[controller]
    /// impl News {
    ///     /// `POST /news`
    ///     async fn post_news(&self) -> Result<(), Error> {
    ///         self.hub.to("default")?.emit("news", "something happened")
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let app = Application::new(Router::new())
    ///     .handle_websocket(controller::<Chat>())
    ///     .websocket("/ws", Events::new(), |hub| hub.route().max_message(16 << 10))
    ///     .handle(controller::<News>());
    /// let client = app.into_engine().test_client().await.unwrap();
    /// client.post("/news").send().await.assert_status(200);
    /// # }
    /// ```
    #[track_caller]
    pub fn handle_websocket(mut self, namespace: impl IntoNamespace) -> Self {
        let namespace = namespace.into_namespace();
        self.handled = Some(format!("the namespace {:?}", namespace.name()));
        self.websockets.push(Waiting { namespace, place: Location::caller() });
        self
    }

    /// Adds the `GET` route whose websockets speak the neffos protocol, with the namespaces that were handled before, and those of
    /// `events`.
    ///
    /// `route` makes the route of the [`Hub`], and may keep the hub for tasks outside of requests. Everything in the application,
    /// parties too, can inject it: `Inject<Hub>`. An application has one websocket; another one wants a [party](Self::party) of
    /// its own.
    ///
    /// # Panics
    ///
    /// The operating system has no random numbers.
    #[track_caller]
    pub fn websocket<Kind, R: IntoChain<Kind>>(
        mut self,
        path: impl Into<String>,
        events: Events,
        route: impl FnOnce(&Hub) -> R,
    ) -> Self {
        let waiting = std::mem::take(&mut self.websockets);
        let events = waiting.into_iter().fold(events, |events, waiting| events.namespace(waiting.namespace));
        match events.try_build() {
            Ok(hub) => {
                let chain = route(&hub);
                self.router = self.router.register(Provider::value(hub)).get(path, chain);
            }
            Err(error) => {
                let mistakes = error.mistakes().iter();
                let mistakes = mistakes
                    .map(|mistake| Mistake::new(MistakeKind::Event, mistake.to_string(), mistake.place()));
                self.router.mistakes.extend(mistakes);
            }
        }
        self
    }
}

/// Tells of namespaces that no client can reach.
pub(super) fn check(waiting: Vec<Waiting>, router: &mut Router) {
    for Waiting { namespace, place } in waiting {
        let text = format!(
            "no websocket serves the namespace {:?}, handled at {place}; add `.websocket(\"/ws\", Events::new(), |hub| hub.route())` after it, or move yours there",
            namespace.name()
        );
        router.mistakes.push(Mistake::new(MistakeKind::Event, text, place));
    }
}
