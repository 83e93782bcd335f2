//! The one way to write a key.

use gongular::FromRequest;

struct Db;

#[derive(FromRequest)]
struct Report {
    #[inject]
    a: Db,
    #[inject()]
    b: Db,
    #[inject("replica")]
    c: Db,
    #[inject(kye = "replica")]
    d: Db,
    #[inject(named = "replica")]
    e: Db,
    #[inject(key = replica)]
    f: Db,
    #[inject(key = "replica", lazy)]
    g: Db,
    #[inject(key)]
    h: Db,
    #[inject(key = "replica")]
    i: Db,
}

fn main() {}
