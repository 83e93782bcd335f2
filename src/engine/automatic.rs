//! Answers to requests that no route takes.

use gongular_core::__private::mount;
use gongular_core::stats::Recorder;
use gongular_core::{Error, PathParams, ResponseBody};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};

use super::future::Way;
use super::service::{Automatically, Endpoint, Inner};
use super::stay::Stay;
use crate::chain::{Arrival, Door, Ended, Flight, Landed, Step, StepFuture};
use crate::router::{Found, Hit};

impl Inner {
    /// Answers what no route does.
    ///
    /// Where the path is known, the layers of its route are asked first, so that one for cross-origin requests answers
    /// their preflights.
    #[cold]
    #[inline(never)]
    pub(super) fn otherwise(&self, found: Found<'_, Endpoint>, door: &mut Door) -> (Way, Option<Stay>) {
        let (verdict, hit) = match found {
            Found::Options { allow, hit } => (Verdict::Options(allow), hit),
            Found::MethodNotAllowed { allow, hit } => (Verdict::NotAllowed(allow), Some(hit)),
            Found::Redirect { location } => {
                let way = match redirect(location, &door.arrival().parts) {
                    Some(response) => response.into(),
                    None => self.refuse(Error::not_found(), door),
                };
                return (way, None);
            }
            Found::Nothing | Found::Route(_) => {
                #[cfg(feature = "mvc")]
                if let Some(way) = self.ask_below(door) {
                    return (way, None);
                }
                return (self.refuse(Error::not_found(), door), None);
            }
        };
        let asked = hit.as_ref().and_then(|_| self.asked_for(&door.arrival().parts));
        let hit = asked.or(hit);
        match hit.and_then(|hit| Some((hit.route.value().automatic.as_ref()?, hit))) {
            Some((Automatically { steps, names }, hit)) => {
                let Arrival { parts, state, .. } = door.arrival();
                let values = hit.params.values(parts.uri.path());
                state.set_params(PathParams::new(names.clone(), values));
                parts.extensions.insert(verdict);
                self.open(hit.route.value(), steps, door)
            }
            None => {
                let way = match verdict {
                    Verdict::NotAllowed(allow) => self.refuse(Error::method_not_allowed(allow), door),
                    Verdict::Options(allow) => bare(StatusCode::NO_CONTENT, header::ALLOW, allow).into(),
                };
                (way, None)
            }
        }
    }

    /// Finds the route that a preflight is about.
    fn asked_for(&self, parts: &Parts) -> Option<Hit<'_, Endpoint>> {
        if parts.method != Method::OPTIONS {
            return None;
        }
        let method = parts.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
        let method = Method::from_bytes(method.as_bytes()).ok()?;
        match self.table.find(&method, parts.uri.path()) {
            Found::Route(hit) => Some(hit),
            _ => None,
        }
    }

    fn refuse(&self, error: Error, door: &mut Door) -> Way {
        let mut flight = Flight::new(door);
        flight.refuse(&*self.errors, error);
        Way::Known(Some(Box::new(Landed::Flight(flight))))
    }
}

/// What the table says to a request, while the layers of the path have it.
#[derive(Clone)]
enum Verdict {
    NotAllowed(HeaderValue),
    Options(HeaderValue),
}

/// The end of a chain for requests that no route takes: it says what the table said.
pub(super) struct Automatic;

impl Step for Automatic {
    fn call(&self, mut flight: Box<Flight>) -> StepFuture {
        let verdict = flight.parts.extensions.remove::<Verdict>();
        Box::pin(std::future::ready(match verdict {
            Some(Verdict::Options(allow)) => {
                flight.answer.set_status(StatusCode::NO_CONTENT);
                flight.answer.headers_mut().insert(header::ALLOW, allow);
                Ended::Done(flight)
            }
            Some(Verdict::NotAllowed(allow)) => Ended::Failed(flight, Error::method_not_allowed(allow)),
            // A layer has made a request of its own.
            None => Ended::Failed(flight, Error::not_found()),
        }))
    }

    fn skip(&self, _: &Recorder) {}
}

/// Sends a client to the spelling of a path that a route has.
fn redirect(location: String, parts: &Parts) -> Option<Response<ResponseBody>> {
    let mut location = match mount(&parts.extensions, parts.uri.path()) {
        "" => location,
        mount => format!("{mount}{location}"),
    };
    if let Some(query) = parts.uri.query() {
        location.push('?');
        location.push_str(query);
    }
    let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
    let status = if is_read { StatusCode::MOVED_PERMANENTLY } else { StatusCode::PERMANENT_REDIRECT };
    Some(bare(status, header::LOCATION, HeaderValue::try_from(location).ok()?))
}

/// Makes an answer of one header field.
fn bare(status: StatusCode, name: HeaderName, value: HeaderValue) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(name, value);
    response
}
