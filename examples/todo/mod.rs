//! The todo application that every host in this folder serves: its values, its store and its handlers.
//!
//! A handler says by its arguments what it reads and needs. Nothing in here knows which host it runs on; what reads the body
//! stands last, since axum wants it there.

pub(crate) mod store;

use std::sync::Arc;

use gongular::http::{HeaderMap, HeaderValue, StatusCode, header};
use gongular::{Body, Container, Error, Form, FromRequest, Header, Inject, Json, Param, Query, UploadedFile};
use serde::{Deserialize, Serialize};
use validator::Validate;

use self::store::{Calls, Memory, NewTodo, Todo, TodoError, Todos};

#[derive(Deserialize, Validate)]
pub(crate) struct TodoId {
    id: u64,
}

#[derive(Deserialize, Validate)]
pub(crate) struct Filter {
    done: Option<bool>,
    #[serde(default = "ten")]
    #[validate(range(min = 1, max = 100))]
    limit: usize,
}

fn ten() -> usize {
    10
}

#[derive(Deserialize, Validate)]
pub(crate) struct Attachment {
    #[validate(length(max = 200))]
    note: String,
    file: UploadedFile,
}

#[derive(Deserialize, Validate)]
pub(crate) struct Rename {
    #[validate(length(min = 1, max = 80))]
    title: String,
}

/// Who asks: built once per request from a header; without it the request is refused.
pub(crate) struct User {
    name: String,
}

#[derive(Deserialize, Validate)]
pub(crate) struct Token {
    #[serde(rename = "x-user")]
    user: Option<String>,
}

async fn user(token: Header<Token>) -> Result<User, Error> {
    let name =
        token.0.user.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "say who you are in X-User"))?;
    Ok(User { name })
}

/// What the application needs, said once: a record of its calls, and a container that also has it.
pub(crate) async fn parts() -> (Calls, Container) {
    let calls = Calls::default();
    let todos: Arc<dyn Todos> = Arc::new(Memory::default());
    let container = Container::builder()
        .provide(calls.clone())
        .provide_as::<dyn Todos>(todos)
        .per_request(user)
        .needs::<(Inject<dyn Todos>, Inject<Calls>, Inject<User>, ReplaceTodo)>()
        .build()
        .await
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    (calls, container)
}

/// The application's own error as an answer.
pub(crate) fn answer(error: &TodoError) -> Error {
    match error {
        TodoError::NotFound(_) => Error::not_found().with_public("there is no such todo"),
        TodoError::Full => Error::new(StatusCode::INSUFFICIENT_STORAGE, "the list is full"),
    }
}

pub(crate) async fn list(filter: Query<Filter>, todos: Inject<dyn Todos>) -> Json<Vec<Todo>> {
    Json(todos.list(filter.done, filter.limit))
}

pub(crate) async fn show(param: Param<TodoId>, todos: Inject<dyn Todos>) -> Result<Json<Todo>, Error> {
    Ok(Json(todos.get(param.id)?))
}

pub(crate) async fn create(
    todos: Inject<dyn Todos>,
    user: Inject<User>,
    body: Body<NewTodo>,
) -> Result<(StatusCode, HeaderMap, Json<Todo>), Error> {
    let todo = todos.add(body.0, &user.name)?;
    let location = HeaderValue::try_from(format!("/todos/{}", todo.id))?;
    Ok((StatusCode::CREATED, HeaderMap::from_iter([(header::LOCATION, location)]), Json(todo)))
}

/// A whole request as one type: everything wrong with path, query and body is reported together.
#[derive(FromRequest)]
pub(crate) struct ReplaceTodo {
    param: Param<TodoId>,
    #[query]
    done: bool,
    body: Body<NewTodo>,
    todos: Inject<dyn Todos>,
}

pub(crate) async fn replace(request: ReplaceTodo) -> Result<Json<Todo>, Error> {
    Ok(Json(request.todos.replace(request.param.id, request.body.0, request.done)?))
}

pub(crate) async fn rename(
    param: Param<TodoId>,
    todos: Inject<dyn Todos>,
    form: Form<Rename>,
) -> Result<Json<Todo>, Error> {
    Ok(Json(todos.rename(param.id, &form.title)?))
}

#[derive(Serialize)]
pub(crate) struct Attached {
    id: u64,
    note: String,
    file: String,
    bytes: u64,
}

pub(crate) async fn attach(
    param: Param<TodoId>,
    todos: Inject<dyn Todos>,
    form: Form<Attachment>,
) -> Result<Json<Attached>, Error> {
    let todo = todos.get(param.id)?;
    let Attachment { note, file } = form.0;
    Ok(Json(Attached { id: todo.id, note, file: file.file_name().to_owned(), bytes: file.len() }))
}

pub(crate) async fn fall() -> &'static str {
    panic!("the chair fell over")
}

/// How often each route was called, as the statistics callback saw it.
pub(crate) async fn stats(calls: Inject<Calls>) -> Json<Vec<String>> {
    Json(calls.seen())
}
