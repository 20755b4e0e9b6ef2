//! What `import` reads, over the real binary: exports of many programs and versions, however they are packed.

use std::{fs, io::Write as _, path::Path};

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder},
};
use serde_json::{Value, json};

use crate::home::{Home, assert_fails_with};

/// A message of that minute of a day, by Ann.
fn message(minute: u64, content: &str) -> Value {
    json!({
        "id": id(minute), "type": "Default", "timestampEdited": null, "content": content, "attachments": [], "embeds": [],
        "author": {"id": "70", "name": "ann", "nickname": "Ann", "isBot": false}, "mentions": [], "stickers": []
    })
}

fn id(minute: u64) -> String {
    (1_388_414_112_890_880_000 + ((minute * 60_000) << 22)).to_string()
}

fn export(messages: &[Value]) -> Value {
    json!({
        "guild": {"id": "40", "name": "a harbour"},
        "channel": {"id": "50", "type": "GuildTextChat", "categoryId": "60", "category": "talk", "name": "quay"},
        "messages": messages, "messageCount": messages.len()
    })
}

fn two() -> Value {
    export(&[message(1, "the tide is out"), message(2, "so are we")])
}

fn counts(home: &Home, path: &Path, arguments: &[&str]) -> String {
    let (ok, said) = home.import(&[], path, &[&["--dry-run"], arguments].concat());
    assert!(ok, "{said}");
    said
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

/// An archive with the same text in every entry, deflated (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>).
fn zip(names: &[&str], text: &[u8]) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text).unwrap();
    let packed = packed.finish().unwrap();
    let short = |n: usize| u16::try_from(n).unwrap().to_le_bytes().to_vec();
    let long = |n: usize| u32::try_from(n).unwrap().to_le_bytes().to_vec();
    let (mut entries, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        // Version, flags, deflated, time, date, checksum, sizes, lengths of name and extra field.
        let sizes = [long(0), long(packed.len()), long(text.len()), short(name.len()), short(0)].concat();
        let common = [short(20), short(0), short(8), short(0), short(0x21), sizes].concat();
        let rest = [short(0), short(0), short(0), long(0), long(entries.len())].concat();
        directory.extend([b"PK\x01\x02", &*short(20), &*common, &*rest, name.as_bytes()].concat());
        entries.extend([b"PK\x03\x04", &*common, name.as_bytes(), &*packed].concat());
    }
    let counts = [short(0), short(0), short(names.len()), short(names.len())].concat();
    let end = [long(directory.len()), long(entries.len()), short(0)].concat();
    [entries, directory, b"PK\x05\x06".to_vec(), counts, end].concat()
}

fn assert_read(said: &str, messages: usize) {
    assert!(said.contains(&format!("{messages} messages in")) && !said.contains("rejected"), "{said}");
}

#[test]
fn marks_and_encodings_are_read_and_said() {
    let home = Home::new();
    let text = serde_json::to_string_pretty(&two()).unwrap();
    let utf16 = |mark: &str, unit: fn(u16) -> [u8; 2]| {
        format!("{mark}{text}").encode_utf16().flat_map(unit).collect::<Vec<u8>>()
    };
    let forms = [
        ("mark.json", format!("\u{feff}{text}").into_bytes(), "begins with a byte-order mark"),
        ("little.json", utf16("\u{feff}", u16::to_le_bytes), "is in UTF-16, begins with a byte-order mark"),
        ("big.json", utf16("\u{feff}", u16::to_be_bytes), "is in UTF-16, begins with a byte-order mark"),
        ("bare.json", utf16("", u16::to_le_bytes), "is in UTF-16\n"),
        ("packed.json.gz", gzip(text.as_bytes()), "is packed with gzip\n"),
        (
            "all.gz",
            gzip(&utf16("\u{feff}", u16::to_le_bytes)),
            "is packed with gzip, is in UTF-16, begins with a byte-order mark",
        ),
        ("plain.json", text.clone().into_bytes(), ""),
    ];
    for (name, bytes, peculiarity) in forms {
        let said = counts(&home, &home.file(name, bytes), &[]);
        assert_read(&said, 2);
        assert!(said.contains(peculiarity), "{said}");
    }
}

#[test]
fn folders_archives_and_standard_input_are_read() {
    let home = Home::new();
    let folder = home.path().join("exports");
    fs::create_dir_all(folder.join("deeper")).unwrap();
    fs::create_dir_all(folder.join("quay.json_Files")).unwrap();
    for name in ["quay.json", "deeper/pier.JSON", "notes.txt", ".hidden.json", "quay.json_Files/theirs.json"] {
        fs::write(folder.join(name), two().to_string()).unwrap();
    }
    fs::write(folder.join("packed.json.gz"), gzip(two().to_string().as_bytes())).unwrap();
    assert_read(&counts(&home, &folder, &[]), 6);

    let archive = home.path().join("exports.zip");
    let inside = ["a/quay.json", "a/picture.png", "a/quay.json_Files/theirs.json"];
    fs::write(&archive, zip(&inside, two().to_string().as_bytes())).unwrap();
    assert_read(&counts(&home, &archive, &[]), 2);

    let (ok, said) = home.run_with_input(&[], &["import", "-", "--dry-run", "--end", "2025-07-04"], &two().to_string());
    assert!(ok, "{said}");
    assert_read(&said, 2);
    assert!(said.contains("2025-07-04 to 2025-07-04"), "it is read twice: {said}");
    assert_fails_with(&home.run(&[], &["import", "-", "--dry-run"]), &["nothing came over standard input"], &[]);
}

#[test]
fn files_are_read_in_the_order_of_time() {
    let home = Home::new();
    let marked = |name: &str, minute: u64| {
        home.file(name, format!("\u{feff}{}", export(&[message(minute, "x")]))).to_str().unwrap().to_owned()
    };
    let files = [marked("part 10.json", 30), marked("part 2.json", 20), marked("z.json", 10)];
    let (ok, said) = home.run(&[], &["import", &files[0], &files[1], &files[2], "--dry-run"]);
    let place = |name: &str| said.find(&format!("{name} begins with")).unwrap();
    assert!(ok && place("z.json") < place("part 2.json") && place("part 2.json") < place("part 10.json"), "{said}");
}

#[test]
fn direct_messages_need_a_guild_to_be_kept_for() {
    let home = Home::new();
    let call = json!({"id": id(3), "type": "Call", "content": "", "author": {"id": "70", "name": "ann"}});
    let mut direct = export(&[message(1, "hello"), message(2, "you"), call]);
    direct["guild"] = json!({"id": "0", "name": "Direct Messages"});
    direct["channel"] =
        json!({"id": "51", "type": "DirectTextChat", "categoryId": "0", "category": "Private", "name": "Ben"});
    let file = home.file("direct.json", direct.to_string());
    let told = home.import(&[], &file, &["--dry-run"]);
    assert_fails_with(&told, &["direct.json has direct messages", "--guild"], &[]);
    let said = counts(&home, &file, &["--guild", "40"]);
    assert!(said.contains("3 messages in") && said.contains("1 left out: written by Discord itself"), "{said}");
}

#[test]
fn what_is_refused_is_named_with_its_place() {
    let home = Home::new();
    let mut wrong = two();
    wrong["channel"]["id"] = json!("quay");
    let listed = json!([message(1, "hi")]).to_string();
    let refusals = [
        ("page.json", "<!DOCTYPE html><html>".to_owned(), "it is HTML"),
        ("list.json", listed, "it begins with a list"),
        ("cut.json", r#"{"guild":{"id":"40"},"channel":"#.to_owned(), "no list `messages`"),
        ("odd.json", "{\n  \"guild\": {\n    id: 40}}".to_owned(), "in line 3, at character 5, it stops being JSON"),
        ("wrong.json", serde_json::to_string_pretty(&wrong).unwrap(), "it does not fit: channel.id: not a snowflake"),
        ("white.json", " \n".to_owned(), "nothing but white space"),
    ];
    for (name, content, reason) in refusals {
        let told = home.import(&[], &home.file(name, content), &["--dry-run"]);
        assert_fails_with(&told, &[name, reason, "nothing was read from it"], &[]);
    }
    let mut broken = message(2, "x");
    broken["author"]["id"] = json!("nobody");
    let said = counts(&home, &home.file("one.json", export(&[message(1, "hi"), broken]).to_string()), &[]);
    assert!(said.contains("author.id: not a snowflake") && said.contains("(message 2 of the file)"), "{said}");
}

#[test]
fn half_an_emoji_costs_no_message_in_lines_either() {
    let home = Home::new();
    let line = |id: u64, content: &str| {
        format!(
            r#"{{"guild_id":"40","id":"{id}","channel_id":"50","author":{{"id":"70","name":"Ann"}},"content":"{content}"}}"#
        )
    };
    let half = r"nice \ud83d";
    let one = 1_388_414_112_890_880_001;
    assert_read(
        &counts(&home, &home.file("half.jsonl", format!("{}\n{}\n", line(one, half), line(one + 1, "ok"))), &[]),
        2,
    );
    let event = format!(r#"{{"guild_id":"40","messages":[{},{}]}}"#, line(one, half), line(one + 1, "ok"));
    assert_read(&counts(&home, &home.file("event.json", event), &[]), 2);
}
