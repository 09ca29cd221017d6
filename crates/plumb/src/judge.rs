//! When findings decide the exit code: never, unless somebody asked for it.

use clap::{Arg, ArgAction, ArgMatches};
use plumb_base::answer::{Audit, NoSuch};

use crate::{Exit, Failure};

/// What makes a run fail.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FailOn {
    Any,
    Rule(String),
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    match text.split_once(':') {
        None if text == "any" => Ok(FailOn::Any),
        Some(("rule", code)) if !code.is_empty() => Ok(FailOn::Rule(code.to_owned())),
        _ => Err("write `any` or `rule:CODE`, such as `rule:DUP001` or `rule:DUP`".to_owned()),
    }
}

/// The options of commands that judge.
pub(crate) fn options(command: clap::Command) -> clap::Command {
    let heading = "When to fail";
    command
        .arg(
            Arg::new("fail-on")
                .long("fail-on")
                .value_name("EXPR")
                .action(ArgAction::Append)
                .value_parser(fail_on)
                .help("Exit with 1 if it matches: any, rule:DUP001, rule:DUP; can be given several times")
                .help_heading(heading),
        )
        .arg(
            Arg::new("strict")
                .long("strict")
                .action(ArgAction::SetTrue)
                .help("Exit with 4 if a part could not be analysed, with 5 if there was nothing")
                .help_heading(heading),
        )
}

/// Refuses a rule that does not exist: a misspelt one would let everything pass.
pub(crate) fn check(typed: &ArgMatches) -> Result<(), Failure> {
    let rules = plumb_workspace::rules().rules;
    for wanted in typed.get_many::<FailOn>("fail-on").into_iter().flatten() {
        if let FailOn::Rule(rule) = wanted
            && !rules.iter().any(|known| means(rule, &known.code, &known.name))
        {
            return Err(no_rule(rule, plumb_workspace::rule(rule).err()));
        }
    }
    Ok(())
}

/// Whether somebody means a rule: by its code, by its name, or by the letters it shares with its shelf.
fn means(wanted: &str, code: &str, name: &str) -> bool {
    let shelf = code.trim_end_matches(|letter: char| letter.is_ascii_digit());
    [code, name, shelf].iter().any(|known| known.eq_ignore_ascii_case(wanted))
}

fn no_rule(code: &str, such: Option<NoSuch>) -> Failure {
    let nearest = such.map(|such| such.nearest).unwrap_or_default();
    let such = NoSuch { reference: code.to_owned(), kind: "rule", nearest };
    let why = "a condition that nothing can match would let everything pass";
    let mut failure = Failure::no_such(&such, "plumb rules");
    failure.why = Some(why.to_owned());
    failure
}

/// How a run over these findings ends.
pub(crate) fn exit(typed: &ArgMatches, audit: &Audit) -> Exit {
    let wanted: Vec<&FailOn> = typed.get_many("fail-on").into_iter().flatten().collect();
    let matched = audit.findings.iter().any(|finding| {
        wanted.iter().any(|wanted| match wanted {
            FailOn::Any => true,
            FailOn::Rule(rule) => means(rule, &finding.rule, &finding.name),
        })
    });
    let total = audit.coverage.total();
    if matched {
        Exit::Matched
    } else if !typed.get_flag("strict") {
        Exit::Done
    } else if audit.coverage.read < total || !audit.not_covered.is_empty() {
        Exit::Incomplete
    } else if total == 0 {
        Exit::Nothing
    } else {
        Exit::Done
    }
}
