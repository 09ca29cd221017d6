//! One finding, asset or rule as a page.

use plumb_base::answer::{AssetCard, FindingCard, RuleCard, Shown};
use plumb_base::{Finding, Message, Owner, Saving};

use super::audit::saving;
use super::sheet::{Sheet, code, escaped, fenced, message, said};
use crate::Style;

pub(super) fn shown(answer: &Shown, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style, "plumb show -f json");
    match answer {
        Shown::Finding(card) => finding(&mut sheet, card),
        Shown::Asset(card) => asset(&mut sheet, card),
        Shown::Rule(card) => {
            rule(&mut sheet, card.page.split("\n## ").next().unwrap_or_default(), card);
        }
    }
    sheet.finish()
}

pub(super) fn explained(answer: &Shown, style: &Style<'_>) -> String {
    let Shown::Rule(card) = answer else { return shown(answer, style) };
    let mut sheet = Sheet::new(style, "plumb explain -f json");
    rule(&mut sheet, &card.page, card);
    sheet.finish()
}

/// The pages of rules are Markdown already, and our own words.
fn rule(sheet: &mut Sheet<'_>, page: &str, card: &RuleCard) {
    if page.is_empty() {
        sheet.block(&format!("# {} {}\n\n{}", card.code, card.name, card.summary));
    } else {
        sheet.block(page);
    }
}

fn finding(sheet: &mut Sheet<'_>, card: &FindingCard) {
    let finding = &card.finding;
    sheet.block(&format!("### {} {} · {}", finding.rule, finding.name, finding.evidence.word()));
    sheet.block(&format!("**{}** {}", escaped(&finding.id), message(&finding.message)));
    sheet.block(&format!("- {}\n- **Talk to:** {}", costs(finding), owners(&finding.owners)));
    let rows = finding
        .because
        .iter()
        .map(|reason| [reason.evidence.word().to_owned(), message(&reason.message)]);
    sheet.table(["Evidence", "Why we say so"], "---|---", rows);
    if let Some(example) = &finding.example {
        sheet.block("On these rows they differ:");
        sheet.code("sql", &example.database.join("\n"));
        for (name, rows) in &example.gives {
            let rows = if rows.is_empty() { "no rows".to_owned() } else { rows.join("\n") };
            sheet.block(&format!("{} gives", code(name)));
            sheet.code("text", &rows);
        }
    }
    if let Some(sql) = &finding.instead {
        sheet.block("**Instead:**");
        sheet.code("sql", sql);
    }
    if let Some(action) = &finding.action {
        let because = |reason: &Message| format!("\n- {}", message(reason));
        let because: String = action.because.iter().map(because).collect();
        sheet.block(&format!("**Fix:** {}{because}", message(&action.message)));
        if let Some((path, text)) = &action.patch {
            sheet.block(&code(path));
            sheet.code("sql", text);
        }
    }
    if !card.doubts.is_empty() {
        let doubts: Vec<String> =
            card.doubts.iter().map(|doubt| format!("- {}", said(doubt))).collect();
        sheet.block(&format!(
            "**What would change our mind**

{}",
            doubts.join(
                "
"
            )
        ));
    }
    for (subject, excerpt) in finding.subjects.iter().zip(&card.code) {
        let place = format!("{}:{}", excerpt.place.path, excerpt.place.start.line);
        let title = format!("{} in {}", tag(&subject.asset), tag(&place));
        sheet.folded(&title, &fenced("sql", &excerpt.text));
    }
    if let Some(plan) = &card.plan {
        sheet.folded("The plan they share", &fenced("text", plan));
    }
}

/// A name inside a tag, where Markdown is not read.
fn tag(text: &str) -> String {
    let safe = crate::visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<code>{safe}</code>")
}

fn costs(finding: &Finding) -> String {
    match &finding.saving {
        Saving::NotGiven(why) if why.is_empty() => "**Costs:** no cost given".to_owned(),
        Saving::NotGiven(why) => format!("**Costs:** no cost given: {}", escaped(why)),
        Saving::PerMonth { .. } => format!("**Saves:** {}/mo", saving(finding)),
    }
}

fn owners(owners: &[Owner]) -> String {
    if owners.is_empty() {
        return "no owner".to_owned();
    }
    let each = owners.iter().map(|it| format!("{} ({})", escaped(&it.name), escaped(&it.source)));
    each.collect::<Vec<_>>().join(", ")
}

fn asset(sheet: &mut Sheet<'_>, card: &AssetCard) {
    sheet.block(&format!("### {} · {}", code(&card.key), escaped(&card.kind)));
    if !card.description.is_empty() {
        sheet.block(&escaped(&card.description));
    }
    let place = card.place.as_ref().map(|at| format!("{}:{}", at.path, at.start.line));
    let names = |keys: &[String]| match keys {
        [] => "nothing that plumb has seen".to_owned(),
        keys => keys.iter().map(|key| code(key)).collect::<Vec<_>>().join(", "),
    };
    let mut facts = Vec::new();
    facts.extend(place.map(|place| format!("- **Place:** {}", code(&place))));
    facts.push(format!("- **Talk to:** {}", owners(&card.owners)));
    facts.push(format!("- **Coverage:** {}", escaped(&card.coverage)));
    facts.push(format!("- **Reads:** {}", names(&card.reads)));
    facts.push(format!("- **Read by:** {}", names(&card.read_by)));
    sheet.block(&facts.join("\n"));
    let rows = card.columns.iter().map(|column| {
        let from: Vec<String> = column
            .from
            .iter()
            .map(|(from, how)| format!("{} {}", code(from), escaped(how)))
            .collect();
        [
            code(&column.name),
            escaped(column.data_type.as_deref().unwrap_or_default()),
            from.join("<br>"),
            escaped(&column.description),
        ]
    });
    sheet.table(["Column", "Type", "Made of", "Description"], "---|---|---|---", rows);
    if card.open {
        sheet.block("There are more columns than are known here.");
    }
    let rows = card.findings.iter().map(|finding| {
        [
            format!("**{}**", escaped(&finding.id)),
            message(&finding.message),
            finding.evidence.word().to_owned(),
        ]
    });
    sheet.table(["Finding", "What", "Evidence"], "---|---|---", rows);
    if let Some(form) = &card.normal_form {
        sheet.folded("Normal form, with everything upstream put in", &fenced("text", form));
    }
}
