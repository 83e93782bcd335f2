//! Answers made of templates.

use std::fs;

use gongular::inject::Provider;
use gongular::test_client::{RecordedStats, TestClient};
use gongular::view::{MiniJinja, View, ViewData, ViewEngine};
use gongular::{BoxError, Engine, Router};
use http::StatusCode;
use serde::Serialize;

#[derive(Serialize)]
struct Page {
    title: &'static str,
    items: Vec<u8>,
}

fn page() -> Page {
    Page { title: "<b>& co", items: vec![1, 2] }
}

fn templates() -> MiniJinja {
    MiniJinja::from_texts([
        ("base", "<h1>{% block title %}-{% endblock %}</h1>"),
        ("list", "{% extends 'base' %}{% block title %}{{ title }}{% for n in items %} {{ n }}{% endfor %}{% endblock %}"),
        ("plain.txt", "{{ title }}"),
        ("typo", "{{ titel }}"),
        ("optional", "{% if user %}user{% else %}nobody{% endif %}"),
    ])
    .unwrap()
}

fn engine(engine: impl ViewEngine) -> Engine {
    let provider = Provider::value(engine).as_dyn::<dyn ViewEngine>(|engine| engine);
    let router = Router::new()
        .get("/list", async || View::new("list").data(page()).status(StatusCode::CREATED))
        .get("/plain", async || View::new("plain.txt").data(page()))
        .get("/typo", async || View::new("typo").data(page()))
        .get("/missing", async || View::new("no such").data(page()))
        .get("/optional", async || View::new("optional"));
    Engine::new().register(provider).routes(router)
}

#[tokio::test]
async fn a_view_is_its_template_with_layout_and_escaped_data() {
    let app = TestClient::new(engine(templates()).build().await.unwrap());
    let list = app.get("/list").send().await;
    list.assert_status(201).assert_header("content-type", "text/html; charset=utf-8");
    list.assert_text("<h1>&lt;b&gt;&amp; co 1 2</h1>");
    let plain = app.get("/plain").send().await;
    plain.assert_header("content-type", "text/plain; charset=utf-8").assert_text("<b>& co");
    app.get("/optional").send().await.assert_status(200).assert_text("nobody");
}

#[tokio::test]
async fn a_template_that_cannot_be_rendered_is_a_500_whose_reason_is_in_the_log_only() {
    let stats = RecordedStats::new();
    let service = engine(templates()).stats(stats.clone()).build().await.unwrap();
    let app = TestClient::new(service).with_stats(&stats);
    for (path, reason) in [("/typo", "undefined"), ("/missing", "no such")] {
        app.get(path).send().await.assert_status(500).assert_text("{\"error\":\"internal server error\"}");
        let stat = app.last_stat().unwrap();
        assert!(stat.error().unwrap().contains(reason), "{:?}", stat.error());
    }
}

#[tokio::test]
async fn an_engine_that_nobody_provides_is_found_at_start_up() {
    let router = Router::new().get("/", async || Some((StatusCode::CREATED, View::new("list"))));
    let mistakes = Engine::new().routes(router).build().await.err().unwrap();
    assert!(mistakes.to_string().contains("ViewEngine"), "{mistakes}");
}

#[tokio::test]
async fn an_engine_of_ones_own_gets_the_whole_value() {
    struct AsJson;
    impl ViewEngine for AsJson {
        fn render(&self, name: &str, data: ViewData<'_>) -> Result<String, BoxError> {
            Ok(format!("{name} {}", serde_json::to_string(&data)?))
        }
    }
    let app = TestClient::new(engine(AsJson).build().await.unwrap());
    app.get("/list").send().await.assert_text("list {\"title\":\"<b>& co\",\"items\":[1,2]}");
    app.get("/optional").send().await.assert_text("optional {}");
}

#[test]
fn templates_of_a_folder_are_named_by_their_paths_and_compiled_at_once() {
    let folder = std::env::temp_dir().join(format!("gongular-views-{}", std::process::id()));
    fs::create_dir_all(folder.join("orders")).unwrap();
    fs::write(folder.join("orders/list.html"), "{{ title }}").unwrap();
    fs::write(folder.join(".hidden"), "{% if").unwrap();
    let templates = MiniJinja::from_folder(&folder).unwrap();
    assert_eq!(templates.render("orders/list.html", ViewData::new(&page())).unwrap(), "&lt;b&gt;&amp; co");
    assert!(templates.render(".hidden", ViewData::new(&page())).is_err());

    fs::write(folder.join("broken.html"), "{% if").unwrap();
    let error = MiniJinja::from_folder(&folder).unwrap_err();
    assert!(error.to_string().contains("broken.html"), "{error}");
    fs::remove_dir_all(&folder).unwrap();
}
