-- Takes the texts of a person out of archived notices and their histories, as erasure_notices and erasure_history do.
-- $1 text person_id, $2 timestamptz now
-- Answer: the notices. All of them had left, or never will.
with told as (
    update archived_notices as n
    set about = n.about - 'details' - 'rule',
        lines = (
            select coalesce(jsonb_agg(line || '{"job_title": ""}'), '[]')
            from jsonb_array_elements(n.lines) as line
        ),
        reply = null,
        erased_at = $2
    where n.person_id = $1
    returning n.notice_id
), history as (
    update archived_notice_history as h
    set reply = null
    from told t
    where h.notice_id = t.notice_id and h.reply is not null
)
select notice_id from told
