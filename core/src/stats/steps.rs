//! The times of single extractors, when a statistics layer asks for them.

use std::time::Instant;

use super::Recorder;
use crate::request::{RequestContext, RequestState};

/// Times the extractors of one handler, one after the other.
///
/// In a box, so that what nobody times has little room in the future of a handler.
#[derive(Debug)]
pub(crate) struct Steps {
    recorder: Recorder,
    /// When the step began that goes on.
    begun: Instant,
}

impl Steps {
    /// Looks for a recorder that asks for the times.
    #[inline]
    fn wanted<'c, B>(cx: &'c RequestContext<'_, B>) -> Option<&'c Recorder> {
        let recorder = cx.state().and_then(RequestState::recorder)?;
        recorder.detail().binding_steps().then_some(recorder)
    }

    /// Returns whether somebody asks for the times.
    #[inline]
    pub(crate) fn are_wanted<B>(cx: &RequestContext<'_, B>) -> bool {
        Self::wanted(cx).is_some()
    }

    /// Times what is read from now on, if somebody asks for it.
    #[inline]
    pub(crate) fn of<B>(cx: &RequestContext<'_, B>) -> Option<Box<Self>> {
        Self::wanted(cx).map(|recorder| Box::new(Self { recorder: recorder.clone(), begun: Instant::now() }))
    }

    /// Begins a step.
    pub(crate) fn begin(&mut self) {
        self.begun = Instant::now();
    }

    /// Ends the step that was begun last.
    pub(crate) fn end(&self, type_name: &'static str) {
        self.recorder.step(type_name, self.begun.elapsed());
    }
}
