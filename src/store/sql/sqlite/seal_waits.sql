-- Whether one of these transactions still holds the ledger: none can.
-- $1 JSON array
select json_array_length($1) > 0
