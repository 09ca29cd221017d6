-- Semi-structured values: the ways to a field, casts of it, and what is missing.

--- path snowflake
select event_id, payload:page.path::varchar as path from events

--= brackets
select event_id, payload['page']['path']::varchar as path from events

--= mixed
select event_id, cast(payload:page['path'] as varchar) as path from events

--= get-path
select event_id, get_path(payload, 'page.path')::varchar as path from events

--! title
select event_id, payload:page.title::varchar as path from events

--! not-nested
select event_id, payload:path::varchar as path from events

--! other-case: names of fields are as they are written
select event_id, payload:page.Path::varchar as path from events

--- filter-on-path snowflake
select event_id from events where payload:plan::varchar = 'pro'

--= in-a-model
with typed as (select event_id, payload:plan::varchar as plan from events)
select event_id from typed where plan = 'pro'

--= in-list
select event_id from events where (payload:plan)::string in ('pro')

--= not-unequal
select event_id from events where not (payload['plan']::varchar <> 'pro')

--! other-plan
select event_id from events where payload:plan::varchar = 'free'

--! or-missing
select event_id from events where coalesce(payload:plan::varchar, 'pro') = 'pro'

--- group-by-path databricks
select payload:plan as plan, count(*) as events from events group by payload:plan

--= alias
select payload:plan as plan, count(*) as events from events group by plan

--= model
select plan, count(event_id is null) as events from (select payload:plan as plan, event_id from events) as e group by plan

--! known
select payload:plan as plan, count(*) as events from events where payload:plan is not null group by payload:plan

--! counted-plans
select payload:plan as plan, count(payload:plan) as events from events group by payload:plan

--- arrows postgres
select event_id, payload -> 'page' ->> 'path' as path from events

--= function
select event_id, jsonb_extract_path_text(payload, 'page', 'path') as path from events

--= model
select event_id, page ->> 'path' as path from (select event_id, payload -> 'page' as page from events) as e

--! title
select event_id, payload -> 'page' ->> 'title' as path from events

--! arrow: a value of JSON, not a text
select event_id, cast(payload -> 'page' -> 'path' as text) as path from events

--- json-value bigquery
select event_id, json_value(payload, '$.plan') as plan from events where json_value(payload, '$.plan') is not null

--= model
with typed as (select event_id, json_value(payload, '$.plan') as plan from events)
select event_id, plan from typed where not plan is null

--= equal-to-itself
select event_id, plan from (select event_id, json_value(payload, '$.plan') as plan from events) as e where plan = plan

--! with-missing
select event_id, json_value(payload, '$.plan') as plan from events

--! price
select event_id, json_value(payload, '$.plan') as plan from events where json_value(payload, '$.price') is not null

--- sum-of-path snowflake
select kind, sum(payload:price::int) as price from events group by kind

--= model
select kind, sum(price) as price from (select kind, payload:price::int as price from events) as e group by kind

--= coalesced-inside: NULL adds nothing
select kind, sum(case when payload:price is not null then payload:price::int end) as price from events group by kind

--! zero
select kind, coalesce(sum(payload:price::int), 0) as price from events group by kind

--! known
select kind, sum(payload:price::int) as price from events where payload:price is not null group by kind

--- two-filters duckdb
select event_id from events where (payload ->> 'plan') = 'pro' and (payload ->> 'name') is not null

--= function
select event_id from events
where json_extract_string(payload, 'plan') = 'pro' and json_extract_string(payload, 'name') is not null

--= dollar
select event_id from events where (payload ->> '$.name') is not null and (payload ->> '$.plan') = 'pro'

--! or
select event_id from events where (payload ->> 'plan') = 'pro' or (payload ->> 'name') is not null

--! plan-alone
select event_id from events where (payload ->> 'plan') = 'pro'
