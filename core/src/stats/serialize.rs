//! The statistic as an object, for sinks that write JSON.

use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{DependencyStat, Escaped, HandlerStat, LayerStat, LogLine, RouteStat, StepStat, WebSocketStat};

/// Serialises as an object; durations are seconds, lists that are empty and values that are absent are left out.
impl Serialize for RouteStat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("RouteStat", 17)?;
        object.serialize_field("method", &Text(self.method.as_str()))?;
        object.serialize_field("uri", &Text(&self.uri))?;
        object.serialize_field("version", &format_args!("{:?}", self.version))?;
        object.serialize_field("matched_path", &Text(self.label()))?;
        object.serialize_field("code", &self.response_code.map(|code| code.as_u16()))?;
        object.serialize_field("outcome", self.outcome.as_str())?;
        object.serialize_field("total_seconds", &Seconds(self.total_duration()))?;
        optional(&mut object, "first_byte_seconds", self.time_to_first_byte().map(Seconds).as_ref())?;
        object.serialize_field("request_bytes", &self.request_size)?;
        object.serialize_field("response_bytes", &self.response_size)?;
        list(&mut object, "handlers", &self.handlers)?;
        list(&mut object, "layers", &self.layers)?;
        list(&mut object, "dependencies", &self.dependencies)?;
        list(&mut object, "binding_steps", &self.steps)?;
        optional(&mut object, "error", self.error.as_deref().map(Text).as_ref())?;
        optional(&mut object, "websocket", self.websocket())?;
        if self.logs.is_empty() {
            object.skip_field("logs")?;
        } else {
            object.serialize_field("logs", &Lines(self))?;
        }
        object.end()
    }
}

impl Serialize for WebSocketStat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("WebSocketStat", 7)?;
        object.serialize_field("frames_in", &self.frames_in())?;
        object.serialize_field("frames_out", &self.frames_out())?;
        object.serialize_field("messages_in", &self.messages_in())?;
        object.serialize_field("messages_out", &self.messages_out())?;
        object.serialize_field("bytes_in", &self.bytes_in())?;
        object.serialize_field("bytes_out", &self.bytes_out())?;
        optional(&mut object, "close_code", self.close_code().as_ref())?;
        object.end()
    }
}

impl Serialize for HandlerStat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("HandlerStat", 5)?;
        object.serialize_field("name", &Text(self.name()))?;
        object.serialize_field("seconds", &Seconds(self.duration()))?;
        object.serialize_field("ran", &self.ran())?;
        object.serialize_field("stopped", &self.stopped())?;
        optional(&mut object, "error", self.error().map(Text).as_ref())?;
        object.end()
    }
}

impl Serialize for LayerStat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("LayerStat", 2)?;
        object.serialize_field("name", &Text(self.name()))?;
        object.serialize_field("seconds", &Seconds(self.duration()))?;
        object.end()
    }
}

impl Serialize for DependencyStat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("DependencyStat", 3)?;
        object.serialize_field("type", &Text(self.type_name()))?;
        optional(&mut object, "key", self.key().name().map(Text).as_ref())?;
        object.serialize_field("seconds", &Seconds(self.duration()))?;
        object.end()
    }
}

impl Serialize for StepStat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("StepStat", 2)?;
        object.serialize_field("type", &Text(self.type_name()))?;
        object.serialize_field("seconds", &Seconds(self.duration()))?;
        object.end()
    }
}

impl Serialize for LogLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("LogLine", 3)?;
        object.serialize_field("level", self.level().as_str())?;
        object.serialize_field("after_seconds", &Seconds(self.after()))?;
        object.serialize_field("text", &Text(self.text()))?;
        object.end()
    }
}

struct Lines<'a>(&'a RouteStat);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.logs.iter())
    }
}

struct Text<'a>(&'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Escaped(self.0))
    }
}

struct Seconds(Duration);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_secs_f64())
    }
}

fn optional<O: SerializeStruct, T: Serialize>(
    object: &mut O,
    name: &'static str,
    value: Option<&T>,
) -> Result<(), O::Error> {
    match value {
        Some(value) => object.serialize_field(name, value),
        None => object.skip_field(name),
    }
}

fn list<O: SerializeStruct, T: Serialize>(
    object: &mut O,
    name: &'static str,
    entries: &[T],
) -> Result<(), O::Error> {
    if entries.is_empty() { object.skip_field(name) } else { object.serialize_field(name, entries) }
}
