-- Texts: cases, blanks, patterns, parts, concatenation.

--- folded snowflake
select lower(upper(email)) as email from customers where lower(country) = 'pt'

--= once
select lower(email) as email from customers where lower(country) = 'pt'

--= twice
select lower(lower(email)) as email from customers where lower(lower(country)) = 'pt'

--! as-it-is
select email from customers where lower(country) = 'pt'

--! country-as-it-is
select lower(email) as email from customers where country = 'pt'

--- impossible-case bigquery
select customer_id from customers where lower(country) = 'PT'

--= nothing
select customer_id from customers where false

--= and-null
select customer_id from customers where lower(country) = 'PT' and country is null

--! upper
select customer_id from customers where upper(country) = 'PT'

--! unequal
select customer_id from customers where lower(country) <> 'PT'

--- prefix postgres
select customer_id from customers where email like 'a%'

--= left
select customer_id from customers where left(email, 1) = 'a'

--= substring
select customer_id from customers where substring(email from 1 for 1) = 'a'

--= twice
select customer_id from customers where email like 'a%%'

--! one-more
select customer_id from customers where email like 'a_%'

--! anywhere
select customer_id from customers where email like '%a%'

--! any-case
select customer_id from customers where email ilike 'a%'

--- no-wildcard databricks
select customer_id from customers where country like 'PT'

--= equal
select customer_id from customers where country = 'PT'

--= in
select customer_id from customers where country in ('PT')

--! one-letter: `_` is any letter
select customer_id from customers where country like 'P_'

--! prefix
select customer_id from customers where country like 'PT%'

--- any-text duckdb
select customer_id from customers where email like '%'

--= known
select customer_id from customers where email is not null

--= empty-or-more
select customer_id from customers where email = '' or email like '_%'

--! not-empty
select customer_id from customers where email like '_%'

--! all
select customer_id from customers

--- not-like snowflake
select customer_id from customers where email not like '%@example.com'

--= not
select customer_id from customers where not (email like '%@example.com')

--= case
select customer_id from customers where case when email like '%@example.com' then false else email is not null end

--! or-null
select customer_id from customers where email is null or email not like '%@example.com'

--! case-true
select customer_id from customers where case when email like '%@example.com' then false else true end

--- concatenated snowflake
select customer_id, country || '-' || segment as label from customers

--= concat
select customer_id, concat(country, '-', segment) as label from customers

--= nested
select customer_id, concat(country, concat('-', segment)) as label from customers

--! null-as-empty
select customer_id, coalesce(country, '') || '-' || coalesce(segment, '') as label from customers

--! changed-over
select customer_id, segment || '-' || country as label from customers

--- concat-ws databricks
select customer_id, concat_ws('-', country, segment) as label from customers

--= cases: what is NULL is left out
select customer_id,
    case
        when country is null then coalesce(segment, '')
        when segment is null then country
        else concat(country, '-', segment)
    end as label
from customers

--! concat
select customer_id, concat(country, '-', segment) as label from customers

--! null-as-empty
select customer_id, concat(coalesce(country, ''), '-', coalesce(segment, '')) as label from customers

--- blanks snowflake
select customer_id from customers where trim(email) = ''

--= both-sides
select customer_id from customers where ltrim(rtrim(email)) = ''

--= length
select customer_id from customers where length(trim(email)) = 0

--= twice
select customer_id from customers where trim(trim(email)) = ''

--! empty
select customer_id from customers where email = ''

--! or-null
select customer_id from customers where coalesce(trim(email), '') = ''

--- parts bigquery
select customer_id, substr(email, 2, 3) as part from customers

--= in-two-steps
select customer_id, substr(substr(email, 2), 1, 3) as part from customers

--= left
select customer_id, left(substr(email, 2), 3) as part from customers

--! from-first
select customer_id, substr(email, 1, 3) as part from customers

--! up-to-third
select customer_id, substr(left(email, 3), 2) as part from customers

--- replaced postgres
select customer_id, replace(replace(email, 'a', 'b'), 'b', 'c') as email from customers

--= other-way: both end as `c`
select customer_id, replace(replace(email, 'a', 'c'), 'b', 'c') as email from customers

--= translate
select customer_id, translate(email, 'ab', 'cc') as email from customers

--! other-order
select customer_id, replace(replace(email, 'b', 'c'), 'a', 'b') as email from customers

--! once
select customer_id, replace(email, 'a', 'c') as email from customers
