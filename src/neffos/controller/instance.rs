//! Instances of controllers, one for each connection in a namespace.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{EventContext, NsConn};
use crate::mvc::Source;
use crate::neffos::AskError;
use crate::neffos::place::Phase;
use crate::{AnyBody, BodySlot, Error, FromRequest, RequestContext};

/// The instances of a connection, by the index of their namespace.
///
/// An instance may hold the connection, which holds it: so it has to be [taken out](Self::take) when the namespace is left.
#[derive(Default)]
pub(in crate::neffos) struct Instances {
    all: Vec<(usize, Arc<dyn Any + Send + Sync>)>,
}

impl Instances {
    fn get<C: Send + Sync + 'static>(&self, namespace: usize) -> Option<Arc<C>> {
        let (_, instance) = self.all.iter().find(|(index, _)| *index == namespace)?;
        Arc::clone(instance).downcast().ok()
    }

    fn insert<C: Send + Sync + 'static>(
        &mut self,
        namespace: usize,
        instance: Arc<C>,
    ) -> Option<Arc<dyn Any + Send + Sync>> {
        let before = self.take(namespace);
        self.all.push((namespace, instance));
        before
    }

    /// Takes an instance out, to be dropped where nothing is locked: it may look at the connection.
    pub(in crate::neffos) fn take(&mut self, namespace: usize) -> Option<Arc<dyn Any + Send + Sync>> {
        let at = self.all.iter().position(|(index, _)| *index == namespace)?;
        Some(self.all.swap_remove(at).1)
    }
}

/// Makes instances of a controller; the type of where they come from is forgotten.
pub(super) type Make<C> = Arc<dyn Fn(EventContext) -> Making<C> + Send + Sync>;

pub(super) type Making<C> = Pin<Box<dyn Future<Output = Result<C, Error>> + Send>>;

/// Makes instances of what is read from the request that opened a connection.
pub(super) fn make<C, S>(source: S) -> Make<C>
where
    C: Send + Sync + 'static,
    S: Source<C>,
{
    let source = Arc::new(source);
    Arc::new(move |cx| {
        let source = Arc::clone(&source);
        Box::pin(async move {
            let opening = cx.conn().opening();
            let mut parts = opening.parts.clone();
            if let Some(space) = cx.namespace() {
                parts.extensions.insert(space.clone());
            }
            let mut body = BodySlot::<AnyBody>::taken();
            let mut request = RequestContext::with_state(&mut parts, &mut body, &opening.state);
            let fields = S::Fields::from_request(&mut request).await?;
            Ok(source.assemble(fields))
        })
    })
}

/// Returns the instance for what happens, which is there as long as the namespace is connected.
pub(super) fn find<C: Send + Sync + 'static>(cx: &EventContext) -> Result<Arc<C>, Error> {
    let space = space(cx)?;
    let instance = cx.conn().state().instances.get(space.index());
    instance.ok_or_else(|| Error::app("the controller of this namespace is gone"))
}

/// Keeps an instance until the namespace is left.
pub(super) fn keep<C: Send + Sync + 'static>(cx: &EventContext, instance: &Arc<C>) -> Result<(), Error> {
    let index = space(cx)?.index();
    let before = {
        let mut state = cx.conn().state();
        // Nobody would take it out again, and it may hold the connection.
        if state.phase == Phase::Gone {
            return Err(AskError::closed().into());
        }
        state.instances.insert(index, Arc::clone(instance))
    };
    drop(before);
    Ok(())
}

fn space(cx: &EventContext) -> Result<&NsConn, Error> {
    cx.namespace().ok_or_else(|| Error::app("a controller is of a namespace"))
}
