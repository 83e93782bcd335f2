//! What the output of the derives names. No promise is made about it.

pub use gongular_core::__private::{Steps, any_reads_body, is_first_reader, no_stage, note, stage_of_all};
pub use gongular_core::ResponseBody as AnyBody;
pub use gongular_core::{Contract, Error, FromRequest, RequestBody, RequestContext, Rules, Stage};
