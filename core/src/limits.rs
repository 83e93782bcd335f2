//! How much of a request is read before it is refused.

/// The limits that extractors hold a request to.
///
/// Every limit is inclusive: a request of exactly the limit passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) body_bytes: usize,
    pub(crate) pairs: usize,
    pub(crate) key_bytes: usize,
    pub(crate) multipart_bytes: u64,
    pub(crate) parts: usize,
    pub(crate) files: usize,
    pub(crate) part_headers: usize,
    pub(crate) part_header_bytes: usize,
    pub(crate) text_field_bytes: usize,
    pub(crate) file_bytes: u64,
    pub(crate) file_memory_bytes: usize,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr, $set:ident;)*) => {
        impl Limits {
            $(
                $(#[$doc])*
                #[must_use]
                pub const fn $name(&self) -> $type {
                    self.$name
                }

                #[doc = concat!("Sets [`", stringify!($name), "`](Self::", stringify!($name), ").")]
                #[must_use]
                pub const fn $set(mut self, $name: $type) -> Self {
                    self.$name = $name;
                    self
                }
            )*
        }

        impl Limits {
            /// The default limits, as a constant.
            pub const DEFAULT: Self = Self { $($name: $default),* };
        }
    };
}

limits! {
    /// Returns how many bytes of a body are buffered for JSON, urlencoded forms, texts and bytes; more is `413`.
    /// Defaults to 2 MiB.
    body_bytes: usize = 2 << 20, with_body_bytes;
    /// Returns how many pairs a query or an urlencoded form may have; more is `400`. Defaults to 1000.
    pairs: usize = 1000, with_pairs;
    /// Returns how many bytes the key of a pair may have, before decoding; more is `400`. Defaults to 2 KiB.
    key_bytes: usize = 2 << 10, with_key_bytes;
    /// Returns how many bytes a multipart body may have in all; more is `413`. Defaults to 32 MiB.
    multipart_bytes: u64 = 32 << 20, with_multipart_bytes;
    /// Returns how many parts, files included, a multipart body may have; more is `413`. Defaults to 1000.
    parts: usize = 1000, with_parts;
    /// Returns how many files a multipart body may have; more is `413`. Defaults to 100.
    files: usize = 100, with_files;
    /// Returns how many header lines a part may have; more is `400`. Defaults to 16.
    part_headers: usize = 16, with_part_headers;
    /// Returns how many bytes the header lines of one part may have together; more is `400`. Defaults to 16 KiB.
    part_header_bytes: usize = 16 << 10, with_part_header_bytes;
    /// Returns how many bytes a text field of a multipart form may have; more is `413`. Defaults to 1 MiB.
    text_field_bytes: usize = 1 << 20, with_text_field_bytes;
    /// Returns how many bytes one file of a multipart form may have; more is `413`.
    /// Defaults to 32 MiB, what the whole form may have.
    file_bytes: u64 = 32 << 20, with_file_bytes;
    /// Returns how many bytes of a file are kept in memory before the file goes to a temporary one.
    /// Defaults to 64 KiB.
    file_memory_bytes: usize = 64 << 10, with_file_memory_bytes;
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
