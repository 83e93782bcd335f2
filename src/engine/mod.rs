//! The whole application assembled: providers, routes, errors and statistics in one tower service.
