//! What is injected: five singletons, one of several of a type by key, one made per request by an async factory.

use std::collections::HashMap;
use std::sync::Arc;

macro_rules! singletons {
    ($($name:ident),*) => {$(
        #[derive(Debug)]
        pub(crate) struct $name {
            pub(crate) v: u64,
        }
    )*};
}

singletons!(Db, Cache, Mailer, Clock, Config, Pool);

/// Built once per request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestNumber {
    pub(crate) v: u64,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserId(pub(crate) u64);

/// Several of one type by a name.
#[derive(Clone, Debug)]
pub(crate) struct Pools(Arc<HashMap<&'static str, Arc<Pool>>>);

impl Pools {
    pub(crate) fn of(&self, name: &str) -> Option<&Pool> {
        self.0.get(name).map(|pool| &**pool)
    }
}

/// All that lives as long as the application, for peers without a container.
#[derive(Clone, Debug)]
pub(crate) struct Singletons {
    pub(crate) db: Arc<Db>,
    pub(crate) cache: Arc<Cache>,
    pub(crate) mailer: Arc<Mailer>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) config: Arc<Config>,
    pub(crate) pools: Pools,
}

impl Singletons {
    pub(crate) fn new() -> Self {
        let pools = [("primary", 60), ("replica", 6), ("archive", 600)];
        Self {
            db: Arc::new(Db { v: 1 }),
            cache: Arc::new(Cache { v: 2 }),
            mailer: Arc::new(Mailer { v: 3 }),
            clock: Arc::new(Clock { v: 4 }),
            config: Arc::new(Config { v: 5 }),
            pools: Pools(Arc::new(pools.into_iter().map(|(name, v)| (name, Arc::new(Pool { v }))).collect())),
        }
    }
}

/// The per-request factory: it needs a singleton and a header.
pub(crate) async fn request_number(db: &Db, header: Option<&[u8]>) -> Result<RequestNumber, &'static str> {
    let digits = header.ok_or("no x-request-id")?;
    let mut number = 0_u64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err("bad x-request-id");
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    }
    Ok(RequestNumber { v: number + db.v - 1 })
}

/// The answer of the handler that everything is injected into.
pub(crate) const fn sum(
    db: &Db,
    cache: &Cache,
    mailer: &Mailer,
    clock: &Clock,
    config: &Config,
    pool: &Pool,
    number: RequestNumber,
) -> u64 {
    db.v + cache.v + mailer.v + clock.v + config.v + pool.v + number.v
}
