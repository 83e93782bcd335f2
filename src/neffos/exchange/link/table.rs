//! Which channels are wanted, and which are heard.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, oneshot};

use crate::neffos::lock::lock;

#[derive(Default)]
pub(super) struct Table {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    wanted: HashMap<Arc<str>, Wanted>,
    /// The channels at which nobody has looked since they changed.
    changed: HashSet<Arc<str>>,
}

#[derive(Default)]
struct Wanted {
    count: usize,
    is_heard: bool,
    waiting: Vec<oneshot::Sender<()>>,
}

/// What the broker has to be told.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) add: Vec<Arc<str>>,
    pub(super) remove: Vec<Arc<str>>,
    /// Whether there is more than fits into one go.
    pub(super) has_more: bool,
}

impl Table {
    /// Wants a channel, once more; the receiver is ready when it is heard.
    pub(super) fn want(&self, channel: Arc<str>) -> oneshot::Receiver<()> {
        let (heard, hearing) = oneshot::channel();
        let mut inner = lock(&self.inner);
        let wanted = inner.wanted.entry(Arc::clone(&channel)).or_default();
        wanted.count += 1;
        if wanted.is_heard {
            // The receiver stands right here.
            let _ = heard.send(());
            return hearing;
        }
        // Those who gave up waiting have gone.
        wanted.waiting.retain(|waiting| !waiting.is_closed());
        wanted.waiting.push(heard);
        inner.changed.insert(channel);
        drop(inner);
        self.changed.notify_one();
        hearing
    }

    /// Takes one want back.
    pub(super) fn give_up(&self, channel: &Arc<str>) {
        let mut inner = lock(&self.inner);
        let Some(wanted) = inner.wanted.get_mut(channel) else { return };
        wanted.count -= 1;
        if wanted.count == 0 {
            inner.wanted.remove(channel);
            inner.changed.insert(Arc::clone(channel));
            drop(inner);
            self.changed.notify_one();
        }
    }

    /// Forgets what is heard, since the session is gone or begins.
    pub(super) fn reset(&self) {
        let mut inner = lock(&self.inner);
        let Inner { wanted, changed } = &mut *inner;
        changed.clear();
        for (channel, wanted) in wanted {
            wanted.is_heard = false;
            changed.insert(Arc::clone(channel));
        }
    }

    /// Waits until something has changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Returns what makes `held`, what the broker was told, like the table.
    pub(super) fn changes(&self, held: &HashSet<Arc<str>>) -> Changes {
        let mut inner = lock(&self.inner);
        let looked_at: Vec<_> = inner.changed.iter().take(BATCH).cloned().collect();
        let mut changes = Changes { has_more: inner.changed.len() > BATCH, ..Changes::default() };
        for channel in looked_at {
            inner.changed.remove(&channel);
            match (inner.wanted.get_mut(&channel), held.contains(&channel)) {
                (Some(wanted), true) => wanted.is_heard_now(),
                (Some(_), false) => changes.add.push(channel),
                (None, true) => changes.remove.push(channel),
                (None, false) => {}
            }
        }
        changes
    }

    /// Takes note that channels are heard.
    pub(super) fn heard(&self, channels: &[Arc<str>]) {
        let mut inner = lock(&self.inner);
        for channel in channels {
            // One that nobody wants any more has changed, and is looked at again.
            if let Some(wanted) = inner.wanted.get_mut(channel) {
                wanted.is_heard_now();
            }
        }
    }
}

impl Wanted {
    fn is_heard_now(&mut self) {
        self.is_heard = true;
        for waiting in self.waiting.drain(..) {
            // Who gave up waiting needs no word.
            let _ = waiting.send(());
        }
    }
}

/// Of how many channels the broker is told in one go.
const BATCH: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    #[test]
    fn the_first_subscribes_the_last_unsubscribes_and_those_between_wait_for_nothing() {
        let table = Table::default();
        let mut held = HashSet::new();
        let (mut first, mut second) = (table.want("a".into()), table.want("a".into()));
        assert_eq!(table.changes(&held), Changes { add: names(&["a"]), ..Changes::default() });
        assert!(first.try_recv().is_err() && second.try_recv().is_err(), "it is not heard yet");
        held.insert("a".into());
        table.heard(&names(&["a"]));
        assert!(first.try_recv().is_ok() && second.try_recv().is_ok());
        assert!(table.want("a".into()).try_recv().is_ok());
        for _ in 0..2 {
            table.give_up(&"a".into());
            assert_eq!(table.changes(&held), Changes::default());
        }
        table.give_up(&"a".into());
        assert_eq!(table.changes(&held), Changes { remove: names(&["a"]), ..Changes::default() });
    }

    #[test]
    fn who_comes_back_before_the_broker_was_told_hears_at_once() {
        let table = Table::default();
        let held = HashSet::from([Arc::from("a")]);
        drop(table.want("a".into()));
        table.heard(&names(&["a"]));
        table.give_up(&"a".into());
        let mut again = table.want("a".into());
        assert_eq!(table.changes(&held), Changes::default());
        assert!(again.try_recv().is_ok());
    }

    #[test]
    fn a_new_session_is_told_of_everything_that_is_wanted_in_bounded_goes() {
        let table = Table::default();
        for number in 0..BATCH + 1 {
            drop(table.want(number.to_string().into()));
        }
        table.give_up(&"0".into());
        table.reset();
        let held = HashSet::new();
        let first = table.changes(&held);
        assert_eq!((first.add.len(), first.has_more), (BATCH, false));
        assert_eq!(table.changes(&held), Changes::default());
        table.reset();
        drop(table.want("more".into()));
        assert!(table.changes(&held).has_more);
        assert_eq!(table.changes(&held).add.len(), 1);
    }
}
