//! What the managers of a guild decide for it: `/memory settings`. Who may is looked at here, whatever Discord showed.

use super::context::{Context, InteractStore, say};
use crate::{
    app::{AppError, retry::backoff},
    domain::{InteractionResponse, MAX_CHANNELS, SettingsChange},
    ports::StoreError,
};

/// How often a change is made anew because somebody else changed the settings meanwhile.
const MAX_ATTEMPTS: u32 = 5;

/// Changes what is to be changed, and tells what holds then.
pub(super) async fn change<S: InteractStore, R, C>(
    context: &Context<'_, S, R, C>,
    change: &SettingsChange,
) -> Result<InteractionResponse, AppError> {
    let (language, store) = (context.language, &context.deps.store);
    if !context.invoker.is_moderator() {
        return Ok(say(language.may_not_decide()));
    }
    for attempt in 0..MAX_ATTEMPTS {
        let settings = context.settings().await?;
        let decided = change.applied_to(settings.clone());
        if decided.channels.len() > MAX_CHANNELS {
            return Ok(say(language.too_many_channels()));
        }
        if decided == settings {
            return Ok(say(language.settings(&settings)));
        }
        match store.replace_settings(context.invoker.guild, &decided).await {
            Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
            written => return Ok(written.map(|()| say(language.settings(&decided)))?),
        }
    }
    Err(StoreError::Conflict.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::interact::{Deps, interact},
        contract::DeferredInteraction,
        domain::{
            Action, Calendar, Command, GuildSettings, Handle, Interaction, Invoker, Language, Permissions, Teachers,
        },
        ports::{InvokeError, ReadSettings as _, RespondLater},
        testing::{FixedClock, InMemoryStore},
    };

    /// Nothing here takes long.
    struct Nobody;

    impl RespondLater for Nobody {
        async fn respond_later(&self, _: &DeferredInteraction) -> Result<(), InvokeError> {
            Err(InvokeError::Throttled)
        }
    }

    async fn said(store: &InMemoryStore, id: u64, permissions: Permissions, change: SettingsChange) -> String {
        let calendar = Calendar { history_days: 6, settle: std::time::Duration::from_secs(1200) };
        let clock = FixedClock::at("2026-11-22T12:00:00Z");
        let deps = Deps { store: store.clone(), responder: Nobody, clock, calendar };
        let handle = Handle { interaction_id: id.to_string().parse().unwrap(), token: "t".parse().unwrap() };
        let invoker = Invoker { guild: "1".parse().unwrap(), user: "10".parse().unwrap(), permissions };
        let action = Action::Command(Command::Settings(change));
        match interact(&deps, Interaction { handle, language: Language::English, invoker: Some(invoker), action }).await
        {
            InteractionResponse::Message(reply) => reply.text,
            _ => panic!("it is said at once"),
        }
    }

    #[tokio::test]
    async fn only_moderators_decide_and_what_holds_is_told() {
        let store = InMemoryStore::default();
        let change = SettingsChange {
            read: "7".parse().ok(),
            teachers: Some(Teachers::Oneself),
            retention_days: Some(20),
            ..SettingsChange::default()
        };
        let refused = said(&store, 1, Permissions::MANAGE_MESSAGES, change.clone()).await;
        assert!(refused.contains("moderators"), "{refused}");
        let guild = "1".parse().unwrap();
        assert_eq!(store.settings(guild).await.unwrap(), GuildSettings::default());

        for (id, change) in [(2, change), (3, SettingsChange::default())] {
            let told = said(&store, id, Permissions::MANAGE_GUILD, change).await;
            assert!(
                told.contains("only <#7>") && told.contains("about themselves") && told.contains("20 days"),
                "{told}"
            );
            assert_eq!(store.settings(guild).await.unwrap().revision, 1, "what changes nothing is not written");
        }
    }
}
