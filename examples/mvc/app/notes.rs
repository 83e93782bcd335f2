//! Notes of users: fields of all sorts, hooks, and an error that the controller answers itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use gongular::http::StatusCode;
use gongular::layers::error::RequestHead;
use gongular::mvc::{Controller, controller};
use gongular::{Body, Context, Error, Inject, Json};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::session::User;

/// Where notes are kept: the controller knows the trait, the application picks what stands behind it.
pub(crate) trait Shelf: Send + Sync {
    fn all(&self, user: &str) -> Vec<Note>;
    fn add(&self, user: &str, text: String) -> Note;
    fn remove(&self, user: &str, id: u32) -> Option<Note>;
}

#[derive(Clone, Serialize)]
pub(crate) struct Note {
    id: u32,
    text: String,
}

#[derive(Default)]
pub(crate) struct Memory(Mutex<BTreeMap<String, Vec<Note>>>);

impl Memory {
    pub(crate) fn shared() -> Arc<dyn Shelf> {
        Arc::new(Self::default())
    }

    fn of<T>(&self, user: &str, change: impl FnOnce(&mut Vec<Note>) -> T) -> T {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(notes.entry(user.to_owned()).or_default())
    }
}

impl Shelf for Memory {
    fn all(&self, user: &str) -> Vec<Note> {
        self.of(user, |notes| notes.clone())
    }

    fn add(&self, user: &str, text: String) -> Note {
        self.of(user, |notes| {
            let note = Note { id: notes.last().map_or(1, |last| last.id + 1), text };
            notes.push(note.clone());
            note
        })
    }

    fn remove(&self, user: &str, id: u32) -> Option<Note> {
        self.of(user, |notes| {
            let index = notes.iter().position(|note| note.id == id)?;
            Some(notes.remove(index))
        })
    }
}

/// A note that is not there.
#[derive(Debug)]
struct NoNote(u32);

impl fmt::Display for NoNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no note {}", self.0)
    }
}

impl std::error::Error for NoNote {}

#[derive(Controller)]
pub(crate) struct Notes {
    shelf: Inject<dyn Shelf>,
    user: Inject<User>,
    /// How many notes a user may have.
    #[given]
    most: usize,
}

#[derive(Deserialize, Validate)]
pub(crate) struct NewNote {
    #[validate(length(min = 1, max = 80))]
    text: String,
}

#[controller]
impl Notes {
    /// `GET /user/notes`
    async fn get(&self) -> Json<Vec<Note>> {
        Json(self.shelf.all(&self.user.name))
    }

    /// `GET /user/notes/{id}`: an argument that is a plain value is the parameter of its name.
    async fn get_by(&self, id: u32) -> Result<Json<Note>, Error> {
        let note = self.shelf.all(&self.user.name).into_iter().find(|note| note.id == id);
        Ok(Json(note.ok_or(NoNote(id))?))
    }

    /// `POST /user/notes`
    async fn post(&self, note: Body<NewNote>) -> Result<(StatusCode, Json<Note>), Error> {
        if self.shelf.all(&self.user.name).len() >= self.most {
            return Err(Error::new(StatusCode::CONFLICT, format!("{} notes are enough", self.most)));
        }
        Ok((StatusCode::CREATED, Json(self.shelf.add(&self.user.name, note.0.text))))
    }

    /// `DELETE /user/notes/{id}`
    async fn delete_by(&self, id: u32) -> Result<(), Error> {
        self.shelf.remove(&self.user.name, id).map(drop).ok_or_else(|| NoNote(id).into())
    }

    /// Runs before arguments are read.
    fn begin_request(&self, cx: &mut Context<'_>) {
        cx.header("cache-control", "no-store");
    }

    /// Runs in the end, also when something has failed.
    fn end_request(&self, cx: &mut Context<'_>, error: Option<&Error>) {
        let outcome = error.map_or_else(|| "is done".to_owned(), |error| format!("failed: {error}"));
        cx.logger().info(format_args!("what {} wanted {outcome}", self.user.name));
    }

    /// Answers errors of this controller alone; the others have the usual answer.
    fn handle_error(error: &Error, _: &RequestHead) -> Option<(StatusCode, String)> {
        let NoNote(id) = error.downcast_ref::<NoNote>()?;
        Some((StatusCode::NOT_FOUND, format!("you have no note {id}")))
    }
}
