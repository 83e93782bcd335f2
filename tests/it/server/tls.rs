//! TLS, and those who do not speak it.

use std::sync::Arc;

use gongular::server::Tls;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::*;

const FIRST: (&[u8], &[u8]) =
    (include_bytes!("certificates/first.pem"), include_bytes!("certificates/first.key.pem"));
const SECOND: (&[u8], &[u8]) =
    (include_bytes!("certificates/second.pem"), include_bytes!("certificates/second.key.pem"));

fn tls() -> Tls {
    Tls::from_pem(FIRST.0, FIRST.1).unwrap()
}

/// A client that trusts one certificate, and offers protocols.
async fn connect(
    site: &Site,
    trusted: &[u8],
    offered: &[&[u8]],
) -> std::io::Result<Raw<TlsStream<TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = offered.iter().map(|protocol| protocol.to_vec()).collect();
    let stream = soon(TcpStream::connect(site.addr)).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let stream = soon(TlsConnector::from(Arc::new(config)).connect(name, stream)).await?;
    Ok(Raw { stream, read: Vec::new() })
}

async fn speaks_http1(client: &mut Raw<TlsStream<TcpStream>>) {
    client.send("GET /tls HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await, (200, "GET /tls".to_owned()));
}

#[tokio::test]
async fn client_and_server_agree_on_a_protocol() {
    let site = Site::start(|server| server.tls(tls()));
    for (offered, chosen) in [
        (&[b"h2".as_slice(), b"http/1.1"][..], Some(b"h2".as_slice())),
        (&[b"http/1.1", b"h2"], Some(b"h2")),
        (&[b"http/1.1"], Some(b"http/1.1")),
        (&[], None),
    ] {
        let mut client = connect(&site, FIRST.0, offered).await.unwrap();
        assert_eq!(client.stream.get_ref().1.alpn_protocol(), chosen);
        if chosen == Some(b"h2") {
            assert_eq!(super::http2::get(client.stream, "/tls").await, (200, "GET /tls".to_owned()));
        } else {
            speaks_http1(&mut client).await;
        }
    }
    site.stop().await;
}

#[tokio::test]
async fn http_without_tls_and_junk_are_closed_and_never_run() {
    let site = Site::start(|server| server.tls(tls()));
    for text in
        ["GET /plain HTTP/1.1\r\nhost: x\r\n\r\n", "\u{16}\u{3}\u{1}\0\u{5}hello", &"\0".repeat(70_000)]
    {
        let mut client = site.connect().await;
        // It may be closed before all is sent.
        let _ = soon(client.stream.write_all(text.as_bytes())).await;
        assert!(!client.rest().await.contains("HTTP"));
    }
    assert_eq!(site.app.asked(), [""; 0]);
    speaks_http1(&mut connect(&site, FIRST.0, &[]).await.unwrap()).await;
    site.stop().await;
}

#[tokio::test]
async fn a_handshake_that_stops_is_closed() {
    let site = Site::start(|server| server.tls(tls()).tls_timeout(SHORT));
    for begin in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut client = site.connect().await;
        client.send(begin).await;
        assert_eq!(client.rest().await, "");
    }
    site.stop().await;
}

#[tokio::test]
async fn three_hundred_stalled_handshakes_do_not_delay_a_good_one() {
    let site = Site::start(|server| server.tls(tls()));
    let mut stalled = Vec::new();
    for number in 0..300 {
        let mut client = site.connect().await;
        client.send(&b"\x16\x03\x01\x02\x00\x01"[..number % 7]).await;
        stalled.push(client);
    }
    let began = std::time::Instant::now();
    speaks_http1(&mut connect(&site, FIRST.0, &[]).await.unwrap()).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(1));
    drop(stalled);
    site.stop().await;
}

#[tokio::test]
async fn the_end_of_an_idle_connection_is_told_in_tls_too() {
    let site = Site::start(|server| server.tls(tls()).idle_timeout(SHORT));
    let mut client = connect(&site, FIRST.0, &[]).await.unwrap();
    speaks_http1(&mut client).await;
    // An end without a word would be an error here.
    assert_eq!(soon(client.stream.read(&mut [0])).await.unwrap(), 0);
    site.stop().await;
}

#[tokio::test]
async fn a_new_certificate_counts_for_new_handshakes_and_a_bad_one_for_none() {
    let tls = tls();
    let site = Site::start(|server| server.tls(tls.clone()));
    let mut before = connect(&site, FIRST.0, &[]).await.unwrap();

    let mixed = tls.replace(SECOND.0, FIRST.1).unwrap_err();
    assert_eq!(mixed.kind(), std::io::ErrorKind::InvalidData);
    for (certificate, key) in [(&b"junk"[..], SECOND.1), (SECOND.0, &b"junk"[..]), (b"", b"")] {
        assert!(tls.replace(certificate, key).is_err());
    }
    assert_eq!(tls.reload().unwrap_err().kind(), std::io::ErrorKind::Unsupported);
    speaks_http1(&mut connect(&site, FIRST.0, &[]).await.unwrap()).await;

    tls.replace(SECOND.0, SECOND.1).unwrap();
    assert!(connect(&site, FIRST.0, &[]).await.is_err());
    speaks_http1(&mut connect(&site, SECOND.0, &[]).await.unwrap()).await;
    speaks_http1(&mut before).await;
    site.stop().await;
}

#[tokio::test]
async fn a_certificate_of_files_is_read_again_on_request() {
    let folder = std::env::temp_dir().join(format!("gongular-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (certificate, key) = (folder.join("site.pem"), folder.join("site.key"));
    let write = |pair: (&[u8], &[u8])| {
        std::fs::write(&certificate, pair.0).unwrap();
        std::fs::write(&key, pair.1).unwrap();
    };
    write(FIRST);
    let tls = Tls::from_files(&certificate, &key).unwrap();
    let site = Site::start(|server| server.tls(tls.clone()));
    speaks_http1(&mut connect(&site, FIRST.0, &[]).await.unwrap()).await;

    write(SECOND);
    tls.reload().unwrap();
    speaks_http1(&mut connect(&site, SECOND.0, &[]).await.unwrap()).await;

    std::fs::remove_dir_all(&folder).unwrap();
    let gone = tls.reload().unwrap_err();
    assert_eq!(gone.kind(), std::io::ErrorKind::NotFound);
    assert!(gone.to_string().contains("site.pem"), "{gone}");
    speaks_http1(&mut connect(&site, SECOND.0, &[]).await.unwrap()).await;
    site.stop().await;
}
