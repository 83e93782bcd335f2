//! Hooks of namespaces and rooms: how they are asked, and told.

use super::handler::Hook;
use super::instances::Instances;
use crate::neffos::running::run;
use crate::neffos::{AskError, Conn, EventContext, Message, NsConn};

impl Conn {
    /// Returns the controllers of a namespace.
    fn instances(&self, index: usize) -> Instances {
        self.state().space(index).map(|space| space.instances.clone()).unwrap_or_default()
    }

    /// Makes the controllers of a namespace, and asks the hook whether the client may connect.
    pub(super) async fn admit(&self, space: &NsConn, message: &Message) -> Result<Instances, AskError> {
        let described = self.hub().namespace_at(space.index());
        let mut instances = Vec::new();
        for maker in described.makers() {
            let cx = EventContext::of(space.clone(), message.clone(), Instances::default());
            let made = run(|| maker(cx), self.hub().settings().handler_timeout).await;
            instances.push(made.map_err(|error| self.told(space, message, error))?);
        }
        let instances = Instances::new(instances);
        let hook = described.hooks.connect.as_ref();
        self.decide_with(hook, space, message.clone(), instances.clone()).await?;
        Ok(instances)
    }

    /// Asks a hook whether something may be done in a namespace that is connected.
    pub(super) async fn decide(
        &self,
        hook: Option<&Hook>,
        space: &NsConn,
        message: Message,
    ) -> Result<(), AskError> {
        if hook.is_none() {
            return Ok(());
        }
        self.decide_with(hook, space, message, self.instances(space.index())).await
    }

    async fn decide_with(
        &self,
        hook: Option<&Hook>,
        space: &NsConn,
        message: Message,
        instances: Instances,
    ) -> Result<(), AskError> {
        let Some(hook) = hook else { return Ok(()) };
        let cx = EventContext::of(space.clone(), message.clone(), instances);
        let running = run(|| hook(cx), self.hub().settings().handler_timeout);
        let decided = IN_HOOK.scope((), running).await;
        decided.map(drop).map_err(|error| self.told(space, &message, error))
    }

    /// Tells a hook that something was done; what it fails with is logged.
    pub(super) async fn tell(&self, hook: Option<&Hook>, space: &NsConn, message: Message) {
        if hook.is_some() {
            self.tell_with(hook, space, message, self.instances(space.index())).await;
        }
    }

    /// Tells the same, when the connection is no more, or not yet, where these controllers are.
    pub(super) async fn tell_with(
        &self,
        hook: Option<&Hook>,
        space: &NsConn,
        message: Message,
        instances: Instances,
    ) {
        if let Err(refusal) = self.decide_with(hook, space, message.clone(), instances).await {
            self.in_vain(message.event(), &refusal);
        }
    }
}

/// Returns whether the caller is a hook of a namespace or room, of whatever connection.
pub(super) fn is_in_hook() -> bool {
    IN_HOOK.try_with(|()| ()).is_ok()
}

tokio::task_local! {
    /// Set while a hook of a namespace or room runs.
    static IN_HOOK: ();
}
