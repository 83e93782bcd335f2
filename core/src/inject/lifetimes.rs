//! How long each registered dependency lives, before anything is built.

use std::collections::HashMap;
use std::fmt;
use std::panic::Location;

use super::builder::identity;
use super::provider::Identity;
use super::{ContainerBuilder, Lifetime};
use crate::contract::Dependency;

/// How long each dependency lives that a [`ContainerBuilder`] has; made by [`ContainerBuilder::lifetimes`].
///
/// For those who make something of dependencies, and have to know whether it may be kept.
#[derive(Default)]
pub struct Lifetimes {
    known: HashMap<Identity, (Lifetime, &'static Location<'static>)>,
}

impl Lifetimes {
    /// Returns how long a dependency lives and which line registered it; `None` when nobody did.
    #[must_use]
    pub fn of(&self, dependency: &Dependency) -> Option<(Lifetime, &'static Location<'static>)> {
        self.known.get(&identity(dependency)).copied()
    }
}

impl fmt::Debug for Lifetimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lifetimes").field("known", &self.known.len()).finish()
    }
}

impl ContainerBuilder {
    /// Returns how long each of the registered dependencies lives.
    #[must_use]
    pub fn lifetimes(&self) -> Lifetimes {
        let parent = self.parent.iter().flat_map(|parent| parent.nodes());
        // What is registered here stands before what the parent has, and the first of two is the one that counts.
        let nodes = parent.chain(self.own.iter().rev());
        Lifetimes { known: nodes.map(|node| (node.identity, (node.lifetime, node.place))).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Contract;
    use crate::inject::{Container, Key};

    #[derive(Debug)]
    struct Pool;

    fn lifetime(lifetimes: &Lifetimes, key: Key) -> Option<Lifetime> {
        let mut contract = Contract::default();
        contract.needs::<Pool>(key);
        lifetimes.of(&contract.dependencies()[0]).map(|(lifetime, _)| lifetime)
    }

    #[tokio::test]
    async fn a_registration_hides_the_one_of_the_parent() {
        let outer = Container::builder().provide(Pool).provide_keyed("a", Pool).build().await.unwrap();
        let inner = outer.child().per_request(async || Ok::<_, std::io::Error>(Pool));
        let lifetimes = inner.lifetimes();
        assert_eq!(lifetime(&lifetimes, Key::NONE), Some(Lifetime::Request));
        assert_eq!(lifetime(&lifetimes, Key::new("a")), Some(Lifetime::Singleton));
        assert_eq!(lifetime(&lifetimes, Key::new("b")), None);
    }
}
