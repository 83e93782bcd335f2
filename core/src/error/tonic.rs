//! Errors as tonic's.

use tonic::{Code, Status};

use super::Error;
use super::render::{grpc_code, grpc_details};

/// The code is that of [`grpc_code`], the message what the client may read; problems go along as `google.rpc.BadRequest`.
impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let code = Code::from_i32(i32::from(grpc_code(&error)));
        Self::with_details(code, error.public(), grpc_details(&error).unwrap_or_default().into())
    }
}
