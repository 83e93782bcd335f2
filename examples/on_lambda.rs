//! The todo application as an AWS Lambda function behind an HTTP API.
//!
//! `cargo lambda watch --example on_lambda` runs it locally; inside Lambda it is the bootstrap binary.

#[path = "todo/plain.rs"]
mod plain;
#[path = "todo/mod.rs"]
mod todo;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let (calls, container) = todo::parts().await;
    lambda_http::run(plain::app(calls, container)).await
}
