//! Two controllers on one path: one for users, one for visitors.

use gongular::http::StatusCode;
use gongular::mvc::{Controller, controller};
use gongular::{Context, Error, Form, Inject, Redirect};
use serde::Deserialize;
use validator::Validate;

use super::session::{Sessions, User};

/// Has a user, and so no answer for visitors: each request has an instance of its own.
#[derive(Controller)]
pub(crate) struct Account {
    user: Inject<User>,
    sessions: Inject<Sessions>,
}

#[controller]
impl Account {
    /// `GET /user`
    async fn get(&self) -> String {
        format!("you are {}", self.user.name)
    }

    /// `POST /user/logout`
    async fn post_logout(&self, cx: &mut Context<'_>) -> Redirect {
        self.sessions.close(&self.user.token);
        cx.append_header("set-cookie", "session=; Path=/; Max-Age=0");
        Redirect::to("/user")
    }
}

/// Needs nothing of a request: all visitors share one instance.
#[derive(Controller)]
pub(crate) struct Visitor {
    sessions: Inject<Sessions>,
}

#[derive(Deserialize, Validate)]
pub(crate) struct Login {
    #[validate(length(min = 2, max = 20))]
    name: String,
    password: String,
}

#[controller]
impl Visitor {
    /// `GET /user`, for those whom `Account` lets pass.
    async fn get(&self) -> &'static str {
        "you are nobody: log in at /user/login"
    }

    /// `POST /user/login`
    async fn post_login(&self, login: Form<Login>, cx: &mut Context<'_>) -> Result<Redirect, Error> {
        let Login { name, password } = login.0;
        if password != "secret" {
            return Err(Error::new(StatusCode::FORBIDDEN, "the password is another one"));
        }
        let token = self.sessions.open(name);
        cx.append_header("set-cookie", format!("session={token}; Path=/; HttpOnly; SameSite=Lax"));
        Ok(Redirect::to("/user"))
    }
}
