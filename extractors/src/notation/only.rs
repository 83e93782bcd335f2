//! Bodies and answers that are of one notation.

/// Writes what a newtype of one notation is: an extractor that reads it, and an answer that is written so. The module has
/// the functions `read` and `write`.
macro_rules! only {
    ($name:ident, read: $($read:path),+; write: $write:path; $refusal:literal, $types:literal) => {
        impl<T: gongular_core::Rules $(+ $read)+> $name<T> {
            /// Reads what a body holds.
            ///
            /// # Errors
            ///
            /// As the extractor, without those of content type and size.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, gongular_core::Error> {
                read(bytes).map(Self)
            }
        }

        impl<B, T> gongular_core::FromRequest<B> for $name<T>
        where
            B: gongular_core::RequestBody,
            T: gongular_core::Rules $(+ $read)+,
        {
            const CONSUMES_BODY: bool = true;

            fn describe(contract: &mut gongular_core::Contract) {
                let types = $crate::notation::Notation::$name.types();
                let input = gongular_core::Input::new::<T>(gongular_core::Place::Body);
                $crate::notation::payload::describe(contract, input.with_content_types(types), $refusal);
            }

            /// Returns whether there is a body, or a content type that announces one.
            fn is_present(cx: &mut gongular_core::RequestContext<'_, B>) -> bool {
                cx.parts.headers.contains_key(http::header::CONTENT_TYPE) || !cx.body().is_empty()
            }

            async fn from_request(
                cx: &mut gongular_core::RequestContext<'_, B>,
            ) -> Result<Self, gongular_core::Error> {
                $crate::content_type::plain(&cx.parts.headers)?;
                if !$crate::notation::Notation::$name.is_of(&cx.parts.headers) {
                    return Err(gongular_core::Error::unsupported_media_type($types));
                }
                Self::from_bytes(&cx.bytes().await?)
            }
        }

        impl<T: $write> gongular_core::IntoResponse for $name<T> {
            fn into_response(
                self,
            ) -> Result<http::Response<gongular_core::ResponseBody>, gongular_core::Error> {
                let mut response = http::Response::new(gongular_core::ResponseBody::from(write(&self.0)?));
                let name = $crate::notation::Notation::$name.types()[0];
                response.headers_mut().insert(http::header::CONTENT_TYPE, $crate::notation::typed(name));
                Ok(response)
            }
        }

        impl<T: gongular_core::Preflight> gongular_core::Preflight for $name<T> {
            fn preflight(
                &self,
                cx: gongular_core::ResponseContext<'_>,
                head: &mut http::response::Parts,
            ) -> Result<(), gongular_core::Error> {
                self.0.preflight(cx, head)
            }
        }

        #[cfg(feature = "axum")]
        impl<S, T> axum_core::extract::FromRequest<S> for $name<T>
        where
            S: Sync,
            T: gongular_core::Rules $(+ $read)+,
        {
            type Rejection = gongular_core::Error;

            async fn from_request(
                request: axum_core::extract::Request,
                _: &S,
            ) -> Result<Self, gongular_core::Error> {
                gongular_core::axum::from_request(request).await
            }
        }

        /// A value that cannot be written is answered as any other error, and an error layer outside sees it.
        #[cfg(feature = "axum")]
        impl<T: $write> axum_core::response::IntoResponse for $name<T> {
            fn into_response(self) -> axum_core::response::Response {
                match gongular_core::IntoResponse::into_response(self) {
                    Ok(response) => response.map(axum_core::body::Body::new),
                    Err(error) => error.into_response(),
                }
            }
        }

        $crate::wrapper::wrapper!($name);
    };
}

pub(crate) use only;
