//! Rules by hand and by garde, with nothing but what the facade names.

use gongular::http::Request;
use gongular::{BrokenRule, BrokenRules, Error, Query, Rules, Step, service};
use http_body_util::Empty;
use serde::Deserialize;
use tower::ServiceExt;

async fn refused<H, Args>(handler: H, uri: &str) -> Error
where
    H: gongular::Handler<Empty<bytes::Bytes>, Args>,
    Args: 'static,
{
    service(handler).oneshot(Request::get(uri).body(Empty::new()).unwrap()).await.unwrap_err()
}

#[derive(Deserialize)]
struct Span {
    from: u8,
    to: u8,
}

impl Rules for Span {
    fn check(&self) -> Result<(), BrokenRules> {
        if self.from <= self.to {
            return Ok(());
        }
        let mut broken = BrokenRules::new();
        broken.push(BrokenRule::new(vec![Step::Field("to".into())], "order", "must not be before `from`"));
        Err(broken)
    }
}

#[tokio::test]
async fn rules_written_by_hand_are_named_with_their_field() {
    let error = refused(async |_: Query<Span>| "never", "/?from=2&to=1").await;
    assert_eq!(error.problems()[0].path(), "to");
    assert_eq!(error.problems()[0].code(), "order");
}

#[cfg(feature = "garde")]
#[tokio::test]
async fn a_type_with_rules_of_garde_is_read_by_its_wrapper() {
    #[derive(Deserialize)]
    struct Age {
        years: u8,
    }

    impl garde::Validate for Age {
        type Context = ();

        fn validate_into(
            &self,
            (): &(),
            parent: &mut dyn FnMut() -> garde::Path,
            report: &mut garde::Report,
        ) {
            if self.years < 18 {
                report.append(parent().join("years"), garde::Error::new("lower than 18"));
            }
        }
    }

    let error = refused(async |_: Query<gongular::Garde<Age>>| "never", "/?years=7").await;
    assert_eq!(error.problems()[0].path(), "years");
}
