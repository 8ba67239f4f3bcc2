-- What a bounce of a notice can be compared with.
-- $1 uuid
select (select p.email from people p where p.person_id = n.person_id) as email, n.resends
from notices n
where n.notice_id = $1
