//! What is asked for.

use std::fmt;

use crate::domain::{ChannelId, SettingsChange, UserId};

/// What is asked for, by the way it was asked.
#[derive(Clone, PartialEq, Eq)]
pub enum Action {
    /// A command was used.
    Command(Command),
    /// A button was pressed.
    Component(Component),
    /// A form was sent.
    Form(FilledForm),
    /// Somebody is typing, and wants choices.
    Autocomplete(Autocomplete),
    /// Something of another version of this application.
    Unknown,
}

/// What a command asks for. A person who is not named is the invoker.
#[derive(Clone, PartialEq, Eq)]
pub enum Command {
    /// What is remembered about a person.
    Show {
        /// About whom.
        person: Option<UserId>,
    },
    /// A fact to remember.
    Remember {
        /// About whom.
        person: Option<UserId>,
        /// The fact.
        text: String,
    },
    /// A message to remember as a fact about its author.
    RememberMessage {
        /// Where it was written.
        channel: Option<ChannelId>,
        /// Who wrote it; `None` for a bot or a webhook, about which nothing is remembered.
        author: Option<UserId>,
        /// What it says.
        text: String,
    },
    /// Another name of a person.
    Alias {
        /// Whose.
        person: Option<UserId>,
        /// The name.
        name: String,
    },
    /// A fact to forget.
    Forget {
        /// About whom.
        person: Option<UserId>,
        /// Its id, as the choices gave it, or its words.
        fact: String,
    },
    /// What is done with what people write.
    Privacy,
    /// Nothing is to be kept of the invoker: what that means, and whether they are sure.
    OptOut,
    /// What the invoker writes from now on may be kept.
    OptIn,
    /// What is kept of a person is to end: what that means, and whether the invoker is sure.
    Erase {
        /// Of whom.
        person: Option<UserId>,
    },
    /// All that is kept of the invoker, to take along.
    Export {
        /// The first day of it, as it was typed; all if left out.
        from: Option<String>,
    },
    /// All that is kept of the guild is to end: what that means, and whether the invoker is sure; or to call it off.
    Wipe,
    /// What holds in the guild, after a change.
    Settings(SettingsChange),
    /// What happened.
    CatchUp {
        /// On which day, as it was typed or chosen; today if left out.
        day: Option<String>,
        /// Who is to be told of; everybody if left out.
        person: Option<UserId>,
    },
}

/// What a button asks for. Who presses it is said by the interaction, and by nothing in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Component {
    /// A fact that was just taught, to forget again.
    Undo {
        /// About whom.
        person: UserId,
        /// Its id.
        fact: String,
    },
    /// Nothing is to be kept of who was asked, who is sure.
    OptOut {
        /// Who was asked whether they are.
        asker: UserId,
    },
    /// What is kept of a person is to end, and who was asked is sure.
    Erase {
        /// Who was asked whether they are.
        asker: UserId,
        /// Of whom.
        person: UserId,
    },
    /// Nothing is to be done after all.
    Cancel {
        /// Who was asked whether it is.
        asker: UserId,
    },
    /// What is kept of the guild is to stay after all.
    CancelWipe,
}

/// A form with one line to type in. Who sends it is said by the interaction, and by nothing in here.
#[derive(Clone, PartialEq, Eq)]
pub enum FilledForm {
    /// All that is kept of the guild is to end, if the right words were typed.
    Wipe {
        /// What was typed.
        typed: String,
    },
}

/// What is being typed.
#[derive(Clone, PartialEq, Eq)]
pub enum Autocomplete {
    /// A fact.
    Fact {
        /// About whom; about the invoker, if nobody is named.
        person: Option<UserId>,
        /// What was typed so far.
        typed: String,
    },
    /// A day.
    Day {
        /// What was typed so far.
        typed: String,
    },
    /// Something that nobody here knows.
    Unknown,
}

impl Action {
    /// Its name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Command(command) => command.name(),
            Self::Component(component) => component.name(),
            Self::Form(FilledForm::Wipe { .. }) => "confirm_wipe",
            Self::Autocomplete(_) => "choose",
            Self::Unknown => "unknown",
        }
    }
}

impl Component {
    fn name(&self) -> &'static str {
        match self {
            Self::Undo { .. } => "undo",
            Self::OptOut { .. } => "confirm_opt_out",
            Self::Erase { .. } => "confirm_erase",
            Self::Cancel { .. } => "cancel",
            Self::CancelWipe => "cancel_wipe",
        }
    }
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Self::Show { .. } => "show",
            Self::Remember { .. } => "remember",
            Self::RememberMessage { .. } => "remember_message",
            Self::Alias { .. } => "alias",
            Self::Forget { .. } => "forget",
            Self::Privacy => "privacy",
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
            Self::Erase { .. } => "erase",
            Self::Export { .. } => "export",
            Self::Wipe => "wipe",
            Self::Settings(_) => "settings",
            Self::CatchUp { .. } => "catchup",
        }
    }
}

/// Without what people wrote (DESIGN rule 21).
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
