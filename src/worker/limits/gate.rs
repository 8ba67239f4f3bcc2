//! How fast mail leaves: in all, and to one domain. What may not go yet is put off to a moment at which it can.
//!
//! Nothing here waits: a mail to a domain at its limit makes room for one to another. Memory is bounded by the domains
//! that are remembered and by the tasks that may stand by. Pure; time is an argument.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::bucket::{Bucket, Lane, Ramp, Rate};

/// Domains remembered at once. A mass removal reaches some thousands; what is idle is forgotten first, and those that
/// find no room share one place, which makes them slower and never faster.
const DOMAINS_MAX: usize = 10_000;

/// How often it is looked for what can be forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// How long a mail is taken to last until some were seen, in seconds: a usual answer of a mail service.
const LASTS_FIRST: f64 = 0.1;

/// Weight of the newest mail in the mean of how long one lasts.
const NEWEST: f64 = 0.2;

/// The limits. 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Mails a minute, in all.
    pub per_minute: u32,
    /// Mails a minute to one domain.
    pub domain_per_minute: u32,
    /// Mails under way to one domain at once.
    pub domain_connections: u16,
    /// Both rates start low.
    pub ramp: Option<Ramp>,
}

/// Which limit put a mail off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) enum Limit {
    /// All mail.
    Total,
    /// The domain's rate.
    Domain,
    /// The domain's connections.
    Connections,
}

impl Limit {
    /// Stable name, for metrics.
    pub(in crate::worker) fn as_str(self) -> &'static str {
        match self {
            Limit::Total => "total",
            Limit::Domain => "domain",
            Limit::Connections => "connections",
        }
    }
}

/// Where a domain is counted: under its name, or with others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::worker) enum Place {
    Own(String),
    Shared,
}

/// What becomes of a task that wants to go.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::worker) enum Entry<T> {
    /// It goes. [`Gate::leave`] when it is done.
    Go(T),
    /// It stands by; [`Gate::next`] gives it out.
    Parked,
    /// Not before this moment.
    Later(T, Instant, Limit),
}

/// The gate. `T` is what may stand by.
#[derive(Debug)]
pub(in crate::worker) struct Gate<T> {
    limits: Limits,
    /// As in [`Rate`].
    window: Duration,
    total: Option<Bucket>,
    domains: HashMap<Place, Domain<T>>,
    /// Most tasks that stand by, and how many do.
    parked_max: usize,
    parked: usize,
    swept: Option<Instant>,
}

#[derive(Debug)]
struct Domain<T> {
    bucket: Option<Bucket>,
    under_way: u16,
    parked: VecDeque<T>,
    /// How long a mail lasts, in seconds.
    lasts: f64,
    /// Slots of those that found no connection and no room to stand by.
    slots: Lane,
}

impl<T> Gate<T> {
    /// `None` where nothing is limited.
    pub(in crate::worker) fn new(limits: Limits, window: Duration, parked_max: usize) -> Option<Self> {
        let limited = limits.per_minute > 0 || limits.domain_per_minute > 0 || limits.domain_connections > 0;
        let gate = Self { limits, window, total: None, domains: HashMap::new(), parked_max, parked: 0, swept: None };
        limited.then_some(gate)
    }

    /// Where this domain is counted now. It must be told with all that follows about the same mail.
    pub(in crate::worker) fn place(&mut self, domain: &str, now: Instant) -> Place {
        let own = Place::Own(domain.to_owned());
        if self.domains.len() >= DOMAINS_MAX
            && !self.domains.contains_key(&own)
            && self.swept.is_none_or(|swept| now.saturating_duration_since(swept) >= SWEEP_EVERY)
        {
            self.swept = Some(now);
            self.domains.retain(|_, domain| !domain.is_idle(now));
        }
        let room = self.domains.len() < DOMAINS_MAX || self.domains.contains_key(&own);
        if room { own } else { Place::Shared }
    }

    /// Asks for a mail. `has_slot`: it was put off before and comes when it was told to, or stood by.
    pub(in crate::worker) fn enter(&mut self, place: &Place, has_slot: bool, task: T, now: Instant) -> Entry<T> {
        let (rate, domain_rate) = (self.rate(self.limits.per_minute), self.rate(self.limits.domain_per_minute));
        let connections = self.limits.domain_connections;
        if !self.domains.contains_key(place) {
            let bucket = domain_rate.map(|rate| Bucket::new(rate, now));
            self.domains.insert(place.clone(), Domain::new(bucket));
        }
        let Some(domain) = self.domains.get_mut(place) else { return Entry::Go(task) };
        if connections > 0 && domain.under_way >= connections {
            if self.parked < self.parked_max {
                self.parked += 1;
                domain.parked.push_back(task);
                return Entry::Parked;
            }
            return Entry::Later(task, domain.slot(connections, now), Limit::Connections);
        }
        if self.total.is_none() {
            self.total = rate.map(|rate| Bucket::new(rate, now));
        }
        let mut buckets = [(&mut self.total, Limit::Total), (&mut domain.bucket, Limit::Domain)];
        let mut later: Option<(Instant, Limit)> = None;
        for (bucket, limit) in &mut buckets {
            if let Some(bucket) = bucket
                && !bucket.may_go(has_slot, now)
            {
                let slot = bucket.slot(has_slot, now);
                later = later.filter(|(at, _)| *at >= slot).or(Some((slot, *limit)));
            }
        }
        if let Some((slot, limit)) = later {
            return Entry::Later(task, slot, limit);
        }
        for (bucket, _) in buckets {
            if let Some(bucket) = bucket {
                bucket.take(now);
            }
        }
        domain.under_way += 1;
        Entry::Go(task)
    }

    /// A mail has ended, after so long.
    pub(in crate::worker) fn leave(&mut self, place: &Place, lasted: Duration) {
        if let Some(domain) = self.domains.get_mut(place) {
            domain.under_way = domain.under_way.saturating_sub(1);
            domain.lasts += NEWEST * (lasted.as_secs_f64() - domain.lasts);
        }
    }

    /// The task that stands by longest there, if there is a connection for it. Whoever had a task for this place asks
    /// for the next one when it is through with it, or none would ever come up.
    pub(in crate::worker) fn next(&mut self, place: &Place) -> Option<T> {
        let connections = self.limits.domain_connections;
        let task = self.domains.get_mut(place).filter(|domain| domain.under_way < connections)?.parked.pop_front();
        self.parked -= usize::from(task.is_some());
        task
    }

    fn rate(&self, per_minute: u32) -> Option<Rate> {
        (per_minute > 0).then_some(Rate { per_minute, ramp: self.limits.ramp, window: self.window })
    }
}

impl<T> Domain<T> {
    fn new(bucket: Option<Bucket>) -> Self {
        Self { bucket, under_way: 0, parked: VecDeque::new(), lasts: LASTS_FIRST, slots: Lane::EMPTY }
    }

    /// When a connection should be free for one more, behind all that wait for one.
    fn slot(&mut self, connections: u16, now: Instant) -> Instant {
        let apart = Duration::from_secs_f64(self.lasts.max(0.001) / f64::from(connections));
        let behind = u32::try_from(self.parked.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.slots.next(now + apart.saturating_mul(behind), |_| apart)
    }

    /// As good as new: forgetting it changes nothing.
    fn is_idle(&mut self, now: Instant) -> bool {
        let nothing = self.under_way == 0 && self.parked.is_empty() && !self.slots.is_taken(now);
        nothing && self.bucket.as_mut().is_none_or(|bucket| bucket.is_idle(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const WINDOW: Duration = Duration::from_secs(1);

    fn gate(limits: Limits) -> Gate<usize> {
        Gate::new(limits, WINDOW, 4).expect("limited")
    }

    fn millis(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// An outbox of mails to some domain each, all there at the start: looks into it at each step, sends what may go,
    /// and tells when each left and how often they were taken.
    fn drain(limits: Limits, mails: &[&str], start: Instant, step: Duration) -> (Vec<Duration>, usize) {
        let mut gate = gate(limits);
        let mut outbox: BTreeSet<(Instant, usize, bool)> = (0..mails.len()).map(|n| (start, n, false)).collect();
        let (mut left, mut taken, mut now) = (vec![Duration::MAX; mails.len()], 0, start);
        while !outbox.is_empty() {
            let due: Vec<_> = outbox.iter().copied().take_while(|(due, ..)| *due <= now).collect();
            for (due, n, has_slot) in due {
                outbox.remove(&(due, n, has_slot));
                taken += 1;
                let place = gate.place(mails[n], now);
                match gate.enter(&place, has_slot, n, now) {
                    Entry::Go(n) => {
                        left[n] = now - start;
                        gate.leave(&place, millis(10));
                    }
                    Entry::Parked => panic!("nothing is under way"),
                    Entry::Later(n, at, _) => {
                        assert!(at > now, "to a moment that has come it would come back at once, for ever");
                        outbox.insert((at, n, true));
                    }
                }
            }
            now += step;
        }
        (left, taken)
    }

    #[test]
    fn a_rate_is_kept_and_used_and_each_mail_is_put_off_once() {
        let start = Instant::now();
        for step in [millis(10), millis(100), millis(1_000)] {
            let limits = Limits { per_minute: 600, ..Limits::default() };
            let (left, taken) = drain(limits, &["a.example"; 200], start, step);
            // Ten at once, then ten a second.
            for second in 0..19 {
                let so_far = left.iter().filter(|at| **at <= WINDOW * second).count();
                assert!(so_far <= 10 + 10 * second as usize, "{so_far} in {second} s, step {step:?}");
                assert!(so_far + 11 >= 10 + 10 * second as usize, "{so_far} in {second} s, step {step:?}");
            }
            assert!(left.is_sorted(), "the order of the outbox is kept");
            assert!(taken <= 200 * 2 + 20, "{taken} times taken for 200 mails, step {step:?}");
        }
    }

    #[test]
    fn a_full_domain_does_not_hold_up_another() {
        let start = Instant::now();
        let limits = Limits { domain_per_minute: 60, ..Limits::default() };
        let name = |n| if n % 2 == 0 { "big.example".to_owned() } else { format!("small-{n}.example") };
        let names: Vec<String> = (0..60).map(name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (left, _) = drain(limits, &names, start, millis(100));
        assert!((1..60).step_by(2).all(|n| left[n] == Duration::ZERO), "{left:?}");
        assert_eq!(left.iter().filter(|at| **at == Duration::ZERO).count(), 31);
    }

    #[test]
    fn after_a_pause_the_rate_starts_low_and_doubles() {
        let ramp = Ramp { per_minute: 60, double_every: millis(2_000), idle: Duration::from_secs(60) };
        let limits = Limits { per_minute: 480, ramp: Some(ramp), ..Limits::default() };
        let start = Instant::now();
        let (left, taken) = drain(limits, &["a.example"; 60], start, millis(50));
        let in_second =
            |n: u64| left.iter().filter(|at| (millis(1_000 * n)..millis(1_000 * n + 1_000)).contains(*at)).count();
        // 1 a second and the one of the start, then 2, 4 and 8 a second, which is the full rate.
        for (second, most) in [(0, 2), (1, 1), (2, 2), (3, 2), (4, 4), (5, 4), (6, 8), (7, 8), (8, 8)] {
            let here = in_second(second);
            assert!((most - 1..=most + 1).contains(&here), "{here} in second {second}");
        }
        assert!(taken <= 60 * 2 + 12, "{taken}");
    }

    #[test]
    fn a_ramp_begins_again_after_a_pause_and_not_before() {
        let ramp = Ramp { per_minute: 60, double_every: millis(1_000), idle: Duration::from_secs(60) };
        let limits = Limits { domain_per_minute: 6_000, ramp: Some(ramp), ..Limits::default() };
        let (start, mut gate) = (Instant::now(), gate(limits));
        let mut burst = |at: Instant| {
            let place = gate.place("a.example", at);
            let gone = (0..200).filter(|n| matches!(gate.enter(&place, true, *n, at), Entry::Go(_))).count();
            (0..gone).for_each(|_| gate.leave(&place, millis(1)));
            gone
        };
        assert_eq!(burst(start), 1);
        assert_eq!(burst(start + Duration::from_secs(30)), 100, "grown");
        assert_eq!(burst(start + Duration::from_secs(80)), 100, "50 s are no pause");
        assert_eq!(burst(start + Duration::from_secs(141)), 1, "61 s are one");
    }

    #[test]
    fn what_comes_at_its_slot_passes_what_comes_first_and_nobody_passes_it() {
        let limits = Limits { per_minute: 60, ..Limits::default() };
        let (start, mut gate) = (Instant::now(), gate(limits));
        let place = gate.place("a.example", start);
        assert_eq!(gate.enter(&place, false, 1, start), Entry::Go(1));
        let Entry::Later(_, second, Limit::Total) = gate.enter(&place, false, 2, start) else { panic!("put off") };
        let Entry::Later(_, third, Limit::Total) = gate.enter(&place, false, 3, start) else { panic!("put off") };
        assert_eq!((second - start, third - start), (millis(1_000), millis(2_000)));
        // A newcomer finds a token and people with slots: it stands behind them.
        let Entry::Later(_, fourth, _) = gate.enter(&place, false, 4, second) else { panic!("put off") };
        assert_eq!(fourth - start, millis(3_000));
        assert_eq!(gate.enter(&place, true, 2, second), Entry::Go(2));
        // Two at one slot, as after a restart: one goes, the other has the next token, not the end of the line.
        assert_eq!(gate.enter(&place, true, 3, third), Entry::Go(3));
        let Entry::Later(_, again, _) = gate.enter(&place, true, 5, third) else { panic!("put off") };
        assert_eq!(again - start, millis(3_000));
    }

    #[test]
    fn what_finds_no_connection_stands_by_and_then_is_put_off() {
        let limits = Limits { domain_connections: 2, ..Limits::default() };
        let (now, mut gate) = (Instant::now(), gate(limits));
        let place = gate.place("a.example", now);
        assert_eq!([1, 2].map(|n| gate.enter(&place, false, n, now)), [Entry::Go(1), Entry::Go(2)]);
        assert!((3..7).all(|n| gate.enter(&place, false, n, now) == Entry::Parked));
        let mut slots = Vec::new();
        for n in 7..12 {
            match gate.enter(&place, false, n, now) {
                Entry::Later(_, at, Limit::Connections) => slots.push(at),
                other => panic!("{other:?}"),
            }
        }
        assert!(slots.is_sorted_by(|a, b| *b - *a == millis(50)) && slots[0] > now, "one behind the other: {slots:?}");
        let other = gate.place("b.example", now);
        assert_eq!(gate.enter(&other, false, 99, now), Entry::Go(99), "another domain is free");
        assert_eq!(gate.next(&place), None, "both are busy");
        for n in 3..7 {
            gate.leave(&place, millis(80));
            assert_eq!(gate.next(&place), Some(n));
            assert_eq!(gate.enter(&place, true, n, now), Entry::Go(n));
        }
        gate.leave(&place, millis(80));
        assert_eq!((gate.next(&place), gate.parked), (None, 0));
    }

    #[test]
    fn domains_are_bounded_and_the_idle_ones_are_forgotten() {
        let limits = Limits { domain_per_minute: 60, ..Limits::default() };
        let (start, mut gate) = (Instant::now(), gate(limits));
        let mut send = |name: &str, at: Instant| {
            let place = gate.place(name, at);
            let went = matches!(gate.enter(&place, false, 0, at), Entry::Go(_));
            if went {
                gate.leave(&place, millis(1));
            }
            (place, went, gate.domains.len())
        };
        for n in 0..DOMAINS_MAX {
            assert!(send(&format!("{n}.example"), start).1);
        }
        assert_eq!(send("one-more.example", start), (Place::Shared, true, DOMAINS_MAX + 1));
        assert_eq!(send("two-more.example", start), (Place::Shared, false, DOMAINS_MAX + 1), "they share one rate");
        let later = start + Duration::from_secs(2);
        let place = Place::Own("two-more.example".to_owned());
        let (found, went, remembered) = send("two-more.example", later);
        assert!(found == place && went && remembered <= 2, "{remembered} remembered");
    }
}
