//! An API in two versions on one path. A request asks for one by `Accept-Version: 2`, or by `Accept: application/json; version=2`.

use gongular::Json;
use gongular::mvc::controller;
use serde::Serialize;

pub(crate) struct First;

#[controller]
impl First {
    /// `GET /api`, version 1
    async fn get(&self) -> &'static str {
        "notes have at most 80 characters"
    }
}

pub(crate) struct Second;

#[derive(Serialize)]
pub(crate) struct Rules {
    most_characters: usize,
}

#[controller]
impl Second {
    /// `GET /api`, version 2
    async fn get(&self) -> Json<Rules> {
        Json(Rules { most_characters: 80 })
    }
}
