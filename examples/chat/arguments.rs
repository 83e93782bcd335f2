//! What is said on the command line.

use std::path::PathBuf;

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) address: Option<String>,
    pub(crate) neffos_js: PathBuf,
    pub(crate) redis: Option<String>,
}

impl Arguments {
    pub(crate) fn parse(mut texts: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self { address: None, neffos_js: NEFFOS_JS.into(), redis: None };
        while let Some(text) = texts.next() {
            let mut value = || texts.next().ok_or_else(|| format!("{text} needs a value\n\n{USAGE}"));
            match &*text {
                "--neffos-js" => arguments.neffos_js = value()?.into(),
                "--redis" => arguments.redis = Some(value()?),
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

const USAGE: &str = "usage: chat [ADDRESS] [--redis URL] [--neffos-js FILE]";
