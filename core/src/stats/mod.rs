//! What one request did and cost: the recorder that everybody inside writes to, and the statistic that comes of it.
//!
//! A statistics layer [starts](Recorder::start) a [`Recorder`], which stands in the request's
//! [state](crate::RequestState::recorder), and [finishes](Recorder::finish) it at the end of the answer. Whoever runs
//! inside finds it there and adds what it knows. Without such a layer nothing is recorded, no clock is read and no text
//! is made.

mod detail;
mod ending;
mod entry;
mod escape;
mod hold;
mod log;
mod outcome;
mod pool;
mod recorder;
mod running;
mod serialize;
mod server_timing;
mod stat;
mod steps;
mod websocket;

pub use self::detail::Detail;
pub use self::ending::Ending;
pub use self::entry::{DependencyStat, HandlerStat, LayerStat, StepStat};
pub use self::escape::Escaped;
pub use self::hold::Hold;
pub use self::log::{Level, LogLine, Logger, Logs};
pub use self::outcome::Outcome;
pub use self::recorder::{Recorder, report_route};
pub use self::running::Running;
pub use self::stat::RouteStat;
pub(crate) use self::steps::Steps;
pub use self::websocket::WebSocketStat;

#[cfg(test)]
mod tests;
