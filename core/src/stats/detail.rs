//! How much a statistic holds.

/// What a statistics layer wants to know, besides what it sees itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    handlers: bool,
    dependencies: bool,
    binding_steps: bool,
}

impl Detail {
    /// Returns whether handlers are timed. Defaults to `true`.
    #[must_use]
    pub const fn handlers(self) -> bool {
        self.handlers
    }

    /// Sets whether handlers are timed.
    #[must_use]
    pub const fn with_handlers(mut self, on: bool) -> Self {
        self.handlers = on;
        self
    }

    /// Returns whether factories of dependencies are timed. Defaults to `true`.
    #[must_use]
    pub const fn dependencies(self) -> bool {
        self.dependencies
    }

    /// Sets whether factories of dependencies are timed.
    #[must_use]
    pub const fn with_dependencies(mut self, on: bool) -> Self {
        self.dependencies = on;
        self
    }

    /// Returns whether each extractor is timed. Defaults to `false`, since it reads the clock twice for each.
    #[must_use]
    pub const fn binding_steps(self) -> bool {
        self.binding_steps
    }

    /// Sets whether each extractor is timed.
    #[must_use]
    pub const fn with_binding_steps(mut self, on: bool) -> Self {
        self.binding_steps = on;
        self
    }
}

impl Default for Detail {
    fn default() -> Self {
        Self { handlers: true, dependencies: true, binding_steps: false }
    }
}
