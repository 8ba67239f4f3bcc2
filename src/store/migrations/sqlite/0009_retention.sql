-- What was settled long ago leaves the database: decisions, letters and payloads go, an event's key stays.

-- When that was; the key of such an event still tells a duplicate, and its payload says no more than what it is about.
alter table events add column purged_at integer;
