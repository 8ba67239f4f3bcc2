//! A plot of the last hour by minutes, as parts of an SVG: from zero, with its unit, and with the same as a table.

use crate::telemetry::samples::Sample;

/// Bars: minutes of the hour.
const MINUTES: usize = 60;
/// Minutes in a row of the table.
const ROW_MINUTES: usize = 5;
/// Edges of the drawing, in units of the view box of `parts.html` (600 by 170).
const LEFT: f64 = 56.0;
const WIDTH: f64 = 536.0;
const TOP: f64 = 12.0;
const HEIGHT: f64 = 122.0;
/// Share of its minute that a bar fills.
const FILL: f64 = 0.8;

/// What is drawn of two samples that follow each other.
#[derive(Debug, Clone, Copy)]
pub(in crate::admin::console) enum Measure {
    /// How much a number grew, a minute.
    Growth(fn(&Sample) -> f64),
    /// How much one grew for each that another grew.
    Mean(fn(&Sample) -> f64, fn(&Sample) -> f64),
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::admin::console) struct Bar {
    pub(in crate::admin::console) x: String,
    pub(in crate::admin::console) y: String,
    pub(in crate::admin::console) width: String,
    pub(in crate::admin::console) height: String,
}

/// A line of the grid.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::admin::console) struct Tick {
    pub(in crate::admin::console) y: String,
    pub(in crate::admin::console) words: String,
}

/// The parts.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::admin::console) struct Plot {
    /// Its id in the page.
    pub(in crate::admin::console) id: &'static str,
    /// What it shows, with the unit.
    pub(in crate::admin::console) title: &'static str,
    /// What can be read of it at a glance.
    pub(in crate::admin::console) summary: String,
    pub(in crate::admin::console) bars: Vec<Bar>,
    pub(in crate::admin::console) ticks: Vec<Tick>,
    /// The same as a table: how long ago, how much.
    pub(in crate::admin::console) rows: Vec<(String, String)>,
}

impl Plot {
    /// Of the samples, oldest first.
    pub(in crate::admin::console) fn new(
        id: &'static str, title: &'static str, samples: &[Sample], measure: Measure,
    ) -> Self {
        let minutes = by_minute(samples, measure);
        let top = rounded_up(minutes.iter().flatten().copied().fold(0.0, f64::max));
        let bars = minutes.iter().enumerate().filter_map(|(ago, value)| Some(bar(ago, (*value)?, top)));
        let ticks = [0.0, 0.5, 1.0]
            .map(|share| Tick { y: format!("{:.1}", TOP + HEIGHT * (1.0 - share)), words: number(top * share) });
        let known: Vec<f64> = minutes.iter().flatten().copied().collect();
        let summary = match (known.first(), known.is_empty()) {
            (Some(last), _) => {
                let most = known.iter().copied().fold(0.0, f64::max);
                format!("last minute {}, most in the hour {}", number(*last), number(most))
            }
            (None, _) => "nothing in the last hour".to_owned(),
        };
        Self { id, title, summary, bars: bars.collect(), ticks: ticks.to_vec(), rows: rows(&minutes, measure) }
    }
}

fn bar(ago: usize, value: f64, top: f64) -> Bar {
    let step = WIDTH / MINUTES as f64;
    let height = HEIGHT * (value / top).clamp(0.0, 1.0);
    Bar {
        x: format!("{:.1}", LEFT + WIDTH - step * (ago + 1) as f64 + step * (1.0 - FILL) / 2.0),
        y: format!("{:.1}", TOP + HEIGHT - height),
        width: format!("{:.1}", step * FILL),
        height: format!("{height:.1}"),
    }
}

/// What each minute before the newest sample has, the last first; `None`: nothing is known of it.
fn by_minute(samples: &[Sample], measure: Measure) -> [Option<f64>; MINUTES] {
    let mut minutes = [None::<(f64, f64)>; MINUTES];
    let Some(newest) = samples.last() else { return [None; MINUTES] };
    for (before, after) in samples.iter().zip(samples.iter().skip(1)) {
        let ago = usize::try_from((newest.at - after.at).whole_minutes()).unwrap_or(MINUTES);
        let Some(minute) = minutes.get_mut(ago) else { continue };
        let grown = |read: fn(&Sample) -> f64| (read(after) - read(before)).max(0.0);
        let (amount, count) = match measure {
            Measure::Growth(read) => (grown(read), 1.0),
            Measure::Mean(sum, count) => (grown(sum), grown(count)),
        };
        let (amounts, counts) = minute.unwrap_or_default();
        *minute = Some((amounts + amount, counts + count));
    }
    minutes.map(|minute| {
        let (amount, count) = minute?;
        match measure {
            Measure::Growth(_) => Some(amount),
            Measure::Mean(..) => (count > 0.0).then(|| amount / count),
        }
    })
}

fn rows(minutes: &[Option<f64>; MINUTES], measure: Measure) -> Vec<(String, String)> {
    let row = |(n, five): (usize, &[Option<f64>])| {
        let known: Vec<f64> = five.iter().flatten().copied().collect();
        let sum: f64 = known.iter().sum();
        let value = match (known.is_empty(), measure) {
            (true, _) => "not known".to_owned(),
            (false, Measure::Growth(_)) => number(sum),
            (false, Measure::Mean(..)) => number(sum / known.len() as f64),
        };
        let words = format!("{} to {} min ago", n * ROW_MINUTES, (n + 1) * ROW_MINUTES);
        (words, value)
    };
    minutes.chunks(ROW_MINUTES).enumerate().map(row).collect()
}

/// The next of 1, 2, 5, 10, 20 … that is not smaller.
fn rounded_up(value: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 < value {
        power *= 10.0;
    }
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|round| *round >= value).unwrap_or(power * 10.0)
}

fn number(value: f64) -> String {
    let short = |value: f64, unit: &str| format!("{value:.1}").trim_end_matches(".0").to_owned() + unit;
    match value {
        1_000_000.0.. => short(value / 1_000_000.0, "M"),
        10_000.0.. => short(value / 1_000.0, "k"),
        _ => short(value, ""),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{HEIGHT, Measure, Plot, number, rounded_up};
    use crate::telemetry::samples::Sample;

    fn samples(counts: &[f64]) -> Vec<Sample> {
        let begin = datetime!(2026-11-26 12:00 UTC);
        let sample = |(n, applied): (usize, &f64)| Sample {
            at: begin + time::Duration::minutes(i64::try_from(n).expect("few")),
            applied: *applied,
            age_sum: applied * 2.0,
            age_count: *applied,
            connects: 0.0,
            sent: 0.0,
            dead: 0.0,
        };
        counts.iter().enumerate().map(sample).collect()
    }

    #[test]
    fn bars_stand_on_zero_and_the_last_minute_stands_right() {
        let plot = Plot::new("p", "t", &samples(&[0.0, 4.0, 4.0, 12.0]), Measure::Growth(|one| one.applied));
        assert_eq!(plot.bars.len(), 3);
        assert_eq!(plot.summary, "last minute 8, most in the hour 8");
        assert_eq!(plot.bars.first().map(|bar| bar.height.clone()), Some(format!("{:.1}", HEIGHT * 0.8)));
        assert_eq!(plot.bars.get(1).map(|bar| bar.height.as_str()), Some("0.0"));
        assert_eq!(plot.ticks.iter().map(|tick| tick.words.as_str()).collect::<Vec<_>>(), ["0", "5", "10"]);
        assert_eq!(plot.rows.first().map(|row| row.1.as_str()), Some("12"));
        assert_eq!(plot.rows.last().map(|row| row.1.as_str()), Some("not known"));
    }

    #[test]
    fn a_mean_of_nothing_is_not_zero() {
        let mean = Measure::Mean(|one| one.age_sum, |one| one.age_count);
        let plot = Plot::new("p", "t", &samples(&[0.0, 3.0, 3.0]), mean);
        assert_eq!((plot.bars.len(), plot.summary.as_str()), (1, "last minute 2, most in the hour 2"));
        assert_eq!(Plot::new("p", "t", &[], mean).summary, "nothing in the last hour");
    }

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let tops = [0.0, 0.3, 1.0, 1.5, 3.0, 7.0, 99.0, 101.0].map(rounded_up);
        assert_eq!(tops.map(number).join(" "), "1 1 1 2 5 10 100 200");
        assert_eq!([12_345.0, 2_000_000.0, 0.25].map(number).join(" "), "12.3k 2M 0.2");
    }
}
