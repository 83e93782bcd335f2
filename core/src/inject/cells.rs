//! The cells of a scope, each made when it is used first.

use std::sync::OnceLock;

use super::Container;
use super::cell::AnyCell;

/// The cells of a scope: what no request has asked for costs nothing, neither time nor memory.
///
/// They outlive a request, so that the next one in the same scope finds them with their allocations.
#[derive(Default)]
pub(super) struct Cells {
    /// Empty until the first per-request value is asked for.
    cells: OnceLock<Box<[OnceCell]>>,
}

type OnceCell = OnceLock<Box<dyn AnyCell>>;

impl Cells {
    /// Returns a cell that was used before, in this request or an earlier one.
    #[inline]
    pub(super) fn used(&self, index: u32) -> Option<&dyn AnyCell> {
        self.cells.get()?.get(index as usize)?.get().map(|cell| &**cell)
    }

    pub(super) fn used_mut(&mut self, index: u32) -> Option<&mut dyn AnyCell> {
        self.cells.get_mut()?.get_mut(index as usize)?.get_mut().map(|cell| &mut **cell)
    }

    /// Returns a cell, made now if nobody used it before; `None` when the container has none of this index.
    #[inline]
    pub(super) fn cell(&self, index: u32, container: &Container) -> Option<&dyn AnyCell> {
        self.used(index).or_else(|| self.make(index, container))
    }

    #[cold]
    fn make(&self, index: u32, container: &Container) -> Option<&dyn AnyCell> {
        let makers = container.cell_makers();
        let index = index as usize;
        let maker = makers.get(index)?;
        let cells = self.cells.get_or_init(|| makers.iter().map(|_| OnceCell::new()).collect());
        // No foreign code runs while another thread waits for the cell.
        Some(&**cells.get(index)?.get_or_init(|| maker.cell()))
    }

    /// Returns how many cells were made.
    #[cfg(test)]
    pub(super) fn made(&self) -> usize {
        self.cells.get().map_or(0, |cells| cells.iter().filter(|cell| cell.get().is_some()).count())
    }
}
