//! The times of single extractors, when a statistics layer asks for them.

use std::time::Instant;

use super::Recorder;
use crate::request::{RequestContext, RequestState};

/// Who looks at the clock around an extractor.
///
/// Two types instead of an option: what nobody times has no room in the future of a handler for when it began.
pub(crate) trait Clock: Send + Sync {
    /// When a step began.
    type Begun: Send;

    /// Begins a step.
    fn begin(&self) -> Self::Begun;

    /// Ends a step.
    fn end(&self, begun: Self::Begun, type_name: &'static str);
}

/// Nobody asks for the times.
impl Clock for () {
    type Begun = ();

    #[inline]
    fn begin(&self) {}

    #[inline]
    fn end(&self, (): (), _: &'static str) {}
}

/// Times the extractors of one handler.
#[derive(Debug)]
pub(crate) struct Steps {
    recorder: Recorder,
}

impl Steps {
    /// Looks for a recorder that asks for the times.
    #[inline]
    pub(crate) fn of<B>(cx: &RequestContext<'_, B>) -> Option<Self> {
        let recorder = cx.state().and_then(RequestState::recorder)?;
        recorder.detail().binding_steps().then(|| Self { recorder: recorder.clone() })
    }
}

impl Clock for Steps {
    type Begun = Instant;

    fn begin(&self) -> Instant {
        Instant::now()
    }

    fn end(&self, begun: Instant, type_name: &'static str) {
        self.recorder.step(type_name, begun.elapsed());
    }
}
