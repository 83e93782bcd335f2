//! The forms of a report.

use std::convert::Infallible;

use super::Take;
use crate::inject::{Container, Lifetime, Provider, Report};

struct Db;

struct Repo;

struct Idle;

async fn repo(_: Take<Db>) -> Result<Repo, Infallible> {
    Ok(Repo)
}

fn report() -> Report {
    let builder = Container::builder()
        .register(Provider::value(Db).key("spare"))
        .provide(Db)
        .per_request(repo)
        .register(Provider::<Idle>::transient(|| Idle));
    builder.needs::<(Take<Repo>, Take<Db>)>().check().unwrap()
}

fn short(text: &str) -> String {
    super::short(text, file!())
}

#[test]
fn the_tree_shows_users_then_what_stands_alone_then_warnings() {
    assert_eq!(
        short(&report().to_string()),
        "(Take<Repo>, Take<Db>) (HERE)\n  \
         Repo [request] HERE\n    \
         Db [singleton] HERE\n  \
         Db [singleton] HERE\n\
         Db (key \"spare\") [singleton] HERE\n\
         Idle [transient] HERE\n\
         warning: nobody needs Db (key \"spare\"), registered at HERE\n\
         warning: nobody needs Idle, registered at HERE\n"
    );
}

#[test]
fn the_json_has_providers_users_and_warnings() {
    let json: serde_json::Value = serde_json::from_str(&report().to_json()).unwrap();
    let repo = &json["providers"][2];
    assert_eq!(repo["type"], "gongular_core::inject::tests::reporting::Repo");
    assert_eq!((&repo["key"], &repo["lifetime"]), (&serde_json::Value::Null, &"request".into()));
    assert_eq!((&repo["needs"], &json["users"][0]["needs"]), (&vec![1].into(), &vec![2, 1].into()));
    assert_eq!(json["providers"][0]["key"], "spare");
    assert_eq!(json["warnings"].as_array().map(Vec::len), Some(2));
}

#[test]
fn graphs_quote_what_their_formats_would_read_as_their_own() {
    let (dot, mermaid) = (short(&report().to_dot()), short(&report().to_mermaid()));
    assert_eq!(
        dot,
        "digraph dependencies {\n  rankdir=LR;\n  node [shape=box];\n  \
         p0 [label=\"Db (key \\\"spare\\\")\\nsingleton\", style=bold];\n  \
         p1 [label=\"Db\\nsingleton\", style=bold];\n  \
         p2 [label=\"Repo\\nrequest\", style=solid];\n  \
         p3 [label=\"Idle\\ntransient\", style=dashed];\n  \
         u0 [label=\"(Take<Repo>, Take<Db>)\", shape=ellipse];\n  \
         u0 -> p2;\n  u0 -> p1;\n  p2 -> p1;\n}\n"
    );
    assert_eq!(
        mermaid,
        "graph LR\n  \
         p0[\"Db (key &quot;spare&quot;) - singleton\"]\n  \
         p1[\"Db - singleton\"]\n  p2[\"Repo - request\"]\n  p3[\"Idle - transient\"]\n  \
         u0([\"(Take&lt;Repo&gt;, Take&lt;Db&gt;)\"])\n  \
         u0 --> p2\n  u0 --> p1\n  p2 --> p1\n"
    );
}

#[test]
fn providers_are_there_as_values() {
    let report = report();
    let repo = &report.providers()[2];
    assert_eq!((repo.lifetime(), repo.needs(), repo.reads_request()), (Lifetime::Request, &[1][..], false));
    assert_eq!(repo.place().file(), file!());
    assert_eq!(report.users()[0].needs(), [2, 1]);
}

#[tokio::test]
async fn the_time_of_a_factory_stands_in_the_statistics() {
    use crate::RequestState;
    use crate::stats::{Detail, Ending, Outcome, Recorder};

    let slow = Provider::<Idle>::per_request(|| async {
        super::yield_once().await;
        Idle
    });
    let container = Container::builder().register(slow.key("slow")).build().await.unwrap();
    let mut request = http::Request::new(());
    let recorder = Recorder::start(&mut request, Detail::default());
    let mut parts = request.into_parts().0;
    let open = super::scopes(&container).enter(RequestState::entry(&mut parts.extensions));
    crate::key! { Slow = "slow" }
    for _ in 0..2 {
        crate::inject::resolve::<Idle, Slow>(&mut parts).await.unwrap();
    }
    drop((open, parts));
    let mut seen = Vec::new();
    recorder.finish(Ending::new(Outcome::Complete, std::time::Instant::now()), |stat| {
        seen.extend(stat.dependencies().iter().map(|stat| (stat.type_name(), stat.key().name())));
    });
    assert_eq!(seen, [(std::any::type_name::<Idle>(), Some("slow"))]);
}
