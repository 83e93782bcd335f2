//! Rounds, and the tables that come of them.

use std::io;
use std::time::Duration;

use crate::count;
use crate::dialect::Dialect;
use crate::measures::{Load, Measure, Until, idle, runtime};
use crate::process::{Process, stay_aside};

/// What one round of one server came to, in messages.
#[derive(Clone, Copy, Debug)]
struct Sample {
    per_second: f64,
    per_processor_second: f64,
}

/// Measures all servers in turn, several times, and prints medians, and medians of the ratios within a round.
pub(crate) fn rounds(measures: &[Measure], rounds: usize) -> io::Result<()> {
    stay_aside()?;
    for &measure in measures {
        let mut samples = Vec::new();
        for _ in 0..rounds {
            let round: Vec<Sample> = Dialect::ALL
                .into_iter()
                .map(|dialect| sample(dialect, measure))
                .collect::<io::Result<_>>()?;
            samples.push(round);
        }
        println!(
            "\n| {measure} | per second | of floor | of socketioxide | per processor second | of floor | of socketioxide |"
        );
        println!("|---|--:|--:|--:|--:|--:|--:|");
        for (place, dialect) in Dialect::ALL.into_iter().enumerate() {
            let cells = [|sample: &Sample| sample.per_second, |sample: &Sample| sample.per_processor_second]
                .map(|figure| {
                    let ratio = |peer: usize| {
                        median(samples.iter().map(|round| figure(&round[place]) / figure(&round[peer])))
                    };
                    let own = median(samples.iter().map(|round| figure(&round[place])));
                    format!("{own:.0} | {:.2} | {:.2}", ratio(0), ratio(Dialect::ALL.len() - 1))
                });
            println!("| {} | {} |", dialect.name(), cells.join(" | "));
        }
    }
    Ok(())
}

fn sample(dialect: Dialect, measure: Measure) -> io::Result<Sample> {
    let server = Process::start(dialect)?;
    runtime()?.block_on(async {
        let mut load = Load::open(dialect, server.address, measure).await?;
        load.run(Until::Passed(WARM_UP)).await?;
        let before = server.processor_time()?;
        let done = load.run(Until::Passed(MEASURED)).await?;
        let spent = server.processor_time()?.saturating_sub(before);
        let per = |time: Duration| done.messages as f64 / time.as_secs_f64();
        Ok(Sample { per_second: per(done.time), per_processor_second: per(spent) })
    })
}

/// Prints what idle clients cost in memory, and whether so many are served.
pub(crate) fn memory(connections: usize) -> io::Result<()> {
    stay_aside()?;
    println!(
        "\n| {connections} idle clients | bytes for each | of floor | after a message to all | ms for that |"
    );
    println!("|---|--:|--:|--:|--:|");
    let mut floor = None;
    for dialect in Dialect::ALL {
        let idle = idle(dialect, connections)?;
        let ratio = idle.bytes as f64 / *floor.get_or_insert(idle.bytes as f64);
        let (name, after, time) = (dialect.name(), idle.bytes_after, idle.time.as_millis());
        println!("| {name} | {} | {ratio:.2} | {after} | {time} |", idle.bytes);
    }
    Ok(())
}

/// Prints how many instructions a message takes.
pub(crate) fn instructions(measures: &[Measure]) -> io::Result<()> {
    println!("\n| instructions for a message | {} |", Dialect::ALL.map(Dialect::name).join(" | "));
    println!("|---|{}", "--:|".repeat(Dialect::ALL.len()));
    for &measure in measures {
        let cell = |dialect| count::instructions(dialect, measure).map(|each| format!("{each:.0}"));
        let cells: Vec<String> = Dialect::ALL.into_iter().map(cell).collect::<io::Result<_>>()?;
        println!("| {measure} | {} |", cells.join(" | "));
    }
    Ok(())
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.as_slice() {
        [] => f64::NAN,
        sorted if sorted.len() % 2 == 1 => sorted[middle],
        sorted => (sorted[middle - 1] + sorted[middle]) / 2.0,
    }
}

const WARM_UP: Duration = Duration::from_millis(100);
const MEASURED: Duration = Duration::from_millis(400);
