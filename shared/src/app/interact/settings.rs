//! What the managers of a guild decide for it: `/memory settings`. Who may is looked at here, whatever Discord showed.

use super::{
    context::{Context, InteractStore, say},
    deferred::decide,
};
use crate::{
    app::{AppError, retry::backoff},
    contract::Decision,
    domain::{
        Audience, Consent, GuildSettings, Handle, InteractionResponse, MAX_CHANNELS, NamedChannel, Openness,
        SettingsChange,
    },
    ports::{Clock, ReadChannels, ReadGuildRoles, RespondLater, StoreError},
};

/// How often a change is made anew because somebody else changed the settings meanwhile.
const MAX_ATTEMPTS: u32 = 5;

/// Changes what is to be changed, and tells what holds then.
pub(super) async fn change<S: InteractStore, R: RespondLater, D: ReadGuildRoles + ReadChannels, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    change: &SettingsChange,
) -> Result<InteractionResponse, AppError> {
    let (language, store) = (context.language, &context.deps.store);
    if !context.is_moderator().await? {
        return Ok(say(context.refusal(language.may_not_decide())));
    }
    for attempt in 0..MAX_ATTEMPTS {
        let settings = context.settings().await?;
        let decided = change.applied_to(settings.clone());
        if let Some(refusal) = refusal(context, change, &decided).await? {
            return Ok(say(refusal));
        }
        if decided == settings {
            return Ok(told(context, handle, change, &settings).await);
        }
        match store.replace_settings(context.invoker.guild, &decided).await {
            Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
            written => {
                written?;
                return Ok(told(context, handle, change, &decided).await);
            }
        }
    }
    Err(StoreError::Conflict.into())
}

/// All that holds. Where people are to be asked from now on, what is kept of who did not say yes ends: what went is told in its
/// place when it is done. Of them nothing is told any more, whether that succeeds or not (DESIGN rule 42).
async fn told<S: InteractStore, R: RespondLater, D, C>(
    context: &Context<'_, S, R, D, C>,
    handle: Handle,
    change: &SettingsChange,
    settings: &GuildSettings,
) -> InteractionResponse {
    if change.consent == Some(Consent::Asked) {
        return decide(context, handle, (Decision::EndUnasked, context.invoker.user, None), None).await;
    }
    say(page(context, settings))
}

/// All that holds, with the least number of days that messages are kept, whatever was decided.
fn page<S, R, D, C>(context: &Context<'_, S, R, D, C>, settings: &GuildSettings) -> String {
    context.language.settings(settings, context.deps.calendar.least_retention_days())
}

/// Why the change is not made, if it is not.
async fn refusal<S: InteractStore, R, D: ReadChannels, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    change: &SettingsChange,
    decided: &GuildSettings,
) -> Result<Option<String>, StoreError> {
    if decided.channels.len() > MAX_CHANNELS {
        return Ok(Some(context.language.too_many_channels()));
    }
    match change.read {
        Some(channel) => unreadable(context, channel, decided.audience).await,
        None => Ok(None),
    }
}

/// Why a channel that was named cannot be read, if it cannot: naming one narrows what is read, and opens nothing (DESIGN
/// rule 26).
async fn unreadable<S: InteractStore, R, D: ReadChannels, C: Clock>(
    context: &Context<'_, S, R, D, C>,
    channel: NamedChannel,
    audience: Audience,
) -> Result<Option<String>, StoreError> {
    let (language, id) = (context.language, channel.id);
    if !channel.holds_messages {
        return Ok(Some(language.no_channel_to_read(id)));
    }
    if !channel.is_read_by_asker() {
        return Ok(Some(language.you_cannot_read(id)));
    }
    Ok(match context.openness(audience).await? {
        Openness::Known(open) if open.contain(id) => None,
        Openness::Known(_) => Some(language.channel_not_open(id)),
        Openness::Outdated | Openness::NeverAsked => Some(language.open_channels_unknown()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::interact::{Deps, interact, tests::handling},
        contract::DeferredInteraction,
        domain::{
            Action, AllowedGuilds, Calendar, Command, Handle, Interaction, Invoker, Language, OpenChannels,
            Permissions, Teachers,
        },
        ports::{InvokeError, KeepOpenChannels as _, ReadSettings as _, RespondLater},
        testing::{FixedClock, InMemoryStore, ScriptedDiscord},
    };

    /// Nothing here takes long.
    struct Nobody;

    impl RespondLater for Nobody {
        async fn respond_later(&self, _: &DeferredInteraction) -> Result<(), InvokeError> {
            Err(InvokeError::Throttled)
        }
    }

    const READING: &str = "66560";

    async fn said(store: &InMemoryStore, id: u64, permissions: Permissions, change: SettingsChange) -> String {
        let calendar = Calendar { history_days: 6, settle: std::time::Duration::from_secs(1200) };
        let clock = FixedClock::at("2026-11-22T12:00:00Z");
        let deps = Deps {
            store: store.clone(),
            responder: Nobody,
            discord: None::<ScriptedDiscord>,
            clock,
            calendar,
            allowed_guilds: AllowedGuilds::default(),
            handling: handling(),
        };
        let handle = Handle { interaction_id: id.to_string().parse().unwrap(), token: "t".parse().unwrap() };
        let (guild, user) = ("1".parse().unwrap(), "10".parse().unwrap());
        let invoker = Invoker { guild, user, roles: Vec::new(), permissions };
        let action = Action::Command(Command::Settings(change));
        match interact(&deps, Interaction { handle, language: Language::English, invoker: Some(invoker), action }).await
        {
            InteractionResponse::Message(reply) => reply.text,
            _ => panic!("it is said at once"),
        }
    }

    fn read(channel: u64) -> SettingsChange {
        let permissions = Permissions::read(READING).unwrap();
        let channel = NamedChannel { id: channel.try_into().unwrap(), holds_messages: true, permissions };
        SettingsChange { read: Some(channel), ..SettingsChange::default() }
    }

    /// A guild where everybody may read channel 7, as it was known at that time.
    async fn opened(read_at: &str) -> InMemoryStore {
        let store = InMemoryStore::default();
        let open = OpenChannels {
            audience: Audience::Everyone,
            channels: ["7".parse().unwrap()].into(),
            parents: Default::default(),
            read_at: read_at.parse().unwrap(),
            sweep_due: false,
            sweep_again_at: None,
        };
        store.keep_open_channels("1".parse().unwrap(), None, &open).await.unwrap();
        store
    }

    #[tokio::test]
    async fn only_moderators_decide_and_what_holds_is_told() {
        let store = opened("2026-11-22T11:50:00Z").await;
        let change = SettingsChange { teachers: Some(Teachers::Oneself), retention_days: Some(20), ..read(7) };
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

    #[tokio::test]
    async fn rule_26_no_channel_is_named_that_is_not_open_or_that_the_asker_cannot_read() {
        let store = opened("2026-11-22T11:50:00Z").await;
        let with = |holds_messages, permissions: &str| {
            let permissions = Permissions::read(permissions).unwrap();
            let channel = NamedChannel { id: "7".parse().unwrap(), holds_messages, permissions };
            SettingsChange { read: Some(channel), ..SettingsChange::default() }
        };
        let verified = SettingsChange { audience: Some(Audience::Role("5".parse().unwrap())), ..read(7) };
        let refusals = [
            (read(8), "may read <#8>"),
            (with(false, READING), "holds no messages"),
            (with(true, "1024"), "may not read <#7> yourself"),
            (verified, "I do not know right now"),
        ];
        for (id, (change, reason)) in refusals.into_iter().enumerate() {
            let told = said(&store, 1 + id as u64, Permissions::MANAGE_GUILD, change).await;
            assert!(told.contains(reason), "{told}");
        }
        let stale = opened("2026-11-22T11:44:59Z").await;
        assert!(said(&stale, 1, Permissions::MANAGE_GUILD, read(7)).await.contains("I do not know right now"));
        for store in [store, stale] {
            assert_eq!(store.settings("1".parse().unwrap()).await.unwrap(), GuildSettings::default());
        }
    }

    #[tokio::test]
    async fn fewer_days_than_are_kept_at_least_are_said_to_be_too_few() {
        let change = SettingsChange { retention_days: Some(3), ..SettingsChange::default() };
        let told = said(&InMemoryStore::default(), 1, Permissions::MANAGE_GUILD, change).await;
        assert!(told.contains("8 days, because at least that many are kept here (3 were decided)"), "{told}");
    }
}
