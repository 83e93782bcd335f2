//! Routes of controllers that cannot be, told in the names of their methods.

use gongular::mvc::{Application, Controller, Grpc, controller};
use gongular::{AnyBody, ResponseBody, Router, http};

/// The texts of the mistakes; this file's places in them are `HERE`, and this module's path is left out.
async fn texts(app: Application) -> Vec<String> {
    let error = app.into_engine().build().await.expect_err("the mistake is found");
    let text = |mistake: &gongular::engine::Mistake| {
        let mut pieces = Vec::new();
        for (index, piece) in mistake.to_string().split(file!()).enumerate() {
            let place = |char: char| char == ':' || char.is_ascii_digit();
            if index > 0 {
                // A line and a column.
                assert_eq!(
                    piece.split(|char| !place(char)).next().map(|place| place.matches(':').count()),
                    Some(2),
                    "{mistake}"
                );
            }
            pieces.push(if index > 0 {
                piece.trim_start_matches(place).to_owned()
            } else {
                piece.to_owned()
            });
        }
        pieces.join("HERE").replace(&format!("{}::", module_path!()), "")
    };
    error.mistakes().iter().map(text).collect()
}

struct ById;

#[controller]
impl ById {
    async fn get_by(&self, id: u32) -> String {
        id.to_string()
    }
}

struct ByUserId;

#[controller]
impl ByUserId {
    async fn get_by(&self, user_id: u32) -> String {
        user_id.to_string()
    }
}

#[tokio::test]
async fn parameters_of_two_controllers_that_differ_by_name_are_to_have_one() {
    let app = Application::new(Router::new()).handle(ById).handle(ByUserId);
    assert_eq!(
        texts(app).await,
        [
            "`GET /{id}` of `ById::get_by` at HERE and `GET /{user_id}` of `ByUserId::get_by` at HERE cannot be told apart, they match \
             the same paths; give their parameters the same names to let the second one stand behind the first, or remove one, or \
             give it another method or path"
        ]
    );
}

#[tokio::test]
async fn controllers_of_two_parties_on_one_path_are_to_have_one_party() {
    let app = Application::new(Router::new());
    let app = app.party("/a", |app| app.handle(ById)).party("/a", |app| app.handle(ById));
    assert_eq!(
        texts(app).await,
        [
            "`GET /a/{id}` is registered twice, by `ById::get_by` at HERE and by `ById::get_by` at HERE; let one application or party \
             handle both controllers to have the second one stand behind the first, or remove one, or give it another method"
        ]
    );
}

#[derive(Controller)]
struct OfShop {
    #[param]
    shop: u8,
}

#[controller]
impl OfShop {
    async fn get(&self) -> String {
        self.shop.to_string()
    }
}

#[tokio::test]
async fn a_route_without_parameters_has_none_to_be_renamed() {
    assert_eq!(
        texts(Application::new(Router::new()).handle(controller::<OfShop>())).await,
        [
            "field `shop` of `OfShop` has no parameter in the route `GET /` of `OfShop::get`, which has no parameters: write `{shop}` into \
             it, or read the value from elsewhere, such as `Query` (HERE)"
        ]
    );
}

#[tokio::test]
async fn a_parameter_of_a_method_of_a_grpc_service() {
    let service = tower::service_fn(async |_: http::Request<AnyBody>| {
        Ok::<_, std::convert::Infallible>(http::Response::new(ResponseBody::empty()))
    });
    let app = Application::new(Router::new()).handle_with(ById, Grpc::new("shop.Shop", service));
    assert_eq!(
        texts(app).await,
        [
            "argument `id` of `get_by` has no parameter in the route `POST /shop.Shop/GetBy` of `ById::get_by`, which has no parameters: \
             `Grpc` gives all methods such routes; read the value from the body, or leave the method out with `skip` (HERE)"
        ]
    );
}

#[tokio::test]
async fn a_grpc_service_without_a_name() {
    let service = tower::service_fn(async |_: http::Request<AnyBody>| {
        Ok::<_, std::convert::Infallible>(http::Response::new(ResponseBody::empty()))
    });
    let app = Application::new(Router::new()).handle_with(ById, Grpc::new("/", service));
    assert_eq!(
        texts(app).await,
        [
            "the controller `ById`: a gRPC service has a name, such as `package.Service`, which `Grpc::new` was not given (HERE)"
        ]
    );
}

#[derive(Controller)]
struct Named {
    name: String,
}

#[controller]
impl Named {
    async fn get(&self) -> &str {
        &self.name
    }
}

#[tokio::test]
async fn a_field_that_reads_the_body_is_named_where_there_is_none() {
    assert_eq!(
        texts(Application::new(Router::new()).handle(controller::<Named>())).await,
        [
            "field `name: String` of `Named` reads the body, but the route `GET /` of `Named::get` has none: write `#[given]` above it if \
             it is a plain value, or read it in the methods that have a body (HERE)"
        ]
    );
}
