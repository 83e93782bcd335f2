//! A server for any tower service: HTTP/1.1 and HTTP/2, with every deadline and limit set.
