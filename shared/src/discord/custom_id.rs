//! What Discord gives back when a button is pressed: the custom id it was sent with. It says what is asked for, and never who
//! asks: that is in what Discord signed.

use crate::domain::Component;

/// What the id of a button begins with; ids follow, behind colons.
const UNDO: &str = "forget";
const OPT_OUT: &str = "opt-out";
const ERASE: &str = "erase";
const CANCEL: &str = "cancel";
/// The id of a button that names nobody.
const CANCEL_WIPE: &str = "cancel-wipe";
/// The id of the form whose line is to be typed before a guild is wiped.
pub(super) const WIPE_FORM: &str = "wipe";

/// The id of a button that asks for that.
pub(super) fn of(component: &Component) -> String {
    match component {
        Component::Undo { person, fact } => format!("{UNDO}:{person}:{fact}"),
        Component::OptOut { asker } => format!("{OPT_OUT}:{asker}"),
        Component::Erase { asker, person } => format!("{ERASE}:{asker}:{person}"),
        Component::Cancel { asker } => format!("{CANCEL}:{asker}"),
        Component::CancelWipe => CANCEL_WIPE.to_owned(),
    }
}

/// What a button of that id asks for.
pub(super) fn read(id: &str) -> Option<Component> {
    if id == CANCEL_WIPE {
        return Some(Component::CancelWipe);
    }
    let (kind, ids) = id.split_once(':')?;
    Some(match (kind, ids.split_once(':')) {
        (UNDO, Some((person, fact))) => Component::Undo { person: person.parse().ok()?, fact: fact.to_owned() },
        (OPT_OUT, None) => Component::OptOut { asker: ids.parse().ok()? },
        (ERASE, Some((asker, person))) => Component::Erase { asker: asker.parse().ok()?, person: person.parse().ok()? },
        (CANCEL, None) => Component::Cancel { asker: ids.parse().ok()? },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_asks_for_is_read_as_it_is_written() {
        let (asker, person) = ("998100000000000010".parse().unwrap(), "998100000000000011".parse().unwrap());
        for component in [
            Component::Undo { person, fact: "F".to_owned() },
            Component::OptOut { asker },
            Component::Erase { asker, person },
            Component::Cancel { asker },
            Component::CancelWipe,
        ] {
            let id = of(&component);
            assert!(id.len() <= 100, "{id}");
            assert_eq!(read(&id), Some(component));
        }
        for id in
            ["", "erase", "erase:1", "erase:0:2", "opt-out:1:2", "opt-out:x", "cancel:", "cancel-wipe:1", "unknown:1"]
        {
            assert_eq!(read(id), None, "{id}");
        }
    }
}
