//! What every command is answered with, and who asks.

use tokio::sync::OnceCell;

use super::standing::{Standing, standing};
use crate::{
    app::{audience::open_channels, people::Lesson},
    domain::{
        AllowedGuilds, Audience, Calendar, DataHandling, GuildSettings, InteractionResponse, Invoker, Language,
        Openness, ReplyContent, Teacher, UserId,
    },
    ports::{
        ClaimInteractions, Clock, FindByName, KeepOpenChannels, KeepRoles, KeepWipes, LimitAnswers, ReadChannels,
        ReadGuildRoles, StoreError, TeachPeople, TellOnce, WriteSettings,
    },
};

/// What interactions are answered with.
pub struct Deps<S, R, D, C> {
    /// People, settings, and what was seen before.
    pub store: S,
    /// Who answers what takes long.
    pub responder: R,
    /// Discord, to ask it what a guild's roles permit; `None` without a bot token.
    pub discord: Option<D>,
    /// The time.
    pub clock: C,
    /// Which days can be told about.
    pub calendar: Calendar,
    /// Where anything is answered.
    pub allowed_guilds: AllowedGuilds,
    /// What is done with what people write.
    pub handling: DataHandling,
}

/// All that answers need from the store.
pub trait InteractStore:
    TeachPeople
    + FindByName
    + TellOnce
    + WriteSettings
    + ClaimInteractions
    + KeepRoles
    + KeepOpenChannels
    + LimitAnswers
    + KeepWipes
{
}

impl<S> InteractStore for S where
    S: TeachPeople
        + FindByName
        + TellOnce
        + WriteSettings
        + ClaimInteractions
        + KeepRoles
        + KeepOpenChannels
        + LimitAnswers
        + KeepWipes
{
}

/// One interaction that is being answered.
pub(super) struct Context<'a, S, R, D, C> {
    pub(super) deps: &'a Deps<S, R, D, C>,
    pub(super) invoker: Invoker,
    pub(super) language: Language,
    /// Found out when somebody first asks: for most that is asked, nobody does.
    standing: OnceCell<Standing>,
    /// Whether the answer is to say that the guild asks (DESIGN rule 42): it is said once.
    pub(super) notice: bool,
}

impl<'a, S, R, D, C> Context<'a, S, R, D, C> {
    pub(super) fn new(deps: &'a Deps<S, R, D, C>, invoker: Invoker, language: Language) -> Self {
        Self { deps, invoker, language, standing: OnceCell::new(), notice: false }
    }

    /// What somebody is refused with who is not known to be a moderator: also that it could not be found out.
    pub(super) fn refusal(&self, text: String) -> String {
        match self.standing.get() {
            Some(Standing::Unknown) => format!("{text}\n{}", self.language.standing_unknown()),
            _ => text,
        }
    }
}

impl<S: InteractStore, R, D: ReadGuildRoles, C: Clock> Context<'_, S, R, D, C> {
    /// Whether the invoker is a moderator (DESIGN rule 27). It may take a question to Discord: it is not asked without need.
    pub(super) async fn is_moderator(&self) -> Result<bool, StoreError> {
        let Deps { store, discord, clock, .. } = self.deps;
        let found_out = || standing(store, discord.as_ref(), &self.invoker, clock.now());
        Ok(*self.standing.get_or_try_init(found_out).await? == Standing::Moderator)
    }

    /// The invoker as one who wants to teach something about `about`.
    pub(super) async fn teacher_of(&self, about: UserId) -> Result<Teacher, StoreError> {
        let teacher = Teacher { user: Some(self.invoker.user), moderator: false };
        let needs_no_rights = self.settings().await?.teachers.allow(teacher, about);
        Ok(Teacher { moderator: !needs_no_rights && self.is_moderator().await?, ..teacher })
    }
}

impl<S: InteractStore, R, D: ReadChannels, C: Clock> Context<'_, S, R, D, C> {
    /// What is known of the channels that are open to the audience. It may take a question to Discord, too.
    pub(super) async fn openness(&self, audience: Audience) -> Result<Openness, StoreError> {
        let (guild, now) = (self.invoker.guild, self.deps.clock.now());
        let Some(discord) = &self.deps.discord else {
            return Ok(Openness::of(self.deps.store.open_channels(guild).await?, audience, now));
        };
        Ok(match open_channels(&self.deps.store, discord, guild, audience, now).await? {
            Ok(open) => Openness::Known(open),
            Err(error) => {
                tracing::warn!(event = "channels_unknown", %guild, "{error}");
                Openness::Outdated
            }
        })
    }
}

impl<S: InteractStore, R, D, C> Context<'_, S, R, D, C> {
    /// What is taught about `person`.
    pub(super) fn lesson(&self, person: UserId) -> Lesson<'_, S> {
        Lesson { store: &self.deps.store, guild: self.invoker.guild, about: person }
    }

    pub(super) async fn settings(&self) -> Result<GuildSettings, StoreError> {
        self.deps.store.settings(self.invoker.guild).await
    }
}

/// A message for the invoker's eyes only.
pub(super) fn say(text: String) -> InteractionResponse {
    InteractionResponse::Message(ReplyContent::from(text))
}
