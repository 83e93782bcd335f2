//! The shop: books, orders, reviews and covers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use gongular::http::StatusCode;
use gongular::inject::ContainerBuilder;
use gongular::stats::Logger;
use gongular::{Body, Context, Error, Form, FromRequest, Handle, Inject, Json, Param, Query, UploadedFile};
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Clone, Serialize)]
pub(crate) struct Book {
    id: u32,
    title: &'static str,
    pages: u32,
}

/// Where books are kept: handlers know the trait, the application picks what stands behind it.
pub(crate) trait Shelf: Send + Sync {
    fn books(&self) -> Vec<Book>;
    fn remove(&self, id: u32) -> Result<Book, ShopError>;
}

#[derive(Default)]
struct Memory(Mutex<BTreeMap<u32, Book>>);

impl Shelf for Memory {
    fn books(&self) -> Vec<Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn remove(&self, id: u32) -> Result<Book, ShopError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id).ok_or(ShopError::NoBook(id))
    }
}

/// The application's own error.
#[derive(Debug)]
pub(crate) enum ShopError {
    NoBook(u32),
}

impl fmt::Display for ShopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::NoBook(id) = self;
        write!(f, "no book {id}")
    }
}

impl std::error::Error for ShopError {}

/// How the application's error is answered.
pub(crate) fn answer(error: &ShopError) -> Error {
    let ShopError::NoBook(id) = error;
    Error::not_found().with_public(format!("there is no book {id}"))
}

pub(crate) fn providers(providers: ContainerBuilder) -> ContainerBuilder {
    let titles = [("Dune", 412), ("Emma", 474), ("Persuasion", 249), ("Ulysses", 730)];
    let books = (1..).zip(titles).map(|(id, (title, pages))| (id, Book { id, title, pages }));
    let shelf: Arc<dyn Shelf> = Arc::new(Memory(Mutex::new(books.collect())));
    providers.provide_as::<dyn Shelf>(shelf).provide_keyed("currency", "EUR")
}

/// Single values as fields of one struct, each with its place and its rules.
#[derive(FromRequest)]
pub(crate) struct Hello {
    #[param]
    #[validate(length(max = 20))]
    name: String,
    #[query]
    shout: Option<bool>,
}

pub(crate) async fn hello(hello: Hello) -> String {
    let text = format!("hello, {}", hello.name);
    if hello.shout == Some(true) { text.to_uppercase() } else { text }
}

#[derive(Deserialize, Validate)]
pub(crate) struct Filter {
    #[serde(default)]
    min_pages: u32,
    sort: Option<Sort>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Pages,
    Title,
}

pub(crate) async fn list(filter: Query<Filter>, shelf: Inject<dyn Shelf>) -> Json<Vec<Book>> {
    let mut books = shelf.books();
    books.retain(|book| book.pages >= filter.min_pages);
    match filter.sort {
        Some(Sort::Pages) => books.sort_by_key(|book| book.pages),
        Some(Sort::Title) => books.sort_by_key(|book| book.title),
        None => {}
    }
    Json(books)
}

#[derive(Deserialize, Validate)]
pub(crate) struct BookId {
    id: u32,
}

pub(crate) async fn show(param: Param<BookId>, shelf: Inject<dyn Shelf>) -> Result<Json<Book>, ShopError> {
    let book = shelf.books().into_iter().find(|book| book.id == param.id);
    book.map(Json).ok_or(ShopError::NoBook(param.id))
}

pub(crate) async fn remove(param: Param<BookId>, shelf: Inject<dyn Shelf>) -> Result<Json<Book>, ShopError> {
    shelf.remove(param.id).map(Json)
}

#[derive(Deserialize, Serialize, Validate)]
pub(crate) struct Order {
    #[validate(email)]
    email: String,
    #[validate(length(min = 1, max = 20), nested)]
    items: Vec<Item>,
}

#[derive(Deserialize, Serialize, Validate)]
struct Item {
    book: u32,
    #[validate(range(min = 1, max = 9))]
    qty: u8,
}

/// The first handler of the chain: its line stands in the statistic of the request.
pub(crate) async fn log_order(order: Body<Order>, logger: Logger) {
    logger.info(format_args!("{} wants {} items", order.email, order.items.len()));
}

/// A handler as a struct: what it reads and needs are its fields.
#[derive(FromRequest)]
pub(crate) struct PlaceOrder {
    body: Body<Order>,
    shelf: Inject<dyn Shelf>,
    #[inject(key = "currency")]
    currency: Inject<&'static str>,
}

impl Handle for PlaceOrder {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        let known = self.shelf.books();
        let unknown = self.body.items.iter().find(|item| known.iter().all(|book| book.id != item.book));
        if let Some(item) = unknown {
            return Err(ShopError::NoBook(item.book).into());
        }
        let pieces: u32 = self.body.items.iter().map(|item| u32::from(item.qty)).sum();
        let price = format!("{} {}", 12 * pieces, *self.currency);
        cx.status(StatusCode::CREATED).set_body(&serde_json::json!({ "pieces": pieces, "price": price }));
        Ok(())
    }
}

#[derive(Deserialize, Serialize, Validate)]
pub(crate) struct Review {
    book: u32,
    #[validate(range(min = 1, max = 5))]
    stars: u8,
    #[validate(length(max = 200))]
    #[serde(default)]
    text: String,
}

pub(crate) async fn review(review: Form<Review>) -> (StatusCode, Json<Review>) {
    (StatusCode::CREATED, Json(review.0))
}

#[derive(Deserialize, Validate)]
pub(crate) struct Cover {
    book: u32,
    cover: UploadedFile,
}

#[derive(Serialize)]
pub(crate) struct Uploaded {
    book: u32,
    name: String,
    bytes: u64,
}

pub(crate) async fn cover(form: Form<Cover>) -> Json<Uploaded> {
    let Cover { book, cover } = form.0;
    Json(Uploaded { book, name: cover.file_name().to_owned(), bytes: cover.len() })
}
