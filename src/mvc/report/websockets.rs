//! What became of controllers whose methods are events of websockets.

use std::sync::Arc;

use gongular_core::{Part, PartOwner};

use super::{ReportedAction, ReportedController, given, parts as reported_parts};
use crate::inject::{Container, Lifetime};
use crate::mvc::ActivatedRoute;

impl ReportedController {
    /// Reports a controller by its parts: the fields, then the methods, one after the other for each event.
    pub(crate) fn of_websocket(
        owner: PartOwner,
        namespace: String,
        routes: Vec<ActivatedRoute>,
        parts: &[Part],
        container: Option<&Container>,
    ) -> Self {
        let report = container.map(Container::report);
        let providers = report.map(|report| report.providers()).unwrap_or_default();
        let (mut fields, mut actions) = (Vec::new(), Vec::<ReportedAction>::new());
        for part in parts {
            let needs = reported_parts(part.contract(), providers);
            let Some(name) = part.owner().and_then(PartOwner::method_name) else {
                fields.extend(needs);
                continue;
            };
            let event = (!part.name().is_empty()).then(|| part.name().to_owned());
            match actions.iter_mut().find(|known| known.name == name) {
                Some(known) => known.events.extend(event),
                None => actions.push(ReportedAction {
                    name,
                    routes: Vec::new(),
                    events: event.into_iter().collect(),
                    arguments: needs,
                }),
            }
        }
        fields.extend(given(owner.given_fields()));
        Self {
            name: owner.name(),
            place: owner.place(),
            lifetime: Lifetime::Request,
            about: Arc::default(),
            websocket: Some((namespace, routes)),
            fields,
            actions,
        }
    }
}
