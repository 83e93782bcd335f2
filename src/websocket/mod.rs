//! Websocket handlers: bound, validated and injected before the upgrade.
