//! `local-cloud pictures`: what people see in Discord, drawn from what the stand-in for Discord was sent.
//!
//! ```text
//! signed interaction ─▶ interactions ─▶ respond ─▶ the stand-in ─▶ markup ─▶ wrap ─▶ message: a file in docs/pictures/
//! ```

mod markup;
mod message;
mod wrap;

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{DiscordReply, LocalCloud, workspace_root};
use serde_json::{Value, json};

use super::{
    page::Step,
    sample_week::{self, SampleWeek},
    stage::Stage,
};
use message::Message;

/// What the webhook is started with: no signature fits it, and nothing is done.
const UNSIGNED: &str = include_str!("../../../../../events/interactions.json");
/// How long an answer may take: on a cold machine this includes starting processes.
const MAX_WAIT: Duration = Duration::from_secs(90);
/// Discord's types of options.
const SUBCOMMAND: u64 = 1;
const STRING: u64 = 3;

/// A command, who uses it, and the picture of its answer.
struct Shot {
    file: &'static str,
    asker: &'static str,
    command: String,
    data: Value,
}

/// Draws each command's answer into a file of `folder`.
pub(crate) async fn run(folder: &Path) -> Result<()> {
    let now = Timestamp::now();
    let stage = Stage::set(now).await?;
    let drawn = stage.play(draw_all(&stage, folder, shots(now))).await;
    stage.clear();
    drawn
}

async fn draw_all(stage: &Stage, folder: &Path, shots: [Shot; 2]) -> Result<()> {
    stage.read_discord().await?;
    stage.teach().await?;
    // Discord gives up after 3 seconds, and a function that was never asked is only started now.
    stage.lambda.invoke("interactions", &serde_json::from_str(UNSIGNED)?).await?;
    for (number, shot) in (0..).zip(shots) {
        let step = Step::begin("Asking in Discord");
        let picture = draw(&stage.cloud, &stage.week, number, &shot).await?;
        let path = workspace_root().join(folder).join(shot.file);
        fs::create_dir_all(workspace_root().join(folder))?;
        fs::write(&path, picture).with_context(|| path.display().to_string())?;
        step.done(&format!("{}, in {}", shot.command, path.display()));
    }
    Ok(())
}

fn shots(now: Timestamp) -> [Shot; 2] {
    let yesterday = (now - SignedDuration::from_hours(24)).strftime("%Y-%m-%d").to_string();
    let day = json!({"name": "day", "type": STRING, "value": yesterday});
    let show = json!({"name": "show", "type": SUBCOMMAND, "options": []});
    [
        Shot {
            file: "memory-show.svg",
            asker: "Ann",
            command: "/memory show".to_owned(),
            data: json!({"id": "21", "name": "memory", "type": 1, "options": [show]}),
        },
        Shot {
            file: "catchup.svg",
            asker: "Ben",
            command: format!("/catchup day:{yesterday}"),
            data: json!({"id": "22", "name": "catchup", "type": 1, "options": [day]}),
        },
    ]
}

async fn draw(cloud: &LocalCloud, week: &SampleWeek, number: u64, shot: &Shot) -> Result<String> {
    let names: BTreeMap<String, String> = week.people().into_iter().collect();
    let asker = names.iter().find(|(_, name)| *name == shot.asker).context("nobody of that name wrote in the week")?;
    let asked = Timestamp::now();
    let interaction = interaction(week.guild_id(), asker.0, sample_week::id_at(asked) + number, &shot.data);
    let reply = answer(cloud, &interaction).await?;
    Ok(Message { asker: asker.1, command: &shot.command, reply: &reply, at: asked, names: &names }.draw())
}

/// What the asker reads in the end.
async fn answer(cloud: &LocalCloud, interaction: &Value) -> Result<DiscordReply> {
    let discord = cloud.discord();
    discord.interact(cloud.webhook_url(), interaction).await?;
    let token = interaction["token"].as_str().unwrap_or_default();
    let answered = async {
        discord.first_reply(token).await;
        cloud.lambda().wait_until_idle().await; // the first words may not be the last
    };
    tokio::time::timeout(MAX_WAIT, answered).await.context("nobody answered")?;
    let reply = discord.reply(token).context("nobody answered")?;
    let refused = discord.violations();
    ensure!(refused.is_empty(), "Discord would refuse this: {refused:?}");
    Ok(reply)
}

/// A command as Discord sends it.
fn interaction(guild: &str, asker: &str, id: u64, data: &Value) -> Value {
    let user = json!({"id": asker, "username": "somebody", "discriminator": "0", "global_name": null});
    json!({
        "id": id.to_string(), "token": format!("token-of-{id}"), "type": 2, "version": 1, "guild_id": guild,
        "locale": "en-US", "guild_locale": "en-US", "data": data,
        "member": {"user": user, "permissions": "0", "roles": [], "nick": null},
    })
}
