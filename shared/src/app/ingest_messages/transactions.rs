//! Cuts the changes of a guild-day into pieces that fit into a transaction each.

use crate::{domain::batch::Change, ports::MAX_CHANGE_BYTES};

/// The changes in their order, at most `max_changes` together. One that is larger than a transaction may be is alone in its piece: the store decides.
pub(super) fn transactions(changes: Vec<Change>, max_changes: usize) -> Vec<Vec<Change>> {
    let mut pieces: Vec<Vec<Change>> = Vec::new();
    let mut bytes = 0;
    for change in changes {
        bytes += change.bytes();
        match pieces.last_mut() {
            Some(piece) if piece.len() < max_changes && bytes <= MAX_CHANGE_BYTES => piece.push(change),
            _ => {
                bytes = change.bytes();
                pieces.push(vec![change]);
            }
        }
    }
    pieces
}
