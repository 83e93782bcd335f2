//! What renders templates.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::BoxError;

/// Something that renders templates by their names, found in the container as a `dyn ViewEngine`.
///
/// It is a value or a singleton there, since a view does not wait for it.
///
/// # Example
///
/// ```
/// use gongular::BoxError;
/// use gongular::view::{ViewData, ViewEngine};
///
/// /// Shows what there is, as JSON.
/// struct Debugging;
///
/// impl ViewEngine for Debugging {
///     fn render(&self, name: &str, data: ViewData<'_>) -> Result<String, BoxError> {
///         Ok(format!("{name}: {}", serde_json::to_string(&data)?))
///     }
/// }
///
/// assert_eq!(Debugging.render("list", ViewData::new(&[1, 2])).unwrap(), "list: [1,2]");
/// ```
pub trait ViewEngine: Send + Sync + 'static {
    /// Renders a template.
    ///
    /// Texts of `data` are escaped by whatever the template is a template of.
    ///
    /// # Errors
    ///
    /// There is no such template, or it cannot be rendered. The client gets a `500`, and the text goes to the log only.
    fn render(&self, name: &str, data: ViewData<'_>) -> Result<String, BoxError>;
}

/// What goes into a template: any value that is `Serialize`.
#[derive(Clone, Copy)]
pub struct ViewData<'v>(&'v dyn erased_serde::Serialize);

impl<'v> ViewData<'v> {
    /// Lends a value.
    pub fn new<T: Serialize>(value: &'v T) -> Self {
        Self(value)
    }

    pub(super) fn of_any(value: &'v dyn erased_serde::Serialize) -> Self {
        Self(value)
    }
}

impl Serialize for ViewData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        erased_serde::serialize(self.0, serializer)
    }
}

impl fmt::Debug for ViewData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ViewData")
    }
}
