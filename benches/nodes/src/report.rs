//! What is printed of a run, and whether all is as promised.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::account::Account;
use crate::broker::Kind;
use crate::node::Told;
use crate::plan::{CLIENTS, NODES, ROOMS, SENDERS, holds};
use crate::tap::Heard;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) kind: Kind,
    pub(crate) time: Duration,
    pub(crate) killed: u64,
    pub(crate) restarted: u64,
    pub(crate) told: Vec<Told>,
    pub(crate) taps: Vec<Arc<Heard>>,
    pub(crate) account: Account,
}

impl Report {
    /// Prints the tables and each check.
    pub(crate) fn print(&self) {
        let (kind, seconds) = (self.kind.name(), self.time.as_secs());
        println!(
            "\n{kind}, {seconds} s, {NODES} nodes, {} clients, {ROOMS} rooms, {SENDERS} senders; the broker is killed in the \
             middle and started again after {} ms",
            NODES * CLIENTS,
            millis(self.killed, self.restarted)
        );
        self.print_nodes();
        self.print_messages();
        println!();
        for (is_good, promise) in self.checks() {
            println!("{} {promise}", if is_good { "holds:" } else { "FAILS:" });
        }
    }

    /// Returns whether everything is as promised.
    pub(crate) fn is_good(&self) -> bool {
        self.checks().iter().all(|(is_good, _)| *is_good)
    }

    fn print_nodes(&self) {
        println!(
            "\n| {} | rooms held | published | refused | unconfirmed | outages | noticed after, ms | back after, ms | heard of \
             others | expected | own, back from the broker | of rooms not held |",
            self.kind.name()
        );
        println!("|---|{}", "--:|".repeat(11));
        for (node, (told, tap)) in self.told.iter().zip(&self.taps).enumerate() {
            let rooms = (0..ROOMS).filter(|place| holds(node, *place)).count();
            let (from, to) = told.losses.first().copied().unwrap_or_default();
            println!(
                "| node {} | {rooms} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                node + 1,
                self.account.taken[node],
                told.refused,
                told.unconfirmed,
                told.outages,
                millis(self.killed, from),
                millis(self.restarted, to),
                count(&tap.others),
                self.account.expected[node],
                count(&tap.own),
                count(&tap.stray),
            );
        }
    }

    fn print_messages(&self) {
        let account = &self.account;
        let unconfirmed = account.lost.iter().sum::<usize>() - account.by_broker(&self.told);
        let sum = |numbers: &[u64]| numbers.iter().sum::<u64>();
        println!("\n| {} | |", self.kind.name());
        println!("|---|--:|");
        let row = |what: &str, number: usize| println!("| {what} | {number} |");
        row("messages sent", (sum(&account.taken) + sum(&account.refused)) as usize);
        row("of which their sender was told that they go no further", sum(&account.refused) as usize);
        row("due to clients", account.due);
        row("came to clients", account.came);
        row("a second time", account.twice);
        row("in another order", account.disordered);
        row("missing on a node that was away, and said so", account.away);
        row("missing on a node, lost with the broker", account.in_flight);
        row("messages those are: counted as unconfirmed", unconfirmed);
        row("messages those are: confirmed, and lost by the broker", account.by_broker(&self.told));
        row("missing for no reason", account.unaccounted);
        if let Some((first, last)) = account.window {
            let (first, last) = (millis(self.killed, first), millis(self.killed, last));
            println!("\nThe missing ones were sent from {first} to {last} ms after the kill.");
        }
    }

    fn checks(&self) -> Vec<(bool, &'static str)> {
        let (account, told) = (&self.account, &self.told);
        let all = |is_good: &dyn Fn(usize) -> bool| (0..NODES).all(is_good);
        let back = told.iter().flat_map(|told| &told.losses).map(|(_, to)| *to).max();
        let is_inside = |(_, last): (u64, u64)| back.is_some_and(|back| last <= back);
        vec![
            (account.due > 0 && all(&|node| account.taken[node] > 0), "every node sent"),
            (
                all(&|node| count(&self.taps[node].others) == account.expected[node]),
                "a node hears what others publish in rooms that it holds, once",
            ),
            (
                all(&|node| count(&self.taps[node].stray) == 0),
                "a node hears nothing of rooms that it does not hold",
            ),
            (account.twice == 0 && account.disordered == 0, "nothing comes twice or in another order"),
            (account.strange == 0, "nothing comes to a client that is not a member"),
            (account.torn == 0, "what comes to a node comes to all members there, the sender's own always"),
            (account.refused_but_came == 0, "what was refused does not come to another node"),
            (
                all(&|node| told[node].refused == account.refused[node]),
                "each node counts as refused what its senders were told",
            ),
            (
                all(&|node| told[node].outages == told[node].losses.len() as u64 && told[node].outages > 0),
                "each node tells of the outage",
            ),
            (
                account.window.is_none_or(is_inside),
                "what is missing was under way at the kill, or sent before the last node was back",
            ),
            (
                account.unaccounted == 0 && account.is_by_broker_before(told),
                "what is missing is accounted for: a receiver away, unconfirmed, or in the broker when it was killed",
            ),
            (back.is_some_and(|back| back < u64::MAX), "every node came back"),
        ]
    }
}

fn count(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// Returns from one moment to another, which may be before it.
fn millis(from: u64, to: u64) -> i64 {
    (to as i64).saturating_sub(from as i64) / 1000
}
