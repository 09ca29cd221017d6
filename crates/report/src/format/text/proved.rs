//! Whether two queries give the same rows: what is said, what it rests on, and the rows that differ.

use plumb_base::Example;
use plumb_base::answer::{Compared, Judged, Paired, Proved, Replayed};

use super::sheet::Sheet;
use crate::words::{count, grouped};
use crate::{Detail, Style};

pub(super) fn proved(answer: &Proved, style: &Style<'_>) -> String {
    let mut sheet = Sheet::new(style);
    let pen = sheet.pen;
    let (left, right) = (&answer.left, &answer.right);
    let both = pen.strong(&left.name).and(pen.plain(" and ")).and(pen.strong(&right.name));
    let said = match answer.judged {
        Judged::Same => " give the same rows",
        Judged::Different => " do not give the same rows",
        Judged::Unknown => ": nobody knows",
    };
    sheet.line(0, &both.and(pen.plain(said)));
    sheet.blank();
    if !answer.columns.is_empty() {
        let how = match answer.paired {
            Paired::ByName => "by name",
            Paired::ByPlace => "by place",
            Paired::ByPlan => "by what they are",
        };
        let text = format!("{}, paired {how}", count(answer.columns.len(), "column"));
        sheet.labelled(&pen.plain("  compared    "), &pen.plain(&text));
    }
    for side in [left, right] {
        only(&mut sheet, side);
    }
    match answer.judged {
        Judged::Same => same(&mut sheet, answer),
        Judged::Different => different(&mut sheet, answer),
        Judged::Unknown => {
            let why = answer.obstacle.as_deref().unwrap_or("nothing was found");
            sheet.labelled(&pen.plain("  because     "), &pen.plain(why));
        }
    }
    for problem in &answer.problems {
        let place = super::finding::place(&problem.place);
        let text = format!("{place}  {}", problem.message);
        sheet.labelled(&pen.plain("  not read    "), &pen.plain(&text));
    }
    sheet.finish()
}

fn only(sheet: &mut Sheet<'_>, side: &Compared) {
    if side.only.is_empty() {
        return;
    }
    let pen = sheet.pen;
    let text = format!("only {} has {}", side.name, side.only.join(", "));
    sheet.labelled(&pen.plain("  left out    "), &pen.plain(&text));
}

fn same(sheet: &mut Sheet<'_>, answer: &Proved) {
    let pen = sheet.pen;
    for assumption in &answer.assumptions {
        sheet.labelled(&pen.plain("  rests on    "), &pen.message(assumption));
    }
    let steps: usize = answer.rules.iter().map(|(_, times)| times).sum();
    let how = if steps == 0 {
        "they are written alike".to_owned()
    } else {
        format!("proved in {}", count(steps, "step"))
    };
    let text = format!("{how}; tried on {}", count(answer.trials, "small database"));
    sheet.labelled(&pen.plain("  how         "), &pen.plain(&text));
    let Replayed { steps, of, missed } = &answer.replayed;
    if *of > 0 {
        let rules: Vec<String> =
            missed.iter().map(|(rule, times)| format!("{rule} ({})", grouped(*times))).collect();
        let not =
            if rules.is_empty() { String::new() } else { format!("; not: {}", rules.join(", ")) };
        let text = format!("{} of {} by the checker{not}", grouped(*steps), count(*of, "step"));
        sheet.labelled(&pen.plain("  replayed    "), &pen.plain(&text));
    }
    if sheet.style.detail == Detail::Full {
        for (name, times) in &answer.rules {
            sheet.line(14, &pen.faint(&format!("{} × {name}", grouped(*times))));
        }
    }
}

fn different(sheet: &mut Sheet<'_>, answer: &Proved) {
    sheet.blank();
    let gives = [&answer.left, &answer.right].map(|side| (side.name.clone(), side.rows.clone()));
    let example = Example { database: answer.database.clone(), gives: gives.to_vec() };
    super::finding::example(sheet, &example);
}
