//! A client for tests: requests to a service without sockets.
