//! The parameters of a written pattern, as far as the compiler has to know them.

/// Returns the names of the parameters of a pattern: of `{id}`, `{*rest}`, `:id` and `*rest`, also with text around braces.
///
/// What is wrong with a pattern is told when the engine is built.
pub(super) fn parameters(pattern: &str) -> Vec<&str> {
    pattern.split('/').filter_map(parameter).collect()
}

fn parameter(segment: &str) -> Option<&str> {
    if let Some(name) = segment.strip_prefix([':', '*']) {
        return Some(name);
    }
    let mut rest = segment;
    loop {
        let open = rest.find('{')?;
        rest = rest.get(open + 1..)?;
        match rest.strip_prefix('{') {
            // Two braces are one as text.
            Some(text) => rest = text,
            None => {
                let close = rest.find('}')?;
                return rest.get(..close).map(|name| name.strip_prefix('*').unwrap_or(name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn all_spellings_of_parameters_are_found() {
        assert_eq!(parameters("/users/{id}/files/{*rest}"), ["id", "rest"]);
        assert_eq!(parameters("users/:id/*rest"), ["id", "rest"]);
        assert_eq!(parameters("/img-{id}.png"), ["id"]);
        assert_eq!(parameters("/{{id}}/a"), [""; 0]);
        assert_eq!(parameters("/"), [""; 0]);
    }
}
