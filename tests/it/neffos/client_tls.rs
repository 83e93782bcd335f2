//! Our client over TLS.

use gongular::neffos::client::{Client, Namespace as Known};
use gongular::server::{Server, Tls};

use super::*;

const CERTIFICATE: &[u8] = include_bytes!("../server/certificates/first.pem");
const KEY: &[u8] = include_bytes!("../server/certificates/first.key.pem");
const FOREIGN: &[u8] = include_bytes!("../server/certificates/second.pem");

#[tokio::test]
async fn a_server_is_spoken_to_by_tls_if_it_is_trusted() {
    let hub = Events::new().namespace(chat()).build();
    let stack = ServiceBuilder::new().layer(ErrorLayer::new()).layer(InjectLayer::new(empty().await));
    let server =
        Server::new(stack.service(service(hub.route()))).tls(Tls::from_pem(CERTIFICATE, KEY).unwrap());
    let server = server.bind("127.0.0.1:0").unwrap();
    let (addr, shutdown) = (server.local_addr().unwrap(), server.shutdown());
    let running = tokio::spawn(server.run());

    let url = format!("wss://localhost:{}/", addr.port());
    let dial = || Client::dial(&url).namespace(Known::new("default"));
    let client = soon(dial().trust(CERTIFICATE).open()).await.unwrap();
    let space = soon(client.connect("default")).await.unwrap();
    assert_eq!(soon(space.ask("echo", "secret")).await.unwrap().text(), Some("secret"));
    for (trusted, text) in [(FOREIGN, "TLS with the server failed"), (b"junk", "TLS with the server failed")]
    {
        let error = soon(dial().trust(trusted).open()).await.unwrap_err();
        assert_eq!(error.to_string(), text);
        assert!(std::error::Error::source(&error).is_some());
    }
    // Nor does the system trust it.
    let error = soon(dial().open()).await.unwrap_err();
    assert_eq!(error.to_string(), "TLS with the server failed");

    shutdown.trigger();
    assert_eq!(soon(client.closed()).await.close_code(), Some(1001));
    soon(running).await.unwrap().unwrap();
}
