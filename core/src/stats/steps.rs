//! The times of single extractors, when a statistics layer asks for them.

use std::time::Instant;

use super::Recorder;
use crate::request::{RequestContext, RequestState};

/// Times the extractors of one handler; without a layer that asks for it, it reads no clock.
#[derive(Debug)]
pub struct Steps {
    recorder: Option<Recorder>,
}

impl Steps {
    /// Looks for a recorder that asks for the times.
    #[must_use]
    pub fn of<B>(cx: &RequestContext<'_, B>) -> Self {
        let recorder = cx.state().and_then(RequestState::recorder);
        Self { recorder: recorder.filter(|recorder| recorder.detail().binding_steps()).cloned() }
    }

    /// Begins a step.
    #[must_use]
    pub fn begin(&self) -> Option<Instant> {
        self.recorder.as_ref().map(|_| Instant::now())
    }

    /// Ends a step and tells the recorder.
    pub fn end(&self, begun: Option<Instant>, type_name: &'static str) {
        if let (Some(recorder), Some(begun)) = (&self.recorder, begun) {
            recorder.step(type_name, begun.elapsed());
        }
    }
}
