//! Paths that no route has, below that of a group that wants to know of them.

use std::sync::Arc;

use gongular_core::{PathParams, RoutePattern};

use super::future::Way;
use super::service::Inner;
use crate::chain::{Arrival, Door, Steps};
use crate::router::{Pattern, Ranges};

/// What answers paths below that of a group, when no route does.
pub(super) struct Below {
    pub(super) pattern: Pattern,
    /// The names of its parameters.
    pub(super) names: RoutePattern,
    pub(super) steps: Arc<Steps>,
}

impl Below {
    /// Returns where the values of the parameters stand in a path that is the group's, or below it.
    fn take(&self, path: &str) -> Option<Ranges> {
        if &**self.pattern.as_str() == "/" {
            return self.pattern.matches("/", str::eq);
        }
        let mut slashes = path.match_indices('/').map(|(at, _)| at);
        let end = slashes.nth(self.pattern.segments().len()).unwrap_or(path.len());
        self.pattern.matches(path.get(..end)?, str::eq)
    }
}

impl Inner {
    /// Lets the innermost group answer that a path is below of, if one wants to.
    pub(super) fn ask_below(&self, door: &mut Door) -> Option<Way> {
        let Arrival { parts, state, .. } = door.arrival();
        let path = parts.uri.path();
        let (below, values) = self.below.iter().find_map(|below| Some((below, below.take(path)?)))?;
        // No route is set: statistics know the path by none.
        state.set_params(PathParams::new(below.names.clone(), values.values(path)));
        self.scopes.enter_bare(state);
        Some(Way::begin(&below.steps, door))
    }
}
