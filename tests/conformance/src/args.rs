//! The command line.

use std::path::PathBuf;

pub(crate) const USAGE: &str =
    "usage: conformance-server --addr HOST:PORT --addr2 HOST:PORT --static DIR [--short-timeouts]";

/// What the server is told when it is started.
pub(crate) struct Args {
    /// Where the first engine listens.
    pub(crate) first: String,
    /// Where the second engine listens.
    pub(crate) second: String,
    /// The folder of the static files.
    pub(crate) folder: PathBuf,
    /// Whether a client may take 5 seconds for each thing, in place of the defaults.
    pub(crate) short_timeouts: bool,
}

impl Args {
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut first, mut second, mut folder) = (None, None, None);
        let mut short_timeouts = false;
        while let Some(name) = args.next() {
            let slot = match name.as_str() {
                "--addr" => &mut first,
                "--addr2" => &mut second,
                "--static" => &mut folder,
                "--short-timeouts" => {
                    short_timeouts = true;
                    continue;
                }
                _ => return Err(format!("unknown argument `{name}`")),
            };
            *slot = Some(args.next().ok_or_else(|| format!("`{name}` needs a value"))?);
        }
        let needed = |value: Option<String>, name| value.ok_or_else(|| format!("`{name}` is missing"));
        Ok(Self {
            first: needed(first, "--addr")?,
            second: needed(second, "--addr2")?,
            folder: needed(folder, "--static")?.into(),
            short_timeouts,
        })
    }
}
