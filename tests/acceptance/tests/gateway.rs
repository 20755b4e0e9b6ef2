//! Discord's gateway, as far as one bot needs it: it lets the bot in, and tells it what happens.

use std::{
    net::Ipv4Addr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_websockets::{Message, ServerBuilder, WebSocketStream};

use crate::world::{World, binaries};

/// The forwarder, connected to a gateway and sending to the functions of a world. It ends with this.
pub(crate) struct GatewayBot {
    forwarder: Child,
    events: UnboundedSender<Value>,
}

impl GatewayBot {
    pub(crate) async fn start(world: &World) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let gateway = format!("ws://{}", listener.local_addr().unwrap());
        let (events, heard) = unbounded_channel();
        tokio::spawn(serve(listener, gateway.clone(), heard));
        let mut command = Command::new(binaries().join("forwarder"));
        command.env("DISCORD_BOT_TOKEN", "local-cloud-key").env("DISCORD_GATEWAY_URL", gateway);
        command.env("AWS_ENDPOINT_URL_LAMBDA", world.cloud.url()).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "local").env("AWS_SECRET_ACCESS_KEY", "local");
        let forwarder = command.stdout(Stdio::null()).spawn().unwrap();
        Self { forwarder, events }
    }

    /// Lets the bot hear that something happened.
    pub(crate) fn hear(&self, kind: &str, data: Value) {
        self.events.send(json!({"t": kind, "d": data})).unwrap();
    }
}

impl Drop for GatewayBot {
    fn drop(&mut self) {
        let _ = self.forwarder.kill();
        let _ = self.forwarder.wait();
    }
}

async fn serve(listener: TcpListener, gateway: String, mut heard: UnboundedReceiver<Value>) {
    let (stream, _) = listener.accept().await.unwrap();
    let (_, mut bot) = ServerBuilder::new().accept(stream).await.unwrap();
    say(&mut bot, json!({"op": 10, "d": {"heartbeat_interval": 41_250}})).await;
    let mut sequence = 0;
    let mut dispatch = |mut event: Value| {
        sequence += 1;
        (event["op"], event["s"]) = (json!(0), json!(sequence));
        event
    };
    loop {
        tokio::select! {
            said = bot.next() => {
                let Some(Ok(said)) = said else { return };
                let Some(text) = said.as_text() else { continue };
                let said: Value = serde_json::from_str(text).unwrap();
                match said["op"].as_u64() {
                    Some(1) => say(&mut bot, json!({"op": 11})).await,
                    Some(2) => {
                        assert_eq!(said["d"]["token"], "Bot local-cloud-key");
                        let ready = json!({"session_id": "s", "resume_gateway_url": gateway});
                        say(&mut bot, dispatch(json!({"t": "READY", "d": ready}))).await;
                        break;
                    }
                    _ => {}
                }
            }
        }
    }
    loop {
        tokio::select! {
            event = heard.recv() => {
                let Some(event) = event else { return };
                say(&mut bot, dispatch(event)).await;
            }
            said = bot.next() => {
                let Some(Ok(said)) = said else { return };
                if said.as_text().is_some_and(|text| text.contains("\"op\":1,")) {
                    say(&mut bot, json!({"op": 11})).await;
                }
            }
        }
    }
}

async fn say(bot: &mut WebSocketStream<TcpStream>, event: Value) {
    let _ = bot.send(Message::text(event.to_string())).await; // a bot that is gone hears nothing
}

/// Waits until what is stored is so: the forwarder sends a batch a second.
pub(crate) async fn stored_with(world: &World, is_so: impl Fn(&str) -> bool) {
    let looks = async {
        while !is_so(&world.everything_stored().await) {
            tokio::time::sleep(Duration::from_millis(20)).await; // between two looks
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looks).await.expect("the forwarder sends what it hears");
}
