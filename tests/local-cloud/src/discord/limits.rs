//! What Discord refuses: its documented limits, and what this project promises besides, that nobody is ever pinged.

use serde_json::Value;

const CONTENT: usize = 2_000;
const DESCRIPTION: usize = 4_096;
const EMBEDS: usize = 10;
const ALL_EMBEDS: usize = 6_000;
const FILES: usize = 10 * 1024 * 1024;
const BUTTONS: usize = 5;
const ROWS: usize = 5;
const ATTACHMENTS: usize = 10;
const LABEL: usize = 80;
const CUSTOM_ID: usize = 100;
const CHOICES: usize = 25;
const CHOICE: usize = 100;
const HEADING: usize = 45;
const TYPED: u64 = 4_000;
const EPHEMERAL: u64 = 64;

/// A file that came with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscordFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

type Checked = Result<(), String>;

fn demand(fulfilled: bool, problem: impl Into<String>) -> Checked {
    if fulfilled { Ok(()) } else { Err(problem.into()) }
}

/// The first answer to an interaction of that kind.
pub(super) fn callback(kind: u64, answer: &Value) -> Checked {
    let allowed: &[u64] = match kind {
        1 => &[1],
        2 => &[4, 5, 9],
        4 => &[8],
        // A form that a command has shown is not below any message.
        5 => &[4, 5],
        _ => &[4, 5, 6, 7, 9],
    };
    let given = answer["type"].as_u64().ok_or("an answer has a type")?;
    demand(allowed.contains(&given), format!("{given} is no answer to a request of type {kind}"))?;
    let data = &answer["data"];
    let flags = data["flags"].as_u64().unwrap_or_default();
    demand(flags & !EPHEMERAL == 0, format!("flags {flags}: only 64 can be set"))?;
    match given {
        4 | 7 => message(data, &[]),
        5 => demand(data.as_object().is_none_or(|data| data.keys().all(|key| key == "flags")), "5 takes flags only"),
        8 => choices(data),
        9 => form(data),
        _ => Ok(()),
    }
}

/// A message with its files.
pub(super) fn message(message: &Value, files: &[DiscordFile]) -> Checked {
    let content = message["content"].as_str().unwrap_or_default();
    demand(length(content) <= CONTENT, format!("content: {} characters", length(content)))?;
    let embeds = list(message, "embeds");
    demand(embeds.len() <= EMBEDS, format!("{} embeds", embeds.len()))?;
    let mut all = 0;
    for embed in embeds {
        let description = embed["description"].as_str().unwrap_or_default();
        demand((1..=DESCRIPTION).contains(&length(description)), format!("embed: {}", length(description)))?;
        all += length(description);
    }
    demand(all <= ALL_EMBEDS, format!("all embeds: {all} characters"))?;
    demand(!(content.trim().is_empty() && embeds.is_empty() && files.is_empty()), "an empty message")?;
    let mentions = &message["allowed_mentions"];
    let pings = !list(mentions, "users").is_empty() || !list(mentions, "roles").is_empty();
    let nobody = mentions["parse"].as_array().is_some_and(Vec::is_empty) && !pings && mentions["replied_user"] != true;
    demand(nobody, "allowed_mentions: somebody could be pinged")?;
    let rows = list(message, "components");
    demand(rows.len() <= ROWS, format!("{} rows of components", rows.len()))?;
    rows.iter().try_for_each(row)?;
    let mut ids: Vec<&str> = buttons(message).filter_map(|button| button["custom_id"].as_str()).collect();
    ids.sort_unstable();
    demand(ids.windows(2).all(|pair| pair[0] != pair[1]), "components: two with the same custom_id")?;
    attachments(message, files)
}

/// All that can be pressed below a message.
pub(super) fn buttons(message: &Value) -> impl Iterator<Item = &Value> {
    list(message, "components").iter().flat_map(|row| list(row, "components"))
}

/// A press of a button: Discord sends only those that somebody sees, with the message they are below.
pub(super) fn press(interaction: &Value) -> Checked {
    let pressed = &interaction["data"]["custom_id"];
    let is_there =
        pressed.is_string() && buttons(&interaction["message"]).any(|button| button["custom_id"] == *pressed);
    demand(is_there, format!("nobody can press {pressed}: its message does not have it"))
}

/// What is sent of a form: Discord sends only one that somebody was shown, with lines that are typed as it asks.
pub(super) fn submission(interaction: &Value, shown: Option<&Value>) -> Checked {
    let data = &interaction["data"];
    let shown = shown.filter(|shown| shown["custom_id"] == data["custom_id"]).ok_or("a form that nobody was shown")?;
    let typed: Vec<&Value> = lines(data).collect();
    let asked: Vec<&Value> = lines(shown).collect();
    let same = typed.len() == asked.len()
        && typed.iter().zip(&asked).all(|(typed, asked)| typed["custom_id"] == asked["custom_id"]);
    demand(same, "a form with other lines than were shown")?;
    for (typed, asked) in typed.into_iter().zip(asked) {
        let length = length(typed["value"].as_str().ok_or("a line without a value")?) as u64;
        let least = asked["min_length"].as_u64().unwrap_or(u64::from(asked["required"] != false));
        let most = asked["max_length"].as_u64().unwrap_or(TYPED);
        demand((least..=most).contains(&length), format!("a line of {length} characters"))?;
    }
    Ok(())
}

/// The lines of a form, each in its label.
fn lines(form: &Value) -> impl Iterator<Item = &Value> {
    list(form, "components").iter().filter(|part| part["type"] == 18).map(|part| &part["component"])
}

/// A form: up to five parts, texts and lines with a label.
fn form(form: &Value) -> Checked {
    let text = |value: &Value, most: usize, name: &str| {
        let length = length(value.as_str().unwrap_or_default());
        demand((1..=most).contains(&length), format!("{name}: {length} characters"))
    };
    text(&form["custom_id"], CUSTOM_ID, "custom_id")?;
    text(&form["title"], HEADING, "title")?;
    let parts = list(form, "components");
    demand((1..=ROWS).contains(&parts.len()), format!("{} parts of a form", parts.len()))?;
    for part in parts.iter().filter(|part| part["type"] != 18) {
        demand(part["type"] == 10, "a part of a form that is neither text nor labelled")?;
        text(&part["content"], TYPED as usize, "content")?;
    }
    for label in parts.iter().filter(|part| part["type"] == 18) {
        text(&label["label"], HEADING, "label")?;
        let line = &label["component"];
        let style = line["style"].as_u64().is_some_and(|style| (1..=2).contains(&style));
        demand(line["type"] == 4 && style, "no line to type in")?;
        demand(line.get("label").is_none(), "a label within a label")?;
        text(&line["custom_id"], CUSTOM_ID, "custom_id")?;
        let most = line["max_length"].as_u64().unwrap_or(TYPED);
        demand((1..=TYPED).contains(&most), format!("max_length {most}"))?;
    }
    demand(lines(form).count() > 0, "a form with nothing to fill in")
}

fn row(row: &Value) -> Checked {
    demand(row["type"] == 1, "components: not in a row")?;
    let buttons = list(row, "components");
    demand((1..=BUTTONS).contains(&buttons.len()), format!("{} buttons in a row", buttons.len()))?;
    for button in buttons {
        let (label, id) =
            (button["label"].as_str().unwrap_or_default(), button["custom_id"].as_str().unwrap_or_default());
        let style = button["style"].as_u64().is_some_and(|style| (1..=4).contains(&style));
        demand(button["type"] == 2 && style, "no button")?;
        demand((1..=LABEL).contains(&length(label)), format!("label: {} characters", length(label)))?;
        demand((1..=CUSTOM_ID).contains(&length(id)), format!("custom_id: {} characters", length(id)))?;
    }
    Ok(())
}

fn attachments(message: &Value, files: &[DiscordFile]) -> Checked {
    let named =
        list(message, "attachments").iter().map(|attachment| attachment["filename"].as_str().unwrap_or_default());
    let named: Vec<&str> = named.collect();
    let sent: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    demand(sent.len() <= ATTACHMENTS, format!("{} files", sent.len()))?;
    demand(named == sent, format!("attachments {named:?}, files {sent:?}"))?;
    let size: usize = files.iter().map(|file| file.text.len()).sum();
    demand(size <= FILES, format!("files: {size} bytes"))
}

fn choices(data: &Value) -> Checked {
    let choices = data["choices"].as_array().ok_or("8 has choices")?;
    demand(choices.len() <= CHOICES, format!("{} choices", choices.len()))?;
    for choice in choices {
        for field in ["name", "value"] {
            let text = choice[field].as_str().unwrap_or_default();
            demand((1..=CHOICE).contains(&length(text)), format!("choice: {field} of {} characters", length(text)))?;
        }
    }
    Ok(())
}

/// All commands of an application.
pub(super) fn commands(commands: &[Value]) -> Checked {
    for (kind, most) in [(1, 100), (2, 15), (3, 15)] {
        let count = commands.iter().filter(|one| one["type"].as_u64().unwrap_or(1) == kind).count();
        demand(count <= most, format!("{count} commands of type {kind}"))?;
    }
    commands.iter().try_for_each(|one| command(one, one["type"].as_u64().unwrap_or(1) == 1))
}

/// A command, or an option of one.
fn command(one: &Value, typed: bool) -> Checked {
    let name = one["name"].as_str().unwrap_or_default();
    demand((1..=32).contains(&length(name)), format!("name {name:?}"))?;
    if typed {
        let plain = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || "-_'".contains(c);
        demand(name.chars().all(plain), format!("name {name:?}"))?;
        let description = one["description"].as_str().unwrap_or_default();
        demand((1..=100).contains(&length(description)), format!("{name}: description"))?;
    } else {
        demand(one.get("description").is_none_or(|text| text == ""), format!("{name}: a menu has no description"))?;
    }
    let options = list(one, "options");
    demand(options.len() <= 25, format!("{name}: {} options", options.len()))?;
    let required: Vec<bool> = options.iter().map(|option| option["required"] == true).collect();
    demand(required.is_sorted_by(|a, b| a >= b), format!("{name}: required options come first"))?;
    options.iter().try_for_each(|option| command(option, true))
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// In UTF-16 units, the strictest way to count.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(content: &str) -> Value {
        json!({"content": content, "allowed_mentions": {"parse": []}})
    }

    #[test]
    fn a_message_within_the_limits_passes_and_one_beyond_does_not() {
        assert_eq!(message(&said(&"x".repeat(2_000)), &[]), Ok(()));
        let mut embeds = said("");
        embeds["embeds"] = json!([{"description": "x".repeat(4_000)}, {"description": "x".repeat(2_001)}]);
        let mut pinging = said("x");
        pinging["allowed_mentions"]["users"] = json!(["1"]);
        let mut unlabelled = said("x");
        unlabelled["components"] = json!([{"type": 1, "components": [{"type": 2, "style": 2, "custom_id": "a"}]}]);
        let same = json!({"type": 2, "style": 4, "label": "a", "custom_id": "a"});
        let mut doubled = said("x");
        doubled["components"] = json!([{"type": 1, "components": [same, same]}]);
        let mut without_file = said("x");
        without_file["attachments"] = json!([{"id": 0, "filename": "a.md"}]);
        let wrong = [
            said(&"x".repeat(2_001)),
            said(" "),
            json!({"content": "x"}),
            embeds,
            pinging,
            unlabelled,
            doubled,
            without_file,
        ];
        for one in wrong {
            assert!(message(&one, &[]).is_err(), "{one}");
        }
    }

    #[test]
    fn only_what_is_shown_can_be_pressed() {
        let mut message = said("sure?");
        let button = json!({"type": 2, "style": 4, "label": "yes", "custom_id": "yes"});
        message["components"] = json!([{"type": 1, "components": [button]}]);
        let pressed = |id: &str| json!({"data": {"custom_id": id}, "message": message});
        assert_eq!(press(&pressed("yes")), Ok(()));
        for wrong in [pressed("no"), json!({"data": {"custom_id": "yes"}}), json!({"message": message})] {
            assert!(press(&wrong).is_err(), "{wrong}");
        }
    }

    fn shown() -> Value {
        let line = json!({"type": 4, "custom_id": "typed", "style": 1, "required": true, "max_length": 10});
        let label = json!({"type": 18, "label": "type", "component": line});
        json!({"custom_id": "sure", "title": "Sure?", "components": [{"type": 10, "content": "all goes"}, label]})
    }

    #[test]
    fn a_form_within_the_limits_passes_and_one_beyond_does_not() {
        assert_eq!(callback(2, &json!({"type": 9, "data": shown()})), Ok(()));
        assert!(callback(5, &json!({"type": 9, "data": shown()})).is_err(), "no form is answered with a form");
        for (pointer, value) in [
            ("/title", json!("x".repeat(46))),
            ("/custom_id", json!("")),
            ("/components", json!([])),
            ("/components", json!([{"type": 10, "content": "x"}])),
            ("/components/0/content", json!("")),
            ("/components/0/type", json!(2)),
            ("/components/1/label", json!("x".repeat(46))),
            ("/components/1/component/style", json!(3)),
            ("/components/1/component/custom_id", json!("x".repeat(101))),
            ("/components/1/component/max_length", json!(4_001)),
        ] {
            let mut wrong = shown();
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert!(form(&wrong).is_err(), "{wrong}");
        }
        let mut doubled = shown();
        doubled["components"][1]["component"]["label"] = json!("type");
        assert!(form(&doubled).is_err(), "{doubled}");
    }

    #[test]
    fn only_a_form_that_was_shown_is_sent_and_filled_in_as_it_asks() {
        let sent = |id: &str, line: &str, value: &str| {
            let label = json!({"type": 18, "component": {"type": 4, "custom_id": line, "value": value}});
            json!({"data": {"custom_id": id, "components": [{"type": 10}, label]}})
        };
        assert_eq!(submission(&sent("sure", "typed", "yes"), Some(&shown())), Ok(()));
        assert!(submission(&sent("sure", "typed", "yes"), None).is_err());
        let wrong = [
            sent("other", "typed", "yes"),
            sent("sure", "other", "yes"),
            sent("sure", "typed", ""),
            sent("sure", "typed", "eleven char"),
            json!({"data": {"custom_id": "sure"}}),
        ];
        for one in wrong {
            assert!(submission(&one, Some(&shown())).is_err(), "{one}");
        }
    }

    #[test]
    fn an_answer_fits_its_question() {
        let choices = |n: usize| json!({"type": 8, "data": {"choices": vec![json!({"name": "n", "value": "v"}); n]}});
        let right = [
            (1, json!({"type": 1})),
            (2, json!({"type": 5})),
            (4, choices(25)),
            (3, json!({"type": 7, "data": said("x")})),
        ];
        for (kind, answer) in right {
            assert_eq!(callback(kind, &answer), Ok(()), "{answer}");
        }
        let wrong = [
            (1, json!({"type": 4, "data": said("x")})),
            (2, json!({"type": 7, "data": said("x")})),
            (2, json!({"type": 5, "data": {"content": "x"}})),
            (2, json!({"type": 4, "data": {"content": "x", "flags": 128, "allowed_mentions": {"parse": []}}})),
            (4, choices(26)),
            (4, json!({"type": 8, "data": {"choices": [{"name": "", "value": "v"}]}})),
            (2, json!({})),
        ];
        for (kind, answer) in wrong {
            assert!(callback(kind, &answer).is_err(), "{answer}");
        }
    }
}
