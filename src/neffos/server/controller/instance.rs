//! Instances of controllers, one for each connection in a namespace.

use std::sync::Arc;

use super::{EventContext, NsConn};
use crate::mvc::Source;
use crate::neffos::server::instances::{Instance, Maker};
use crate::{AnyBody, BodySlot, Error, FromRequest, RequestContext};

/// Makes instances of what is read from the request that opened a connection; the type of where they come from is forgotten.
pub(super) fn make<C, S>(source: S) -> Maker
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
                parts.extensions.insert::<NsConn>(space.clone());
            }
            let mut body = BodySlot::<AnyBody>::taken();
            let mut request = RequestContext::with_state(&mut parts, &mut body, &opening.state);
            let fields = S::Fields::from_request(&mut request).await?;
            Ok(Arc::new(source.assemble(fields)) as Instance)
        })
    })
}

/// Returns the instance for what happens in a namespace.
pub(super) fn find<C: Send + Sync + 'static>(cx: &EventContext) -> Result<Arc<C>, Error> {
    cx.instances().get().ok_or_else(|| Error::app("the controller of this namespace is gone"))
}
