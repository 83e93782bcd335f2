//! What is said on the command line.

use std::path::PathBuf;

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) address: Option<String>,
    /// Ends when its standard input does, so that a server never outlives who started it.
    pub(crate) ends_with_input: bool,
    pub(crate) neffos_js: PathBuf,
    pub(crate) redis: Option<String>,
    pub(crate) two: bool,
}

impl Arguments {
    pub(crate) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            address: None,
            ends_with_input: false,
            neffos_js: NEFFOS_JS.into(),
            redis: None,
            two: false,
        };
        while let Some(text) = texts.next() {
            let mut value = || texts.next().ok_or_else(|| format!("{text} needs a value\n\n{USAGE}"));
            match &*text {
                "--ends-with-input" => arguments.ends_with_input = true,
                "--neffos-js" => arguments.neffos_js = value()?.into(),
                "--redis" => arguments.redis = Some(value()?),
                "--two" => arguments.two = true,
                address if !address.starts_with('-') => arguments.address = Some(text),
                _ => return Err(format!("what is {text}?\n\n{USAGE}")),
            }
        }
        Ok(arguments)
    }
}

/// Where `npm ci --prefix tests/neffos` puts it: one version for the tests and for this page.
const NEFFOS_JS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/neffos/node_modules/neffos.js/dist/neffos.js");

const USAGE: &str = "usage: chat [ADDRESS] [--redis URL] [--two] [--neffos-js FILE]";
