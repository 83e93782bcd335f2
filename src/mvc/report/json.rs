//! The report as JSON.

use serde_json::{Value, json};

use super::{Report, ReportedController, ReportedNeed, ReportedPart};
use crate::Input;
use crate::mvc::ActivatedRoute;

impl Report {
    /// Returns the report as JSON: `controllers`, each with `name`, `application`, `labels`, `place`, `lifetime`, `namespace`,
    /// `websockets`, `fields` and `actions`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let controllers: Vec<Value> = self.controllers.iter().map(controller).collect();
        json!({ "controllers": controllers }).to_string()
    }
}

fn controller(controller: &ReportedController) -> Value {
    let actions = controller.actions.iter().map(|action| {
        json!({
            "name": action.name,
            "routes": action.routes.iter().map(route).collect::<Vec<_>>(),
            "events": action.events,
            "arguments": parts(&action.arguments),
        })
    });
    json!({
        "name": controller.name,
        "application": controller.application(),
        "labels": controller.labels().collect::<Vec<_>>(),
        "place": controller.place.to_string(),
        "lifetime": controller.lifetime.name(),
        "namespace": controller.namespace(),
        "websockets": controller.websockets().iter().map(route).collect::<Vec<_>>(),
        "fields": parts(&controller.fields),
        "actions": actions.collect::<Vec<_>>(),
    })
}

fn route(route: &ActivatedRoute) -> Value {
    json!({
        "method": route.method().map(http::Method::as_str),
        "path": route.path(),
        "name": route.name(),
        "before": route.before(),
    })
}

fn parts(parts: &[ReportedPart]) -> Vec<Value> {
    let part = |part: &ReportedPart| {
        let needs = part.needs.iter().filter_map(dependency).collect::<Vec<_>>();
        let reads = part.needs.iter().filter_map(|need| input(part, need)).collect::<Vec<_>>();
        json!({"name": part.name, "type": part.type_text, "given": part.is_given, "reads": reads, "needs": needs})
    };
    parts.iter().map(part).collect()
}

fn dependency(need: &ReportedNeed) -> Option<Value> {
    let ReportedNeed::Dependency { type_name, key, provider } = need else { return None };
    let provider =
        provider.map(|(lifetime, place)| json!({"lifetime": lifetime.name(), "place": place.to_string()}));
    Some(json!({"type": type_name, "key": key.name(), "provider": provider}))
}

fn input(part: &ReportedPart, need: &ReportedNeed) -> Option<Value> {
    let ReportedNeed::Input(input) = need else { return None };
    // Single values are fields of a struct that a macro has made, and that nobody has seen.
    let is_hidden = input.type_name().rsplit("::").next().is_some_and(|name| name.starts_with("__"));
    let type_name = if is_hidden { part.type_text } else { input.type_name() };
    Some(json!({
        "in": input.place().short_name(),
        "type": type_name,
        "required": input.is_required(),
        "fields": fields(input),
        "content_types": input.content_types(),
    }))
}

fn fields(input: &Input) -> Vec<Value> {
    let field = |field: &gongular_core::Field| json!({"path": field.path(), "required": field.is_required()});
    input.fields().iter().map(field).collect()
}
