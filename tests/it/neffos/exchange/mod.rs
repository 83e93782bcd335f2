//! Several servers as one.

mod in_process;

use super::*;
