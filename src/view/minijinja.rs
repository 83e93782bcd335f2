//! The stock engine.

use std::path::Path;
use std::{fmt, fs, io};

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use super::{ViewData, ViewEngine};
use crate::BoxError;

/// Templates in Jinja's language, rendered by `minijinja`.
///
/// Layouts are the language's own: `{% extends "base.html" %}`, `{% include %}`, `{% macro %}`. All templates are read and
/// compiled at once, so that one that cannot be is found at start-up. Values are escaped for HTML, but in templates whose name
/// ends in `.txt`; printing a value that is not there is an error. An `Environment` of one's own is taken over as it is, by
/// `From`.
pub struct MiniJinja {
    environment: Environment<'static>,
}

impl MiniJinja {
    /// Compiles the templates of a folder and the folders in it. Their names are their paths from there, with `/`:
    /// `orders/list.html`. Files whose names begin with a dot are left out.
    ///
    /// # Errors
    ///
    /// The folder or a file cannot be read, a file is not UTF-8, or a template has a mistake.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self, BoxError> {
        let mut templates = Vec::new();
        collect(folder.as_ref(), "", &mut templates)?;
        Self::from_texts(templates)
    }

    /// Compiles templates by their names, such as texts of `include_str!`.
    ///
    /// # Errors
    ///
    /// A template has a mistake.
    pub fn from_texts<N, T>(templates: impl IntoIterator<Item = (N, T)>) -> Result<Self, BoxError>
    where
        N: Into<String>,
        T: Into<String>,
    {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".txt") { AutoEscape::None } else { AutoEscape::Html }
        });
        for (name, text) in templates {
            environment.add_template_owned(name.into(), text.into())?;
        }
        Ok(Self { environment })
    }
}

impl ViewEngine for MiniJinja {
    fn render(&self, name: &str, data: ViewData<'_>) -> Result<String, BoxError> {
        let template = self.environment.get_template(name)?;
        let data = Value::from(Serde(data));
        Ok(template.render(data)?)
    }
}

impl From<Environment<'static>> for MiniJinja {
    fn from(environment: Environment<'static>) -> Self {
        Self { environment }
    }
}

impl fmt::Debug for MiniJinja {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MiniJinja")
    }
}

/// Reads the files of a folder, and of those in it.
fn collect(folder: &Path, prefix: &str, templates: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) =
            path.file_name().and_then(|name| name.to_str()).filter(|name| !name.starts_with('.'))
        else {
            continue;
        };
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), templates)?;
        } else {
            let text = fs::read_to_string(&path);
            templates.push((
                name,
                text.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?,
            ));
        }
    }
    Ok(())
}
