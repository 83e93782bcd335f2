//! Factories that build something else than what they are registered for, or nothing.

use gongular::inject::{Container, Provider};

struct User;

fn main() {
    let number = Provider::<User>::per_request(|| 1_i64);
    let nothing = Provider::<User>::per_request(|| ());
    let later = Provider::<User>::per_request(async || Ok::<i64, std::io::Error>(1));
    let _ = Container::builder().register(number).register(nothing).register(later);
}
