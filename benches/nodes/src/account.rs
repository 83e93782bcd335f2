//! What is missing, and whether all of it is accounted for.

use crate::load::{Heard, Sent};
use crate::node::Told;
use crate::plan::{self, CLIENTS, NODES, SENDERS, holds, node_of, place_of};

/// What a run has left.
#[derive(Debug)]
pub(crate) struct Run {
    /// Of each sender.
    pub(crate) sent: Vec<Vec<Sent>>,
    /// Of each client of each node.
    pub(crate) heard: Vec<Vec<Heard>>,
    /// Of each node.
    pub(crate) told: Vec<Told>,
    /// When the broker was killed, in microseconds.
    pub(crate) killed: u64,
}

impl Run {
    /// Returns when a node noticed that the broker was killed; the beginning of time where it did not.
    fn noticed(&self, node: usize) -> u64 {
        let after = self.told[node].losses.iter().find(|(from, _)| *from >= self.killed);
        after.map_or(0, |(from, _)| *from)
    }
}

/// What became of the messages of a run. A message is counted once for each node that holds its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// How many clients should have heard a message, those of the sender's own node and, if it was taken, those of others.
    pub(crate) due: usize,
    /// How many did.
    pub(crate) came: usize,
    /// Came to a client a second time, or after a later one of the same sender.
    pub(crate) twice: usize,
    pub(crate) disordered: usize,
    /// Came to somebody whom it was not for, or has no sender.
    pub(crate) strange: usize,
    /// Came to some members of a node and not to others, or not to those of the sender's own.
    pub(crate) torn: usize,
    /// Came to another node although the sender was told that it does not.
    pub(crate) refused_but_came: usize,
    /// Not heard, since the node that should have was told to be away when it was sent.
    pub(crate) away: usize,
    /// Not heard, the last ones that were sent until the sender's node noticed the kill.
    pub(crate) in_flight: usize,
    /// How many messages those are, by the sender's node, and how many of them were sent before the kill.
    pub(crate) lost: [usize; NODES],
    pub(crate) lost_before: [usize; NODES],
    /// Not heard, and nobody can say why.
    pub(crate) unaccounted: usize,
    /// When the first and the last of those that are missing were sent.
    pub(crate) window: Option<(u64, u64)>,
    /// How many packets each node should have heard of others.
    pub(crate) expected: [u64; NODES],
    /// How many messages the senders of each node were told were taken, and refused.
    pub(crate) taken: [u64; NODES],
    pub(crate) refused: [u64; NODES],
}

impl Account {
    pub(crate) fn of(run: &Run) -> Self {
        let mut account = Self::default();
        for sender in 0..SENDERS {
            account.add_sender(run, sender);
        }
        account.add_strange(run);
        account
    }

    fn add_sender(&mut self, run: &Run, sender: usize) {
        let (sent, own, place) = (&run.sent[sender], node_of(sender), place_of(sender));
        let taken = sent.iter().filter(|sent| sent.is_taken).count();
        self.taken[own] += taken as u64;
        self.refused[own] += (sent.len() - taken) as u64;
        let mut is_lost = vec![false; sent.len()];
        for node in (0..NODES).filter(|node| holds(*node, place)) {
            let members = plan::members(place);
            let mut counts = vec![0; sent.len()];
            for member in &members {
                if let Some(numbers) = run.heard[node][*member].get(&sender) {
                    self.add_heard(numbers, &mut counts);
                }
            }
            // Later ones that came before the sender's node noticed: what is missing before them is no loss of the kill.
            let noticed = run.noticed(own);
            let last = (0..sent.len()).rev().find(|at| counts[*at] > 0 && sent[*at].at <= noticed);
            for (number, (sent, count)) in sent.iter().zip(&counts).enumerate() {
                let is_due = node == own || sent.is_taken;
                self.due += if is_due { members.len() } else { 0 };
                self.came += count;
                if node != own && *count > 0 {
                    self.expected[node] += 1;
                }
                match *count {
                    0 if node == own => self.torn += 1,
                    0 if is_due => {
                        let is_last = last.is_none_or(|last| last < number) && sent.at <= noticed;
                        is_lost[number] |= self.add_missing(run, sent.at, node, is_last);
                    }
                    0 => {}
                    _ if !is_due => self.refused_but_came += 1,
                    count if count < members.len() => self.torn += 1,
                    _ => {}
                }
            }
        }
        for (sent, _) in sent.iter().zip(is_lost).filter(|(_, is_lost)| *is_lost) {
            self.lost[own] += 1;
            self.lost_before[own] += usize::from(sent.at < run.killed);
        }
    }

    /// Looks at what a client has heard of a sender, and counts each message once.
    fn add_heard(&mut self, numbers: &[u32], counts: &mut [usize]) {
        let mut seen = vec![false; counts.len()];
        let mut last = None;
        for number in numbers {
            match seen.get_mut(*number as usize) {
                None => self.strange += 1,
                Some(true) => self.twice += 1,
                Some(seen) => {
                    *seen = true;
                    counts[*number as usize] += 1;
                    self.disordered += usize::from(last > Some(*number));
                    last = Some(*number);
                }
            }
        }
    }

    /// Says why a message that was taken is missing on another node; returns whether it was lost with the broker.
    fn add_missing(&mut self, run: &Run, at: u64, node: usize, is_last: bool) -> bool {
        let (first, last) = self.window.unwrap_or((at, at));
        self.window = Some((first.min(at), last.max(at)));
        let is_away = run.told[node].losses.iter().any(|(from, to)| (*from..=*to).contains(&at));
        let counter = match (is_away, is_last) {
            (true, _) => &mut self.away,
            (false, true) => &mut self.in_flight,
            (false, false) => &mut self.unaccounted,
        };
        *counter += 1;
        is_last && !is_away
    }

    /// Counts what came to clients that are not where it was sent to.
    fn add_strange(&mut self, run: &Run) {
        let is_for = |node: usize, client: usize, sender: usize| {
            sender < SENDERS
                && holds(node, place_of(sender))
                && plan::members(place_of(sender)).contains(&client)
        };
        for (node, clients) in run.heard.iter().enumerate() {
            debug_assert_eq!(clients.len(), CLIENTS);
            for (client, heard) in clients.iter().enumerate() {
                let strange = heard.iter().filter(|(sender, _)| !is_for(node, client, **sender));
                self.strange += strange.map(|(_, numbers)| numbers.len()).sum::<usize>();
            }
        }
    }

    /// Returns how many messages the broker had confirmed, and took along: those that were lost around the kill, save those
    /// that the sender's node counts as unconfirmed.
    pub(crate) fn by_broker(&self, told: &[Told]) -> usize {
        self.lost.iter().zip(told).map(|(lost, told)| lost.saturating_sub(told.unconfirmed as usize)).sum()
    }

    /// Returns whether only what was sent before the kill can have been confirmed.
    pub(crate) fn is_by_broker_before(&self, told: &[Told]) -> bool {
        let nodes = self.lost.iter().zip(&self.lost_before).zip(told);
        nodes
            .into_iter()
            .all(|((lost, before), told)| lost.saturating_sub(told.unconfirmed as usize) <= *before)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Sender 1 of place 0, which node 0 alone holds, on node 1; three messages, of which the members of node 0 heard `numbers`.
    fn run(numbers: &[u32], sent: [(u64, bool); 3]) -> Run {
        let mut all = vec![Vec::new(); SENDERS];
        all[1] = sent.map(|(at, is_taken)| Sent { at, is_taken }).into();
        let mut heard = vec![vec![HashMap::new(); CLIENTS]; NODES];
        for member in plan::members(0) {
            heard[0][member].insert(1, numbers.to_vec());
        }
        let told = Told { losses: vec![(1_000_010, 2_000_000)], outages: 1, refused: 0, unconfirmed: 1 };
        Run { sent: all, heard, told: vec![told; NODES], killed: 1_000_000 }
    }

    #[test]
    fn what_came_once_in_order_leaves_nothing_to_account_for() {
        let account = Account::of(&run(&[0, 1, 2], [(10, true), (20, true), (2_000_001, true)]));
        assert_eq!((account.due, account.came, account.window), (9, 9, None));
        assert_eq!((account.expected, account.taken), ([3, 0, 0], [0, 3, 0]));
        assert_eq!((account.twice, account.disordered, account.strange, account.torn), (0, 0, 0, 0));
    }

    #[test]
    fn what_came_twice_or_late_or_to_others_is_found() {
        let mut run = run(&[1, 0, 1, 2, 7], [(10, true), (20, true), (30, false)]);
        run.heard[1][9].insert(1, vec![0]);
        run.heard[0][0].remove(&1);
        let account = Account::of(&run);
        assert_eq!((account.twice, account.disordered), (2, 2), "at each of two members");
        assert_eq!((account.strange, account.torn, account.refused_but_came), (3, 2, 1));
    }

    #[test]
    fn what_is_missing_is_excused_around_the_kill_and_while_away_and_at_no_other_time() {
        let around = Account::of(&run(&[], [(999_000, true), (1_000_005, true), (1_500_000, true)]));
        assert_eq!((around.in_flight, around.away, around.unaccounted), (2, 1, 0));
        assert_eq!(around.window, Some((999_000, 1_500_000)));
        assert_eq!((around.lost, around.lost_before), ([0, 2, 0], [0, 1, 0]));
        let told = vec![Told { unconfirmed: 1, ..Told::default() }; NODES];
        assert_eq!((around.by_broker(&told), around.is_by_broker_before(&told)), (1, true));
        let told = vec![Told::default(); NODES];
        assert!(
            !around.is_by_broker_before(&told),
            "one was sent after the kill, and nobody can have confirmed it"
        );

        let other = Account::of(&run(&[1], [(10, true), (20, true), (2_000_001, true)]));
        assert_eq!(
            (other.in_flight, other.away, other.unaccounted),
            (0, 0, 2),
            "one that came, and a return"
        );
    }
}
