//! Controllers and the applications that they stand in.

mod controllers;
