//! Who is where: the connections of this process, by namespace and room.
//!
//! Locks are taken in the order connection, table, group, and held for moves only: nothing waits in them, and no code of the
//! application runs.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::neffos::Conn;
use crate::neffos::lock::lock;
use crate::websocket::{Message, Sender};

/// The connections of this process.
#[derive(Debug)]
pub(super) struct Directory {
    by_id: Shards<Conn>,
    spaces: Box<[Space]>,
}

#[derive(Debug, Default)]
struct Space {
    members: Group,
    rooms: Shards<Arc<Group>>,
}

impl Directory {
    pub(super) fn new(namespaces: usize) -> Self {
        Self { by_id: Shards::default(), spaces: (0..namespaces).map(|_| Space::default()).collect() }
    }

    /// Adds a connection; false when its id is taken.
    pub(super) fn add(&self, conn: &Conn) -> bool {
        let mut shard = self.by_id.lock(conn.id());
        match shard.entry(conn.id().into()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(conn.clone());
                true
            }
        }
    }

    pub(super) fn remove(&self, conn: &Conn) {
        self.by_id.lock(conn.id()).remove(conn.id());
    }

    pub(super) fn find(&self, id: &str) -> Option<Conn> {
        self.by_id.lock(id).get(id).cloned()
    }

    pub(super) fn all(&self) -> Vec<Conn> {
        let mut all = Vec::new();
        for shard in &self.by_id.tables {
            all.extend(lock(shard).values().cloned());
        }
        all
    }

    pub(super) fn count(&self) -> usize {
        self.by_id.tables.iter().map(|shard| lock(shard).len()).sum()
    }

    pub(super) fn members(&self, space: usize) -> &Group {
        &self.spaces[space].members
    }

    /// Returns the members of a room; none when nobody is there.
    pub(super) fn room(&self, space: usize, room: &str) -> Option<Arc<Group>> {
        self.spaces[space].rooms.lock(room).get(room).cloned()
    }

    /// Adds a connection to a room, and makes the room if there is none; returns the room's name, which all share.
    ///
    /// `first` runs before, while nobody else can send to the room.
    pub(super) fn join(&self, space: usize, room: &str, conn: &Conn, first: impl FnOnce()) -> Arc<str> {
        let mut rooms = self.spaces[space].rooms.lock(room);
        let name = match rooms.get_key_value(room) {
            Some((name, _)) => Arc::clone(name),
            None => room.into(),
        };
        let group = rooms.entry(Arc::clone(&name)).or_default();
        // Under the lock of the table, so that the room is not taken away in between as an empty one.
        group.add(conn, first);
        name
    }

    pub(super) fn leave(&self, space: usize, room: &str, conn: &Conn) {
        let mut rooms = self.spaces[space].rooms.lock(room);
        if rooms.get(room).is_some_and(|group| group.remove(conn)) {
            rooms.remove(room);
        }
    }
}

/// The members of a namespace or a room.
///
/// Whoever sends to all of them holds the lock meanwhile, so that all see one order of messages. Sending waits for nobody.
#[derive(Debug, Default)]
pub(super) struct Group {
    members: Mutex<HashMap<u64, Member, BuildHasherDefault<SerialHasher>>>,
}

/// A member, with its sender at hand: sending to many touches nothing else of a connection.
#[derive(Debug)]
struct Member {
    sender: Sender,
    conn: Conn,
}

impl Group {
    /// Adds a connection. `first` runs before, while nobody else can send to the group.
    pub(super) fn add(&self, conn: &Conn, first: impl FnOnce()) {
        let member = Member { sender: conn.sender().clone(), conn: conn.clone() };
        let mut members = lock(&self.members);
        first();
        members.insert(conn.serial(), member);
    }

    /// Removes a connection; returns whether nobody is left.
    pub(super) fn remove(&self, conn: &Conn) -> bool {
        let mut members = lock(&self.members);
        members.remove(&conn.serial());
        members.is_empty()
    }

    pub(super) fn contains(&self, conn: &Conn) -> bool {
        lock(&self.members).contains_key(&conn.serial())
    }

    /// Sends a message to all, save some.
    pub(super) fn send(&self, message: &Message, except: &[u64]) {
        let members = lock(&self.members);
        for (serial, member) in &*members {
            if !except.contains(serial) {
                // A client that is gone, or does not read, leaves by itself.
                let _ = member.sender.send(message.clone());
            }
        }
    }

    pub(super) fn conns(&self) -> Vec<Conn> {
        lock(&self.members).values().map(|member| member.conn.clone()).collect()
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.members).len()
    }
}

/// A map by name, in pieces with a lock each.
#[derive(Debug)]
struct Shards<T> {
    hasher: RandomState,
    tables: [Mutex<HashMap<Arc<str>, T>>; SHARDS],
}

impl<T> Shards<T> {
    fn lock(&self, name: &str) -> MutexGuard<'_, HashMap<Arc<str>, T>> {
        let shard = self.hasher.hash_one(name) as usize % SHARDS;
        lock(&self.tables[shard])
    }
}

impl<T> Default for Shards<T> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), tables: std::array::from_fn(|_| Mutex::default()) }
    }
}

/// Spreads serial numbers, which no client chooses.
#[derive(Debug, Default)]
struct SerialHasher(u64);

impl Hasher for SerialHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Into how many pieces a map is cut.
const SHARDS: usize = 16;
