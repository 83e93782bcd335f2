//! Answers around other answers: statuses and header fields in front of them, and answers that may not be there.

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::{IntoResponse, ResponseBody, ResponseContext};
use crate::{Answer, Contract, Error};

/// Writes the methods of an answer in front of another: what the other does, and then a change of the response.
macro_rules! in_front {
    ($inner:ident, |$this:ident| $answer:expr, |$response:ident| $change:expr) => {
        fn describe(contract: &mut Contract) {
            $inner::describe(contract);
        }

        fn into_response(self) -> Result<Response<ResponseBody>, Error> {
            let $this = self;
            let mut $response = $answer.into_response()?;
            $change;
            Ok($response)
        }

        fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
            let $this = self;
            let mut $response = $answer.respond_to(cx)?;
            $change;
            Ok($response)
        }
    };
}

impl<T: IntoResponse> IntoResponse for (StatusCode, T) {
    in_front!(T, |this| this.1, |response| *response.status_mut() = this.0);
}

/// Header fields replace those of the same names; `Vary` adds to them.
impl<T: IntoResponse> IntoResponse for (HeaderMap, T) {
    in_front!(T, |this| this.1, |response| replace(response.headers_mut(), this.0));
}

impl<T: IntoResponse> IntoResponse for (StatusCode, HeaderMap, T) {
    in_front!(T, |this| (this.1, this.2), |response| *response.status_mut() = this.0);
}

/// Nothing but header fields.
impl IntoResponse for HeaderMap {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        (self, ()).into_response()
    }
}

/// Header fields by name and value, in front of an answer: they replace those of the same names; `Vary` adds to them.
///
/// # Errors
///
/// A name or value has characters that header fields cannot have: `400`.
impl<K, V, const N: usize, T> IntoResponse for ([(K, V); N], T)
where
    K: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
    T: IntoResponse,
{
    in_front!(T, |this| this.1, |response| set_fields(response.headers_mut(), this.0)?);
}

impl<K, V, const N: usize, T> IntoResponse for (StatusCode, [(K, V); N], T)
where
    K: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
    T: IntoResponse,
{
    in_front!(T, |this| (this.1, this.2), |response| *response.status_mut() = this.0);
}

impl<T: IntoResponse, E: Into<Error>> IntoResponse for Result<T, E> {
    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        self.map_err(Into::into)?.into_response()
    }

    #[inline]
    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        self.map_err(Into::into)?.respond_to(cx)
    }

    #[inline]
    fn put_into(self, answer: &mut Answer, cx: ResponseContext<'_>) -> Result<(), Error> {
        self.map_err(Into::into)?.put_into(answer, cx)
    }

    fn absent() -> Result<Response<ResponseBody>, Error> {
        T::absent()
    }
}

/// An answer that may not be there.
///
/// # Errors
///
/// `None`: [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), `404`, unless the type says otherwise by
/// [`IntoResponse::absent`], as [`Stop`](crate::Stop) does.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Json};
///
/// async fn name_of(id: u32) -> Option<Json<&'static str>> {
///     (id == 7).then_some(Json("Ann"))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(name_of(7).await.into_response().unwrap().status(), 200);
/// assert_eq!(name_of(8).await.into_response().unwrap_err().status(), 404);
/// # }
/// ```
impl<T: IntoResponse> IntoResponse for Option<T> {
    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        self.map_or_else(T::absent, T::into_response)
    }

    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        self.map_or_else(T::absent, |answer| answer.respond_to(cx))
    }

    #[inline]
    fn put_into(self, answer: &mut Answer, cx: ResponseContext<'_>) -> Result<(), Error> {
        match self {
            Some(there) => there.put_into(answer, cx),
            None => {
                answer.take_over(T::absent()?, true);
                Ok(())
            }
        }
    }
}

fn set_fields<K, V, const N: usize>(headers: &mut HeaderMap, fields: [(K, V); N]) -> Result<(), Error>
where
    K: TryInto<HeaderName, Error: Into<http::Error>>,
    V: TryInto<HeaderValue, Error: Into<http::Error>>,
{
    for (name, value) in fields {
        let name = name.try_into().map_err(Into::into)?;
        let value = value.try_into().map_err(Into::into)?;
        set(headers, name, value);
    }
    Ok(())
}

/// Puts header fields in the place of those of the same names.
pub(crate) fn replace(headers: &mut HeaderMap, new: HeaderMap) {
    let mut name = None;
    for (next, value) in new {
        match (next, &name) {
            (Some(next), _) => {
                set(headers, next.clone(), value);
                name = Some(next);
            }
            (None, Some(name)) => {
                headers.append(name.clone(), value);
            }
            (None, None) => {}
        }
    }
}

/// Puts a header field in the place of those of its name.
///
/// What an answer depends on does not go away because something else does, too: caches would mix up answers.
fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if name == header::VARY {
        headers.append(name, value);
    } else {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Json, Stop};

    /// An answer that tells whether it saw the request.
    struct Seeing;

    impl IntoResponse for Seeing {
        fn describe(contract: &mut Contract) {
            contract.refuses(StatusCode::IM_A_TEAPOT, "seen");
        }

        fn into_response(self) -> Result<Response<ResponseBody>, Error> {
            "blind".into_response()
        }

        fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
            ([("x-path", cx.request().uri.path().to_owned())], "seeing").into_response()
        }
    }

    fn saw<T: IntoResponse>(answer: T) {
        let (parts, ()) = http::Request::builder().uri("/here").body(()).unwrap().into_parts();
        let response = answer.respond_to(ResponseContext::new(&parts)).unwrap();
        assert_eq!(response.headers()["x-path"], "/here", "{}", std::any::type_name::<T>());
        let mut contract = Contract::default();
        T::describe(&mut contract);
        assert_eq!(contract.refusals().len(), 1, "{}", std::any::type_name::<T>());
    }

    #[test]
    fn every_answer_around_another_lets_it_see_the_request_and_describe_itself() {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("1"));
        saw(Seeing);
        saw((StatusCode::CREATED, Seeing));
        saw((headers.clone(), Seeing));
        saw((StatusCode::CREATED, headers, Seeing));
        saw(([("x-a", "1")], Seeing));
        saw((StatusCode::CREATED, [("x-a", "1")], Seeing));
        saw(Ok::<_, Error>(Seeing));
        saw(Some(Seeing));
        saw(Stop(Seeing));
        saw(Ok::<_, Error>(Some(Stop((StatusCode::CREATED, Seeing)))));
    }

    #[test]
    fn nothing_is_a_404_wherever_it_stands() {
        let nothing = || None::<Json<u8>>;
        for answer in [
            nothing().into_response(),
            (StatusCode::CREATED, nothing()).into_response(),
            Ok::<_, Error>(nothing()).into_response(),
            Some(nothing()).into_response(),
            Stop(nothing()).into_response(),
        ] {
            let error = answer.unwrap_err();
            assert_eq!((error.kind(), error.public()), (crate::ErrorKind::NotFound, "not found"));
        }
        assert_eq!(Some(Json(1)).into_response().unwrap().headers()["content-type"], "application/json");
    }

    #[test]
    fn no_stop_says_nothing_inside_of_a_result_too() {
        assert_eq!(Ok::<_, Error>(None::<Stop<&str>>).into_response().unwrap().status(), 200);
    }

    #[test]
    fn fields_in_front_of_an_answer_replace_its_own() {
        let answer = ([("content-type", "text/csv"), ("x-rows", "2")], "a,b");
        let response = answer.into_response().unwrap();
        assert_eq!(response.headers()["content-type"], "text/csv");
        assert_eq!(response.headers()["x-rows"], "2");

        let answer = (StatusCode::CREATED, [(header::ETAG, "\"7\"")], ());
        assert_eq!(answer.into_response().unwrap().status(), StatusCode::CREATED);
    }

    #[test]
    fn what_an_answer_varies_by_adds_up() {
        let mut headers = HeaderMap::new();
        headers.insert(header::VARY, HeaderValue::from_static("cookie"));
        let answer = ([("vary", "origin")], (headers, ([("vary", "accept")], "")));
        let response = answer.into_response().unwrap();
        let lines: Vec<_> = response.headers().get_all(header::VARY).iter().collect();
        assert_eq!(lines, ["accept", "cookie", "origin"]);
    }

    #[test]
    fn a_field_that_would_split_the_answer_is_refused() {
        let error = ([("x-name", "a\r\nx-b: 1".to_owned())], "").into_response().unwrap_err();
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
}
