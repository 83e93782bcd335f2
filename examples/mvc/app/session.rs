//! Who is logged in: a cookie, a table, and the user as a dependency.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gongular::http::StatusCode;
use gongular::{Cookie, Error, Inject};
use serde::Deserialize;
use validator::Validate;

/// Users by the tokens of their sessions.
#[derive(Default)]
pub(crate) struct Sessions {
    users: Mutex<HashMap<String, String>>,
    tokens: RandomState,
}

impl Sessions {
    /// Opens a session, and returns its token.
    pub(crate) fn open(&self, user: String) -> String {
        let mut users = self.lock();
        // Enough for an example: a real one takes a generator that is made for secrets.
        let token =
            format!("{:016x}", self.tokens.hash_one((users.len(), &user, std::time::SystemTime::now())));
        users.insert(token.clone(), user);
        token
    }

    pub(crate) fn close(&self, token: &str) {
        self.lock().remove(token);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who asks.
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) token: String,
}

#[derive(Deserialize, Validate)]
pub(crate) struct Session {
    session: Option<String>,
}

/// Runs once in each request in which somebody needs a [`User`].
///
/// What it refuses, a controller behind may answer.
pub(crate) async fn user(cookie: Cookie<Session>, sessions: Inject<Sessions>) -> Result<User, Error> {
    let nobody = || Error::new(StatusCode::UNAUTHORIZED, "log in first").pass();
    let token = cookie.0.session.ok_or_else(nobody)?;
    let name = sessions.lock().get(&token).cloned().ok_or_else(nobody)?;
    Ok(User { name, token })
}
