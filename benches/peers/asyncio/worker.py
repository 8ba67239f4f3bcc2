"""A worker as a good team would write it in an afternoon: asyncio, one transaction an event, set-based SQL, pooled SMTP.

It writes the rows that makegood writes, into the same tables, so that the same checks hold for both. What makegood does
beyond that it leaves out: policies, late and unknown facts, fan-out in chunks, dead letters, retries, suppressions.

Settings come from the environment: PEER_AMQP, PEER_QUEUE, PEER_POSTGRES, PEER_SMTP (host:port).
"""

import asyncio
import hashlib
import json
import os
import signal
import uuid
from datetime import datetime
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

import aio_pika
import aiosmtplib
import asyncpg
import jinja2
import uvloop

PREFETCH = 64
EVENTS_AT_ONCE = 8
CONNECTIONS = 8
BATCH = 64

INBOX = """
insert into events (source, event_id, type, occurred_at, received_at, payload, payload_hash, state, policy_version,
    applied_at, job_id, client_id)
values ($1, $2, $3, $4, now(), $5, $6, 'applied', 'peer', now(), $7, $8)
on conflict (source, event_id) do nothing
returning event_no
"""

REACH = {
    "job-canceled": "p.job_id = $1",
    "client-suspended": "p.job_id in (select job_id from jobs where client_id = $1 and state = 'open')",
}

LOCK = "select from accounts where account_id in (select account_id from proposals p where {reach}) order by account_id for update"

CREDIT = """
with charged as (
    select c.entry_id, -c.amount as amount, p.proposal_id, p.job_id, p.account_id, p.person_id, j.title
    from proposals p
    join jobs j using (job_id)
    join connects_entries c on c.proposal_id = p.proposal_id and c.kind in ('fee', 'boost')
    left join connects_entries r on r.reverses = c.entry_id
    where {reach} and r.entry_id is null
), returned as (
    insert into connects_entries (entry_id, account_id, proposal_id, kind, amount, reverses, reason, event_no, created_at)
    select 'return-' || entry_id, account_id, proposal_id, 'return', amount, entry_id, $3, $2, now() from charged
), credited as (
    update accounts a set balance = balance + c.amount
    from (select account_id, sum(amount) as amount from charged group by 1) c where a.account_id = c.account_id
), decided as (
    insert into decisions (event_no, proposal_id, job_id, account_id, person_id, rule, policy_version, verdict, reason,
        amount, told, decided_at)
    select $2, proposal_id, job_id, account_id, person_id, 'peer', 'peer', 'credited', $3, sum(amount), true, now()
    from charged group by proposal_id, job_id, account_id, person_id
)
insert into notices (notice_id, event_no, person_id, about, lines, state, due_at, created_at)
select gen_random_uuid(), $2, person_id, jsonb_build_object('type', $4::text, 'cause', $5::text),
    jsonb_agg(jsonb_build_object('title', title, 'proposal', proposal_id, 'returned', amount)), 'pending', now(), now()
from charged group by person_id
"""

CLAIM = """
with due as (
    select notice_id from notices where state in ('pending', 'deferred') and due_at <= now()
    order by due_at limit $1 for update skip locked
)
update notices n set state = 'leased', lease_token = $2, lease_until = now() + interval '1 minute'
from due, people p
where n.notice_id = due.notice_id and p.person_id = n.person_id
returning n.notice_id, n.about, n.lines, n.created_at, p.name, p.email
"""

MARK = """
update notices set state = 'sent', lease_token = null, lease_until = null, due_at = null, settled_at = now(), attempts = 1
where notice_id = any($1::uuid[])
"""

TEXT = jinja2.Template("""\
Hello {{ name }},

{{ acted }}. {{ total }} Connects are back in your account.
{% for line in lines %}
* {{ line.title }}
  Proposal: {{ line.proposal }}
  Returned: {{ line.returned }} Connects
{% endfor %}
Why: {{ cause }}.
""")

HTML = jinja2.Template("""\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ acted }}</title></head>
<body style="margin:0;padding:24px;background:#f3f4f6;font-family:sans-serif">
<p>Hello {{ name }},</p>
<h1 style="font-size:22px">{{ acted }}</h1>
<p style="padding:12px;background:#eaf6ef"><b>{{ total }} Connects</b> are back in your account.</p>
{% for line in lines %}<table><tr><th>{{ line.title }}</th></tr>
<tr><td>Proposal</td><td>{{ line.proposal }}</td></tr>
<tr><td>Returned</td><td>{{ line.returned }} Connects</td></tr></table>
{% endfor %}<p>Why: {{ cause }}.</p>
</body></html>
""", autoescape=True)

ACTED = {"job-canceled": "The client canceled the job", "client-suspended": "The client was suspended"}


async def apply(pool, message, wake):
    """One transaction an event; the ack comes after the commit."""
    event = json.loads(message.body)
    kind, data = event["type"], event["data"]
    target, reason = data.get("job_id") or data["client_id"], data["cause"]
    async with pool.acquire() as db, db.transaction():
        number = await db.fetchval(
            INBOX, event["source"], event["id"], kind, datetime.fromisoformat(event["time"]), message.body.decode(),
            hashlib.sha256(message.body).digest(), data.get("job_id"), data.get("client_id"))
        if number is not None:
            reach = REACH[kind]
            await db.execute(LOCK.format(reach=reach), target)
            await db.execute(CREDIT.format(reach=reach), target, number, reason, kind, data["cause"])
    await message.ack()
    wake.set()


async def consume(pool, channel, wake):
    queue = await channel.get_queue(os.environ["PEER_QUEUE"], ensure=False)
    at_once = asyncio.Semaphore(EVENTS_AT_ONCE)
    tasks = set()

    async def one(message):
        async with at_once:
            await apply(pool, message, wake)

    print("ready", flush=True)
    async with queue.iterator() as messages:
        async for message in messages:
            task = asyncio.create_task(one(message))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


def letter(notice):
    about, lines = json.loads(notice["about"]), json.loads(notice["lines"])
    total = sum(line["returned"] for line in lines)
    words = dict(name=notice["name"], acted=ACTED[about["type"]], cause=about["cause"], total=total, lines=lines)
    # Three times as fast as EmailMessage.
    mail = MIMEMultipart("alternative")
    mail["Date"] = format_datetime(notice["created_at"])
    mail["Message-ID"] = f"<{notice['notice_id']}@peer.test>"
    mail["From"] = "connects@peer.test"
    mail["To"] = notice["email"]
    mail["Subject"] = f"{ACTED[about['type']]} - {total} Connects returned"
    mail.attach(MIMEText(TEXT.render(words), "plain"))
    mail.attach(MIMEText(HTML.render(words), "html"))
    return mail.as_bytes()


async def send(queue, done):
    host, port = os.environ["PEER_SMTP"].split(":")
    smtp = aiosmtplib.SMTP(hostname=host, port=int(port), use_tls=False, start_tls=False)
    await smtp.connect()
    while True:
        notice = await queue.get()
        await smtp.sendmail("bounces@peer.test", [notice["email"]], letter(notice))
        done.append(notice["notice_id"])
        queue.task_done()


async def dispatch(pool, wake):
    queue, done = asyncio.Queue(), []
    senders = [asyncio.create_task(send(queue, done)) for _ in range(CONNECTIONS)]
    while True:
        wake.clear()
        claimed = await pool.fetch(CLAIM, BATCH, uuid.uuid4())
        if not claimed:
            try:
                await asyncio.wait_for(wake.wait(), 1)
            except TimeoutError:
                pass
            continue
        for notice in claimed:
            queue.put_nowait(notice)
        drained = asyncio.create_task(queue.join())
        await asyncio.wait([drained, *senders], return_when=asyncio.FIRST_COMPLETED)
        if not drained.done():
            raise RuntimeError("a sender ended")
        await pool.execute(MARK, done)
        done.clear()


async def main():
    pool = await asyncpg.create_pool(os.environ["PEER_POSTGRES"], min_size=EVENTS_AT_ONCE, max_size=EVENTS_AT_ONCE + 2)
    connection = await aio_pika.connect(os.environ["PEER_AMQP"])
    channel = await connection.channel()
    await channel.set_qos(PREFETCH)
    wake = asyncio.Event()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    work = [asyncio.create_task(consume(pool, channel, wake)), asyncio.create_task(dispatch(pool, wake))]
    await asyncio.wait([*work, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
    for task in work:
        if task.done():
            task.result()


uvloop.run(main())
