//! The way from the whole input to a value, kept on the stack.

use std::fmt::Write;

/// A step of the way, linked to those before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'p> {
    parent: Option<&'p Self>,
    step: Link<'p>,
    depth: usize,
}

#[derive(Clone, Copy, Debug)]
enum Link<'p> {
    Root,
    Field(&'p str),
    Index(usize),
    /// Any element of a list, in a contract.
    Element,
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Path<'static> = Path { parent: None, step: Link::Root, depth: 0 };

    pub(super) const fn field<'c>(&'c self, name: &'c str) -> Path<'c>
    where
        'p: 'c,
    {
        Path { parent: Some(self), step: Link::Field(name), depth: self.depth + 1 }
    }

    pub(super) const fn index<'c>(&'c self, index: usize) -> Path<'c>
    where
        'p: 'c,
    {
        Path { parent: Some(self), step: Link::Index(index), depth: self.depth + 1 }
    }

    pub(super) const fn element<'c>(&'c self) -> Path<'c>
    where
        'p: 'c,
    {
        Path { parent: Some(self), step: Link::Element, depth: self.depth + 1 }
    }

    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// Writes the path as `items[1].qty`.
    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text);
        text
    }

    fn write_to(&self, text: &mut String) {
        if let Some(parent) = self.parent {
            parent.write_to(text);
        }
        match self.step {
            Link::Root => {}
            Link::Field(name) => push_field(text, name),
            Link::Index(index) => push_index(text, index),
            Link::Element => text.push_str("[]"),
        }
    }
}

/// Adds a field to a written path. Keys of a map are the client's, so they are cut.
pub(super) fn push_field(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(&gongular_core::reflect(name));
}

/// Adds an index to a written path.
pub(super) fn push_index(path: &mut String, index: usize) {
    let _ = write!(path, "[{index}]");
}
