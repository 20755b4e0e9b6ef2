use super::*;

const SAMPLE: &str = r#"
Parameters:
  Models: { Type: String, Default: "gemini:a,gemini:b" }
  Days: { Type: Number, Default: 6 }
  Secret: { Type: String }
Globals:
  Function:
    Timeout: 9
    Environment: { Variables: { STAGE: local, DAYS: !Ref Days } }
Resources:
  ThingsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  CallerFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: caller } }
    Properties:
      MemorySize: 256
      Environment:
        Variables:
          TABLE: !Ref ThingsTable
          CALLEE: !Ref CalleeFunction
          MODELS: !Ref Models
          ADDRESS: !Sub "${AWS::Region}/${CalleeFunction}/${Days}"
          KEY_PARAMETER: /things/key
          ON: true
  CalleeFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: callee } }
    Properties: { Timeout: 60, Environment: { Variables: { DAYS: 7 } } }
"#;

#[test]
fn variables_are_resolved_and_globals_come_first() {
    let template = Template::parse(SAMPLE).unwrap();

    let environment = template.environment("caller");

    let expected = [
        ("ADDRESS", "us-east-1/callee/6"),
        ("CALLEE", "callee"),
        ("DAYS", "6"),
        ("KEY_PARAMETER", "/things/key"),
        ("MODELS", "gemini:a,gemini:b"),
        ("ON", "true"),
        ("STAGE", "local"),
        ("TABLE", "ThingsTable"),
    ];
    assert_eq!(environment, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert_eq!(template.environment("callee")["DAYS"], "7");
}

#[test]
fn functions_have_their_own_or_the_global_timeout() {
    let template = Template::parse(SAMPLE).unwrap();
    assert_eq!(template.functions().collect::<Vec<_>>(), ["callee", "caller"]);
    assert_eq!(template.timeout("caller"), Some(Duration::from_secs(9)));
    assert_eq!(template.timeout("callee"), Some(Duration::from_secs(60)));
    assert_eq!(template.memory_mb("caller"), Some(256));
    assert_eq!(template.timeout("nobody"), None);
}

#[test]
fn tables_are_called_like_their_logical_ids() {
    let template = Template::parse(SAMPLE).unwrap();
    assert_eq!(template.tables().iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["ThingsTable"]);
}

#[test]
fn what_has_no_value_is_named() {
    let text = SAMPLE.replace("!Ref Models", "!Ref Secret");
    let error = format!("{:#}", Template::parse(&text).unwrap_err());
    assert!(error.contains("CallerFunction") && error.contains("MODELS") && error.contains("Secret"), "{error}");
}

#[test]
fn what_is_not_understood_is_named() {
    let text = SAMPLE.replace("!Ref Models", "!ImportValue other-stack");
    let error = format!("{:#}", Template::parse(&text).unwrap_err());
    assert!(error.contains("Fn::ImportValue"), "{error}");
}

#[test]
fn the_projects_own_template_is_understood() {
    let template = Template::of_the_project().unwrap();
    assert_eq!(
        template.tables().iter().map(|table| table.name.as_str()).collect::<Vec<_>>(),
        ["MemoryTable", "MessagesTable"]
    );
    assert_eq!(template.environment("get_memories")["DAILY_SUMMARY_FUNCTION"], "daily_summary");
    assert!(!template.environment("get_memories").contains_key("MESSAGES_TABLE"));
    assert!(template.parameter_names().count() > 0);
}
