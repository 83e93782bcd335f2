//! The way back: from a pattern and parameters to a path.

use std::fmt;

use super::escapes::push_text;
use super::pattern::{Pattern, Segment};

impl Pattern {
    /// Makes the path that this pattern matches with these values, given in any order and not yet encoded.
    ///
    /// Values are percent-encoded: a slash in the value of `{name}` becomes `%2F`, in the value of `{*name}` it stays.
    ///
    /// # Errors
    ///
    /// [`UrlError`] when a parameter is missing, unknown, given twice or empty (a catch-all may be empty), or when its value
    /// would not come back as it is.
    pub(crate) fn path_for(&self, parameters: &[(&str, &str)]) -> Result<String, UrlError> {
        self.check_given(parameters)?;
        let mut names = self.names().iter();
        let mut path = String::with_capacity(self.as_str().len() + 16);
        for segment in self.segments() {
            path.push('/');
            let start = path.len();
            match segment {
                Segment::CatchAll => {
                    let name = names.next().map_or("", |name| &**name);
                    push_rest(&mut path, name, value_of(name, parameters)?)?;
                }
                Segment::Parameter { prefix, suffix } => {
                    let name = names.next().map_or("", |name| &**name);
                    let value = value_of(name, parameters)?;
                    if value.is_empty() {
                        return Err(UrlError::Empty { name: name.to_owned() });
                    }
                    path.push_str(prefix);
                    push_text(&mut path, value);
                    path.push_str(suffix);
                    refuse_dots(path.get(start..).unwrap_or_default(), name)?;
                }
                Segment::Static(text) => path.push_str(text),
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(path)
    }

    fn check_given(&self, parameters: &[(&str, &str)]) -> Result<(), UrlError> {
        for (index, (given, _)) in parameters.iter().enumerate() {
            if !self.names().iter().any(|name| **name == **given) {
                let known = self.names().iter().map(|name| (**name).to_owned()).collect();
                return Err(UrlError::Unknown { name: (*given).to_owned(), known });
            }
            if parameters.iter().take(index).any(|(earlier, _)| earlier == given) {
                return Err(UrlError::Repeated { name: (*given).to_owned() });
            }
        }
        Ok(())
    }
}

/// Why a path cannot be made from a pattern and parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// A value is, or has as a segment, `.` or `..`, which clients resolve before they send a request.
    #[non_exhaustive]
    DotSegment {
        /// The parameter.
        name: String,
    },
    /// A value is empty, or the one of a catch-all begins with a slash: no request would match it.
    #[non_exhaustive]
    Empty {
        /// The parameter.
        name: String,
    },
    /// A parameter of the pattern was not given.
    #[non_exhaustive]
    Missing {
        /// The parameter.
        name: String,
    },
    /// No route has the name that was asked for.
    #[non_exhaustive]
    NoRoute {
        /// The name.
        name: String,
    },
    /// A parameter was given twice.
    #[non_exhaustive]
    Repeated {
        /// The parameter.
        name: String,
    },
    /// The pattern has no parameter of that name.
    #[non_exhaustive]
    Unknown {
        /// The name that was given.
        name: String,
        /// The names that the pattern has.
        known: Vec<String>,
    },
}

impl UrlError {
    pub(crate) fn no_route(name: &str) -> Self {
        Self::NoRoute { name: name.to_owned() }
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DotSegment { name } => {
                write!(f, "the value of `{name}` has a segment `.` or `..`, which clients resolve")
            }
            Self::Empty { name } => write!(f, "the value of `{name}` begins with an empty segment"),
            Self::Missing { name } => write!(f, "parameter `{name}` is missing"),
            Self::NoRoute { name } => write!(f, "no route is named `{name}`"),
            Self::Repeated { name } => write!(f, "parameter `{name}` is given twice"),
            Self::Unknown { name, known } if known.is_empty() => {
                write!(f, "there is no parameter `{name}`, the route has none")
            }
            Self::Unknown { name, known } => {
                write!(f, "there is no parameter `{name}`, the route has `{}`", known.join("`, `"))
            }
        }
    }
}

impl std::error::Error for UrlError {}

fn value_of<'v>(name: &str, parameters: &[(&str, &'v str)]) -> Result<&'v str, UrlError> {
    let given = parameters.iter().find(|(given, _)| *given == name);
    given.map(|(_, value)| *value).ok_or_else(|| UrlError::Missing { name: name.to_owned() })
}

fn push_rest(path: &mut String, name: &str, value: &str) -> Result<(), UrlError> {
    if value.starts_with('/') {
        return Err(UrlError::Empty { name: name.to_owned() });
    }
    for (index, part) in value.split('/').enumerate() {
        refuse_dots(part, name)?;
        if index > 0 {
            path.push('/');
        }
        push_text(path, part);
    }
    Ok(())
}

fn refuse_dots(segment: &str, name: &str) -> Result<(), UrlError> {
    if matches!(segment, "." | "..") {
        return Err(UrlError::DotSegment { name: name.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(pattern: &str, parameters: &[(&str, &str)]) -> Result<String, UrlError> {
        Pattern::parse(pattern).unwrap().path_for(parameters)
    }

    #[test]
    fn values_are_encoded_where_they_have_to_be() {
        for (pattern, parameters, expected) in [
            ("/", &[][..], "/"),
            ("/out/string", &[], "/out/string"),
            ("/users/{id}", &[("id", "7")], "/users/7"),
            ("/{a}/x/{b}", &[("b", "2"), ("a", "1")], "/1/x/2"),
            ("/users/{id}", &[("id", "a/b c%\u{e9}?#+")], "/users/a%2Fb%20c%25%C3%A9%3F%23+"),
            ("/files/{*rest}", &[("rest", "a/b c/d%2F")], "/files/a/b%20c/d%252F"),
            ("/files/{*rest}", &[("rest", "")], "/files/"),
            ("/img-{id}.png", &[("id", "..")], "/img-...png"),
            ("/caf\u{e9}/{{x}}", &[], "/caf%C3%A9/%7Bx%7D"),
        ] {
            assert_eq!(path(pattern, parameters).unwrap(), expected);
        }
    }

    #[test]
    fn a_wrong_set_of_parameters_is_refused_with_its_name() {
        for (pattern, parameters, expected) in [
            ("/users/{id}", &[][..], "parameter `id` is missing"),
            ("/users/{id}", &[("id", "")], "the value of `id` begins with an empty segment"),
            ("/users/{id}", &[("Id", "7")], "there is no parameter `Id`, the route has `id`"),
            ("/users", &[("id", "7")], "there is no parameter `id`, the route has none"),
            ("/{id}", &[("id", "7"), ("id", "8")], "parameter `id` is given twice"),
            ("/{id}", &[("id", "..")], "the value of `id` has a segment `.` or `..`, which clients resolve"),
            (
                "/{*rest}",
                &[("rest", "a/../b")],
                "the value of `rest` has a segment `.` or `..`, which clients resolve",
            ),
            ("/{*rest}", &[("rest", "/evil.example")], "the value of `rest` begins with an empty segment"),
        ] {
            assert_eq!(path(pattern, parameters).unwrap_err().to_string(), expected);
        }
    }
}
