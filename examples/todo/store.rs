//! The store behind the application, as a trait object that a test or another store may replace.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use gongular::stats::RouteStat;
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Todo {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) tags: Vec<String>,
    pub(crate) done: bool,
    pub(crate) by: String,
}

#[derive(Clone, Debug, Deserialize, Validate)]
pub(crate) struct NewTodo {
    #[validate(length(min = 1, max = 80))]
    pub(crate) title: String,
    #[serde(default)]
    #[validate(length(max = 5))]
    pub(crate) tags: Vec<String>,
}

#[derive(Debug)]
pub(crate) enum TodoError {
    NotFound(u64),
    Full,
}

impl fmt::Display for TodoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(id) => write!(f, "no todo {id} in the store"),
            Self::Full => f.write_str("no room in the store"),
        }
    }
}

impl std::error::Error for TodoError {}

pub(crate) trait Todos: Send + Sync {
    fn list(&self, done: Option<bool>, limit: usize) -> Vec<Todo>;
    fn get(&self, id: u64) -> Result<Todo, TodoError>;
    fn add(&self, new: NewTodo, by: &str) -> Result<Todo, TodoError>;
    fn replace(&self, id: u64, new: NewTodo, done: bool) -> Result<Todo, TodoError>;
    fn rename(&self, id: u64, title: &str) -> Result<Todo, TodoError>;
}

#[derive(Default)]
pub(crate) struct Memory {
    todos: Mutex<BTreeMap<u64, Todo>>,
}

impl Memory {
    fn edit(&self, id: u64, edit: impl FnOnce(&mut Todo)) -> Result<Todo, TodoError> {
        let mut todos = self.todos.lock().unwrap_or_else(PoisonError::into_inner);
        let todo = todos.get_mut(&id).ok_or(TodoError::NotFound(id))?;
        edit(todo);
        Ok(todo.clone())
    }
}

impl Todos for Memory {
    fn list(&self, done: Option<bool>, limit: usize) -> Vec<Todo> {
        let todos = self.todos.lock().unwrap_or_else(PoisonError::into_inner);
        todos.values().filter(|todo| done.is_none_or(|done| todo.done == done)).take(limit).cloned().collect()
    }

    fn get(&self, id: u64) -> Result<Todo, TodoError> {
        self.edit(id, |_| ())
    }

    fn add(&self, new: NewTodo, by: &str) -> Result<Todo, TodoError> {
        let mut todos = self.todos.lock().unwrap_or_else(PoisonError::into_inner);
        let id = todos.len() as u64 + 1;
        if id > 1000 {
            return Err(TodoError::Full);
        }
        let todo = Todo { id, title: new.title, tags: new.tags, done: false, by: by.to_owned() };
        todos.insert(id, todo.clone());
        Ok(todo)
    }

    fn replace(&self, id: u64, new: NewTodo, done: bool) -> Result<Todo, TodoError> {
        self.edit(id, |todo| {
            todo.title = new.title;
            todo.tags = new.tags;
            todo.done = done;
        })
    }

    fn rename(&self, id: u64, title: &str) -> Result<Todo, TodoError> {
        self.edit(id, |todo| title.clone_into(&mut todo.title))
    }
}

/// What the statistics callback has seen: one line a request, without times.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    /// The callback that a statistics layer calls at the end of each request.
    pub(crate) fn record(&self, stat: &RouteStat) {
        let route = stat.matched_path().map_or("-", |path| path.as_str());
        let status = stat.response_code().map_or(0, |status| status.as_u16());
        let line =
            format!("{} {route} {status} {:?} {}", stat.method(), stat.outcome(), stat.response_size());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// The lines so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
