//! Callbacks that write statistics as lines.

use std::fmt;
use std::io::{self, Stdout, Write};
use std::sync::{Mutex, PoisonError};

use gongular_core::stats::RouteStat;

use super::RouteCallback;

/// Prints a line for people for every request, to standard output unless told otherwise.
///
/// A line that cannot be written is lost. Writing blocks the thread: for busy servers give it a writer that does not.
///
/// # Example
///
/// ```
/// use gongular_core::stats::RouteStat;
/// use gongular_layers::stats::{DefaultRouteCallback, RouteCallback};
///
/// let printer = DefaultRouteCallback::to(Vec::new());
/// printer.on_route(&RouteStat::default());
/// assert_eq!(printer.into_inner(), b"GET  - 0.0ns in=0 out=0 complete\n");
/// ```
pub struct DefaultRouteCallback<W = Stdout> {
    lines: Lines<W>,
}

impl<W> DefaultRouteCallback<W> {
    /// Prints to `writer`.
    pub const fn to(writer: W) -> Self {
        Self { lines: Lines::new(writer) }
    }

    /// Returns the writer.
    pub fn into_inner(self) -> W {
        self.lines.into_writer()
    }
}

impl Default for DefaultRouteCallback {
    fn default() -> Self {
        Self::to(io::stdout())
    }
}

impl<W: Write + Send + 'static> RouteCallback for DefaultRouteCallback<W> {
    fn on_route(&self, stat: &RouteStat) {
        self.lines.write(|line| write!(line, "{stat}"));
    }
}

impl<W> fmt::Debug for DefaultRouteCallback<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DefaultRouteCallback")
    }
}

/// Writes one JSON object on a line of its own for every request.
///
/// A line that cannot be written is lost. Writing blocks the thread: for busy servers give it a writer that does not.
///
/// # Example
///
/// ```
/// use gongular_core::stats::RouteStat;
/// use gongular_layers::stats::{JsonLines, RouteCallback};
///
/// let sink = JsonLines::new(Vec::new());
/// sink.on_route(&RouteStat::default());
/// let line = String::from_utf8(sink.into_inner()).unwrap();
/// assert!(line.starts_with(r#"{"method":"GET","uri":"","#) && line.ends_with("}\n"));
/// ```
pub struct JsonLines<W> {
    lines: Lines<W>,
}

impl<W> JsonLines<W> {
    /// Writes to `writer`.
    pub const fn new(writer: W) -> Self {
        Self { lines: Lines::new(writer) }
    }

    /// Returns the writer.
    pub fn into_inner(self) -> W {
        self.lines.into_writer()
    }
}

impl<W: Write + Send + 'static> RouteCallback for JsonLines<W> {
    fn on_route(&self, stat: &RouteStat) {
        self.lines.write(|line| serde_json::to_writer(line, stat).map_err(io::Error::from));
    }
}

impl<W> fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonLines")
    }
}

/// A writer of whole lines.
struct Lines<W>(Mutex<Target<W>>);

struct Target<W> {
    writer: W,
    line: Vec<u8>,
}

impl<W> Lines<W> {
    const fn new(writer: W) -> Self {
        Self(Mutex::new(Target { writer, line: Vec::new() }))
    }

    fn into_writer(self) -> W {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).writer
    }
}

impl<W: Write> Lines<W> {
    /// Writes one line in a single call, so that lines of several processes do not mix.
    fn write(&self, compose: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) {
        let mut target = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Target { writer, line } = &mut *target;
        line.clear();
        if compose(line).is_ok() {
            line.push(b'\n');
            // There is nobody to tell: this is where failures are reported.
            let _ = writer.write_all(line).and_then(|()| writer.flush());
        }
    }
}
