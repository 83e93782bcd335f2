//! Routes: patterns, methods, groups, and the table that finds them.
