//! Answers about the built-in company as an agent reads them, and a whole conversation.

use plumb_workspace::Options;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};

use super::answer::{BRIEF, DETAIL};
use super::*;

fn demo() -> Workspace {
    Workspace::open(&Workspace::demo(), &Options::default())
}

/// The answer of a tool; what the caller can mend is an error.
fn ask(workspace: &Workspace, tool: &str, arguments: Value) -> Result<Value, String> {
    let tool = TOOLS.iter().find(|it| it.name == tool).unwrap();
    (tool.answer)(workspace, arguments).map_err(|mend| mend.0)
}

fn answer(workspace: &Workspace, tool: &str, arguments: Value) -> Value {
    ask(workspace, tool, arguments).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Ids of all findings of the demo.
fn ids(workspace: &Workspace) -> Vec<String> {
    workspace.audit().findings.into_iter().map(|finding| finding.id).collect()
}

/// The finding of the demo that speaks of an asset first.
fn id_of(workspace: &Workspace, asset: &str) -> String {
    let findings = workspace.audit().findings;
    findings.into_iter().find(|finding| finding.subjects[0].asset == asset).unwrap().id
}

#[test]
fn findings_are_rows() {
    let answer =
        answer(&demo(), "list_findings", json!({ "filter": "rule:DUP001 asset:daily_sales" }));
    let id = text(&answer["rows"][0][0]).to_owned();
    let wanted = json!({
        "total": 1,
        "of": answer["of"],
        "coverage": answer["coverage"],
        "columns": ["id", "rule", "evidence", "what", "owner", "asset", "saves"],
        "rows": [[
            id,
            "DUP001",
            "proved",
            "`daily_sales` rebuilds what `fct_revenue_daily` already holds",
            "Finance, Growth, Priya Anand and 1 more",
            "harbor.growth.daily_sales",
            answer["rows"][0][6],
        ]],
    });
    assert!(text(&answer["rows"][0][6]).ends_with(" a month"), "{answer:#}");
    assert_eq!(format!("{answer:#}"), format!("{wanted:#}"));
}

#[test]
fn a_finding_is_explained() {
    let demo = demo();
    let id = id_of(&demo, "harbor.growth.daily_sales");
    let answer = answer(&demo, "explain_finding", json!({ "id": id }));
    assert_eq!(answer["what"], "`daily_sales` rebuilds what `fct_revenue_daily` already holds");
    assert!(text(&answer["saves"]).starts_with('$'), "{answer:#}");
    assert_eq!(answer["fix"], "read `fct_revenue_daily` instead");
    assert_eq!(answer["places"][0], "warehouse/models/marts/growth/daily_sales.sql:1");
    let doubts = answer["not_checked"].to_string();
    assert!(doubts.contains("the rows themselves") && !doubts.contains("not checked:"), "{doubts}");
}

#[test]
fn every_part_of_every_finding_keeps_its_promises() {
    let demo = demo();
    for id in ids(&demo) {
        for part in ["summary", "evidence", "plan", "patch"] {
            let asked = json!({ "id": id, "part": part });
            match ask(&demo, "explain_finding", asked) {
                Ok(answer) => keeps(&answer, "explain_finding"),
                Err(mend) => {
                    let known = mend.starts_with(&format!("{id} has no "));
                    assert!(known && (part == "plan" || part == "patch"), "{part}: {mend}");
                }
            }
        }
    }
}

#[test]
fn a_patch_is_a_whole_file() {
    let demo = demo();
    let found = workspace_patch(&demo);
    let (id, path, new) = found.expect("the demo has a ready patch");
    let answer = answer(&demo, "explain_finding", json!({ "id": id, "part": "patch" }));
    assert_eq!(answer["replaces_file"], json!(path));
    assert_eq!(answer["text"], json!(new));
}

fn workspace_patch(workspace: &Workspace) -> Option<(String, String, String)> {
    workspace.audit().findings.into_iter().find_map(|finding| {
        let (path, text) = finding.action?.patch?;
        Some((finding.id, path, text))
    })
}

#[test]
fn lineage_counts_first() {
    let demo = demo();
    let asked = json!({ "ref": "int_order_lines_enriched", "direction": "down" });
    let wanted = json!({
        "ref": "harbor.intermediate.int_order_lines_enriched",
        "down": {
            "count": 3,
            "names": [
                "harbor.core.customer_category_months",
                "harbor.finance.fct_order_margins",
                "harbor.growth.returns_by_category",
            ],
        },
    });
    let mut answer = answer(&demo, "lineage", asked);
    answer.as_object_mut().unwrap().shift_remove("not_known");
    assert_eq!(format!("{answer:#}"), format!("{wanted:#}"));
}

#[test]
fn lineage_names_eight_and_counts_the_rest() {
    let demo = demo();
    let asked = json!({ "ref": "stg_shop__orders", "depth": 9, "direction": "down" });
    let answer = answer(&demo, "lineage", asked);
    let count = answer["down"]["count"].as_u64().unwrap();
    assert_eq!(answer["down"]["names"].as_array().unwrap().len(), 8, "{answer:#}");
    assert_eq!(answer["down"]["left_out"], count - 8);
    assert!(answer.get("up").is_none());
}

#[test]
fn lineage_of_a_column_says_how() {
    let answer =
        answer(&demo(), "lineage", json!({ "ref": "daily_sales.items", "direction": "up" }));
    assert_eq!(answer["ref"], "harbor.growth.daily_sales.items");
    let first = text(&answer["up"]["names"][0]);
    assert_eq!(first, "harbor.staging.stg_shop__order_lines.quantity (aggregation, filter)");
}

#[test]
fn somebody_owns_it() {
    let demo = demo();
    let answer = answer(
        &demo,
        "who_owns",
        json!({ "ref": "warehouse/models/marts/growth/daily_sales.sql" }),
    );
    let wanted = json!({
        "owner": "Growth",
        "how": "dbt group growth in warehouse/models/_groups.yml",
        "ref": "harbor.growth.daily_sales",
        "also": ["Tomas Reyes: dbt meta.owner in warehouse/models/marts/growth/_growth.yml"],
    });
    assert_eq!(format!("{answer:#}"), format!("{wanted:#}"));
}

#[test]
fn all_answers_about_the_demo_fit() {
    let demo = demo();
    keeps(&answer(&demo, "list_findings", json!({})), "list_findings");
    let everything = answer(&demo, "list_findings", json!({ "limit": 100 }));
    assert!(everything.to_string().len() < DETAIL);
    let mut names: Vec<String> = ids(&demo);
    // Money may be of a warehouse, and what ran of no code at all: neither is an asset.
    let elsewhere = ["OWN002", "OWN003", "TAG001", "RUN003", "RUN004"];
    names.extend(
        demo.audit()
            .findings
            .into_iter()
            .filter(|finding| !elsewhere.contains(&finding.rule.as_str()))
            .flat_map(|finding| finding.subjects.into_iter().map(|subject| subject.asset)),
    );
    for name in names {
        keeps(&answer(&demo, "who_owns", json!({ "ref": name })), "who_owns");
        if !name.starts_with("F-") {
            keeps(&answer(&demo, "lineage", json!({ "ref": name, "depth": 9 })), "lineage");
        }
    }
}

#[test]
fn every_answer_is_the_same_twice() {
    for (tool, arguments) in
        [("list_findings", json!({})), ("lineage", json!({ "ref": "fct_orders" }))]
    {
        let once = answer(&demo(), tool, arguments.clone()).to_string();
        assert_eq!(once, answer(&demo(), tool, arguments).to_string());
    }
}

#[test]
fn a_wrong_question_is_answered_with_a_way_out() {
    let demo = demo();
    let says = |tool, arguments| ask(&demo, tool, arguments).unwrap_err();
    assert_eq!(
        says("who_owns", json!({ "ref": "harbor.core.fct_order" })),
        "no asset \"harbor.core.fct_order\"; nearest: harbor.core.fct_orders, harbor.core.fct_payments"
    );
    assert_eq!(
        says("explain_finding", json!({ "id": "F-000000" })),
        "no finding \"F-000000\"; no name is near it"
    );
    assert_eq!(
        says("explain_finding", json!({ "id": "DUP001" })),
        "\"DUP001\" is a rule; list_findings with filter \"DUP001\" gives ids of findings"
    );
    assert_eq!(
        says("who_owns", json!({ "ref": "DUP001" })),
        "DUP001 is a rule, and nobody's; name an asset, file or finding"
    );
    assert_eq!(
        says("list_findings", json!({ "filter": "state:open" })),
        "filter knows no \"state:\"; write rule:, asset:, path: or owner:"
    );
    assert_eq!(says("list_findings", json!({ "limit": 0 })), "limit is a number from 1 to 100");
    assert_eq!(
        says("lineage", json!({ "ref": "fct_orders", "depth": 99 })),
        "depth is a number from 1 to 20"
    );
    assert_eq!(says("lineage", json!({})), "missing field `ref`");
    assert!(says("explain_finding", json!({ "id": "x", "part": "diff" })).contains("`patch`"));
    assert!(says("who_owns", json!({ "ref": "a\u{202e}b" })).contains("a\\u{202e}b"));
}

#[test]
fn a_filter_that_fits_nothing_says_of_how_many() {
    let demo = demo();
    let answer = answer(&demo, "list_findings", json!({ "filter": "rule:PLN001" }));
    assert_eq!(answer["total"], 0);
    assert_eq!(answer["of"], ids(&demo).len());
    assert!(text(&answer["coverage"]).ends_with(" statements read"), "{answer}");
}

#[test]
fn a_star_stands_for_anything() {
    let demo = demo();
    let total =
        |filter: &str| answer(&demo, "list_findings", json!({ "filter": filter }))["total"].clone();
    assert_eq!(total("asset:harbor.*.daily_sales"), total("daily_sales"));
    assert_eq!(total("asset:daily_sales*harbor"), 0);
    assert_eq!(
        total("path:warehouse/models/marts/growth/daily_sales.sql owner:tomas"),
        total("daily_sales")
    );
}

/// Keeps within its bytes, says nothing empty, and has the shape it declares.
fn keeps(answer: &Value, tool: &str) {
    let size = answer.to_string().len();
    assert!(size < BRIEF, "{tool}: {size} bytes: {answer:#}");
    let tool = TOOLS.iter().find(|it| it.name == tool).unwrap();
    fits(answer, &(tool.output)());
}

/// The little of JSON Schema that our schemas use.
fn fits(value: &Value, schema: &Value) {
    match text(&schema["type"]) {
        "string" => assert!(!text(value).is_empty(), "an empty text"),
        "integer" => assert!(value.is_u64(), "{value}"),
        "array" => {
            let items = value.as_array().unwrap();
            assert!(!items.is_empty(), "an empty list");
            for item in items {
                fits(item, &schema["items"]);
            }
        }
        "object" => {
            assert_eq!(schema["additionalProperties"], false);
            for (key, value) in value.as_object().unwrap() {
                assert!(schema["properties"].get(key).is_some(), "`{key}` is not declared");
                fits(value, &schema["properties"][key]);
            }
            for key in schema["required"].as_array().unwrap() {
                assert!(value.get(text(key)).is_some(), "{key} is missing in {value}");
            }
        }
        other => panic!("`{other}` is no type of ours"),
    }
}

#[test]
fn tools_are_few_and_say_what_they_take() {
    let demo = demo();
    for tool in TOOLS {
        let input = (tool.input)();
        let output = (tool.output)();
        assert!(tool.description.len() < 300, "{}", tool.name);
        assert_eq!((&input["type"], &output["type"]), (&json!("object"), &json!("object")));
        assert!(!output["required"].as_array().unwrap().is_empty());
        // What the schema names is taken; a stranger is refused, with what there is.
        let refused = ask(&demo, tool.name, json!({ "stranger": 1 })).unwrap_err();
        for key in input["properties"].as_object().unwrap().keys() {
            assert!(refused.contains(&format!("`{key}`")), "{}: {refused}", tool.name);
        }
    }
    let sentences = INSTRUCTIONS.matches(". ").count() + 1;
    assert!(TOOLS.len() <= 8 && sentences == 3);
}

/// Says each message on a line, then hangs up; gives what came back.
fn converse(messages: &[Value]) -> Vec<Value> {
    let said: String = messages.iter().flat_map(|it| [it.to_string(), "\n".to_owned()]).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let heard = runtime.block_on(async {
        let (client, server) = duplex(64);
        let (read, write) = split(server);
        let serving = tokio::spawn(serve(demo(), read, write));
        let (mut hears, mut says) = split(client);
        let saying = tokio::spawn(async move {
            says.write_all(said.as_bytes()).await.unwrap();
            says.shutdown().await.unwrap();
        });
        let mut heard = String::new();
        hears.read_to_string(&mut heard).await.unwrap();
        saying.await.unwrap();
        serving.await.unwrap().unwrap();
        heard
    });
    heard.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn hello() -> Vec<Value> {
    let client = json!({ "name": "test", "version": "1" });
    let params =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    vec![
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
    ]
}

fn call(id: u64, name: &str, arguments: &Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

/// The answer to one message; handlers may finish in any order.
fn to(heard: &[Value], id: u64) -> &Value {
    heard.iter().find(|message| message["id"] == id).unwrap()
}

#[test]
fn a_conversation() {
    let mut messages = hello();
    messages.push(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }));
    messages.push(call(2, "who_owns", &json!({ "ref": "daily_sales" })));
    messages.push(call(3, "who_owns", &json!({ "ref": "harbor.core.fct_order" })));
    messages.push(call(4, "drop_table", &json!({})));
    let heard = converse(&messages);
    assert_eq!(heard.len(), 5, "{heard:#?}");

    let hello = &to(&heard, 0)["result"];
    assert_eq!(hello["protocolVersion"], "2025-11-25");
    assert_eq!(hello["serverInfo"]["name"], "plumb");
    assert_eq!(hello["capabilities"], json!({ "tools": {} }));
    assert_eq!(hello["instructions"], INSTRUCTIONS);

    let tools = to(&heard, 1)["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| text(&tool["name"])).collect();
    assert_eq!(names, ["list_findings", "explain_finding", "lineage", "who_owns"]);
    for tool in tools {
        let hints = json!({
            "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false,
        });
        assert_eq!(tool["annotations"], hints);
        assert_eq!(tool["outputSchema"]["type"], "object");
    }

    let owner = &to(&heard, 2)["result"];
    assert_eq!(owner["structuredContent"]["owner"], "Growth");
    assert_eq!(text(&owner["content"][0]["text"]), owner["structuredContent"].to_string());
    assert_ne!(owner["isError"], true);

    let nobody = &to(&heard, 3)["result"];
    assert_eq!(nobody["isError"], true);
    assert!(nobody.get("structuredContent").is_none());
    assert!(text(&nobody["content"][0]["text"]).contains("nearest: harbor.core.fct_orders"));

    assert_eq!(to(&heard, 4)["error"]["code"], -32602);
}

#[test]
fn a_client_that_says_nothing_is_no_failure() {
    assert!(converse(&[]).is_empty());
}
