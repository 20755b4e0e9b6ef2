//! Answers to interactions that were put off. The interaction's own token opens them; no bot token is needed.

use reqwest::{
    Method, RequestBuilder,
    multipart::{Form, Part},
};

use super::Discord;
use crate::{
    discord::{Rendered, render},
    domain::{ApplicationId, Handle, Language, ReplyContent, ReplyFile},
    ports::{DiscordError, EditReply},
};

/// Answers as one application.
#[derive(Debug, Clone)]
pub struct Replies {
    discord: Discord,
    application: ApplicationId,
}

impl Replies {
    /// Answers of `application` over `discord`.
    pub fn new(discord: Discord, application: ApplicationId) -> Self {
        Self { discord, application }
    }
}

impl EditReply for Replies {
    async fn edit_reply(&self, handle: &Handle, reply: &ReplyContent, language: Language) -> Result<(), DiscordError> {
        let path = format!("/webhooks/{}/{}/messages/@original", self.application, handle.token.expose());
        let rendered = render(reply, language);
        self.discord.send(|| with_body(self.discord.request(Method::PATCH, &path), &rendered)).await.map(drop)
    }
}

fn with_body(request: RequestBuilder, rendered: &Rendered) -> RequestBuilder {
    if rendered.files.is_empty() {
        return request.json(&rendered.payload);
    }
    let form = Form::new().text("payload_json", rendered.payload.to_string());
    let with_file = |form: Form, (id, file): (usize, &ReplyFile)| {
        form.part(format!("files[{id}]"), Part::text(file.text.clone()).file_name(file.name.clone()))
    };
    request.multipart(rendered.files.iter().enumerate().fold(form, with_file))
}
