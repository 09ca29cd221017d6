//! `plumb prove`: do two queries give the same rows?

use clap::{Arg, ArgMatches};
use plumb_workspace::Side;

use super::exists::question;
use crate::{Command, Depth, Exit, Failure, Session};

pub(crate) static COMMAND: Command = Command {
    name: "prove",
    about: "Say whether two queries give the same rows, with a proof or with rows that differ",
    page: include_str!("prove.md"),
    examples: &[
        ("plumb prove old.sql new.sql", "two files"),
        ("plumb prove fct_orders fct_orders_v2", "two assets of the platform"),
        ("plumb prove fct_orders -", "an asset and SQL from standard input"),
    ],
    build,
    run,
};

fn build(command: clap::Command) -> clap::Command {
    let help = "An asset, a file with SQL, - for standard input, or SQL itself";
    let arg = |name: &'static str, value: &'static str| {
        Arg::new(name).value_name(value).required(true).help(help)
    };
    command.arg(arg("left", "A")).arg(arg("right", "B"))
}

fn run(typed: &ArgMatches, session: &Session<'_>) -> Result<Exit, Failure> {
    let side = |name: &str| {
        let what = typed.get_one::<String>(name).map_or("", String::as_str);
        Ok::<_, Failure>(match question(what, session)? {
            Some(sql) => Side::Sql(sql),
            None => Side::Asset(what.to_owned()),
        })
    };
    let (left, right) = (side("left")?, side("right")?);
    let reading = session.read(None)?;
    let question = format!("prove {left:?} {right:?}");
    let answer = session.ask(&reading, Depth::Normal, &question, |it| {
        it.prove([&left, &right], session.asked.dialect.as_deref())
    });
    let answer = answer.map_err(|such| reading.no_such(&such))?;
    session.answer(&reading, |format, style| Some(format.proved?(&answer, style)))?;
    Ok(Exit::Done)
}
