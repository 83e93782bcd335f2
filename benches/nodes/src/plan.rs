//! Who is where: which node holds which room, and who sends.

/// How many servers there are.
pub(crate) const NODES: usize = 3;

/// How many rooms there are: a third of them has members on one node, a third on two, a third on all.
pub(crate) const ROOMS: usize = 90;

/// Rooms, and last the namespace itself, which every node holds.
pub(crate) const PLACES: usize = ROOMS + 1;

/// How many clients a node has.
pub(crate) const CLIENTS: usize = 50;

/// How many clients of a node that holds a room are in it.
pub(crate) const MEMBERS: usize = 3;

/// Each place has a sender on each node, whether that has members or not. A sender's number tells its place and its node.
pub(crate) const SENDERS: usize = PLACES * NODES;

/// Returns the place that a sender sends to.
pub(crate) const fn place_of(sender: usize) -> usize {
    sender / NODES
}

/// Returns the node that a sender is connected to.
pub(crate) const fn node_of(sender: usize) -> usize {
    sender % NODES
}

/// Returns the client of its node that is the sender.
pub(crate) const fn client_of(sender: usize) -> usize {
    // Another stride than that of members, so that most senders are in other rooms than the one they send to.
    (place_of(sender) * 7 + 25) % CLIENTS
}

/// Returns whether a node has members in a place.
pub(crate) const fn holds(node: usize, place: usize) -> bool {
    let (nodes, first) = (place % NODES + 1, place / NODES % NODES);
    place == ROOMS || (node + NODES - first) % NODES < nodes
}

/// Returns the clients of a node that holds a place that are in it.
pub(crate) fn members(place: usize) -> Vec<usize> {
    if place == ROOMS {
        return (0..CLIENTS).collect();
    }
    (0..MEMBERS).map(|member| (place + member) % CLIENTS).collect()
}

/// Returns the name of a room; none for the namespace.
pub(crate) fn room(place: usize) -> Option<String> {
    (place < ROOMS).then(|| format!("room-{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_the_rooms_is_on_one_node_a_third_on_two_a_third_on_all() {
        let on = |place| (0..NODES).filter(|node| holds(*node, place)).count();
        for nodes in 1..=NODES {
            assert_eq!((0..ROOMS).filter(|place| on(*place) == nodes).count(), ROOMS / NODES);
        }
        let held = |node| (0..ROOMS).filter(|place| holds(node, *place)).count();
        assert!((0..NODES).all(|node| held(node) == ROOMS * 2 / 3), "none has more than another");
        assert_eq!((on(ROOMS), members(ROOMS).len()), (NODES, CLIENTS));
    }
}
