//! Methods whose result cannot be sent.

use gongular::Context;
use gongular::mvc::{Controller, controller};

struct Todo;

#[derive(Controller)]
struct Todos;

#[controller]
impl Todos {
    async fn get(&self) -> Todo {
        Todo
    }

    fn get_plain(&self) -> Result<Todo, std::io::Error> {
        Ok(Todo)
    }

    async fn get_context(&self, _: &mut Context<'_>) -> Result<Todo, gongular::Error> {
        Ok(Todo)
    }
}

fn main() {}
