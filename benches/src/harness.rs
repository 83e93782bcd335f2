//! How a peer is driven: the same loop for all of them, and one region that is measured.

use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::io;
use std::marker::PhantomData;
use std::pin::pin;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;
use tower::{BoxError, Service, ServiceExt};

use crate::workload::{RequestBody, Workload};

/// One way to write the application: a tower service that answers the workloads.
pub(crate) trait App: 'static {
    /// The name on the command line and in the table.
    const NAME: &'static str;

    /// Returns whether it answers this workload.
    fn answers(workload: &Workload) -> bool {
        let _ = workload;
        true
    }

    /// Builds it, as at the start of a server.
    async fn build() -> impl Application;
}

/// A tower service that answers the workloads; it only gives the bounds a name.
pub(crate) trait Application:
    Service<Request<RequestBody>, Response = Response<Self::Body>, Error: Debug + Into<BoxError>>
    + Clone
    + 'static
{
    type Body: Body<Data = Bytes, Error: Debug + Into<BoxError>> + 'static;
}

impl<S, B> Application for S
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error: Debug + Into<BoxError>> + Clone + 'static,
    B: Body<Data = Bytes, Error: Debug + Into<BoxError>> + 'static,
{
    type Body = B;
}

/// An `App` behind an object; the object is called once for many requests.
pub trait Peer: Sync {
    /// Returns the name on the command line and in the table.
    fn name(&self) -> &'static str;

    /// Returns whether it answers this workload.
    fn answers(&self, workload: &Workload) -> bool;

    /// Answers one request: status and body.
    fn once(&self, workload: &Workload) -> (u16, String);

    /// Builds the application and returns what answers a batch of requests and says how many body bytes came back.
    fn batches(&self) -> Batches;

    /// Serves the application on a port of this machine until the process ends; requests are taken for ones without a body.
    ///
    /// # Errors
    ///
    /// The port cannot be had.
    fn serve(&self, port: u16) -> io::Result<()>;
}

/// Answers a batch of requests; returns how many body bytes came back.
pub type Batches = Box<dyn FnMut(Vec<Request<RequestBody>>) -> usize>;

impl fmt::Debug for dyn Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An [`App`] as a [`Peer`].
pub(crate) struct Tower<A>(PhantomData<fn() -> A>);

impl<A> Tower<A> {
    pub(crate) const NEW: Self = Self(PhantomData);
}

impl<A: App> Peer for Tower<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn answers(&self, workload: &Workload) -> bool {
        A::answers(workload)
    }

    fn once(&self, workload: &Workload) -> (u16, String) {
        runtime().block_on(async {
            let mut app = A::build().await;
            let response = answer(&mut app, workload.request()).await;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await.expect("answers are in memory").to_bytes();
            (status, String::from_utf8_lossy(&body).into_owned())
        })
    }

    fn batches(&self) -> Batches {
        let runtime = runtime();
        let mut app = runtime.block_on(A::build());
        Box::new(move |requests| {
            runtime.block_on(async {
                let mut bytes = 0;
                for request in requests {
                    bytes += drain(answer(&mut app, request).await).await;
                }
                bytes
            })
        })
    }

    fn serve(&self, port: u16) -> io::Result<()> {
        let tasks = LocalSet::new();
        tasks.block_on(&runtime(), async { accept(A::build().await, port).await })
    }
}

/// Accepts connections and answers on them, all on this thread.
async fn accept<S: Application>(app: S, port: u16) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (connection, _) = listener.accept().await?;
        connection.set_nodelay(true)?;
        let app =
            app.clone().map_request(|request: Request<Incoming>| request.map(|_| RequestBody::default()));
        let service = TowerToHyperService::new(app);
        tokio::task::spawn_local(async move {
            // A client that leaves is no failure of the bench.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
        });
    }
}

async fn answer<S: Application>(app: &mut S, request: Request<RequestBody>) -> Response<S::Body> {
    poll_fn(|cx| app.poll_ready(cx)).await.expect("applications are always ready");
    app.call(request).await.expect("applications answer their errors")
}

async fn drain<B: Body<Data = Bytes, Error: Debug>>(response: Response<B>) -> usize {
    let mut body = pin!(response.into_body());
    let mut bytes = 0;
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.expect("answers are in memory");
        bytes += frame.data_ref().map_or(0, Bytes::len);
    }
    bytes
}

/// Runs `work` where the profiler collects: it looks for this function's name.
#[inline(never)]
pub fn measured_region<T>(work: impl FnOnce() -> T) -> T {
    std::hint::black_box(work())
}

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime of one thread needs no resources")
}
