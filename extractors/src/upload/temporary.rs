//! Temporary files that are gone whatever happens.

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;

/// Makes an empty file without a name in the system's folder for temporary files.
///
/// It is made under a random name that did not exist, readable and writable by its owner only. The name is taken away
/// before anything is written, on Windows by the system when the file is closed, so that nothing is left behind after an
/// error, a panic, or the end of the process by any means.
pub(super) fn temporary_file() -> io::Result<File> {
    temporary_file_in(&std::env::temp_dir())
}

fn temporary_file_in(folder: &Path) -> io::Result<File> {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        let path = folder.join(format!("gongular-{:016x}{:016x}", random(), random()));
        match options().open(&path) {
            Ok(file) => {
                #[cfg(not(windows))]
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_ATTRIBUTE_TEMPORARY: u32 = 0x0000_0100;
        const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
        options.share_mode(0).custom_flags(FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE);
    }
    options
}

/// The standard library seeds every `RandomState` from the system's source of randomness.
fn random() -> u64 {
    RandomState::new().hash_one(())
}

const ATTEMPTS: usize = 16;

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_temporary_file_is_its_owners_and_has_no_name() {
        let file = temporary_file().unwrap();
        let metadata = file.metadata().unwrap();
        assert_eq!((metadata.mode() & 0o777, metadata.nlink()), (0o600, 0));
    }

    #[test]
    fn nothing_is_in_the_folder_while_a_temporary_file_is_open() {
        let folder = std::env::temp_dir().join(format!("gongular-test-{}-folder", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let file = temporary_file_in(&folder).unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        drop(file);
        std::fs::remove_dir(&folder).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let missing = std::env::temp_dir().join("gongular-no-such-folder");
        assert_eq!(temporary_file_in(&missing).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
