-- DISTINCT, GROUP BY without aggregates, and where one of them is not needed.

--- group-by snowflake
select distinct country, segment from customers

--= group-by
select country, segment from customers group by country, segment

--= nested
select distinct country, segment from (select distinct country, segment, created_at from customers) as c

--= union
select country, segment from customers
union
select country, segment from customers where country = 'PT'

--= first-of-each
select country, segment from customers qualify row_number() over (partition by country, segment order by customer_id) = 1

--! rows
select country, segment from customers

--! first-of-country
select country, segment from customers qualify row_number() over (partition by country order by customer_id) = 1

--! finer
select country, segment from customers group by country, segment, created_at

--- below-distinct bigquery
select distinct o.channel
from orders as o
join order_lines as l on l.order_id = o.order_id

--= semi
select distinct channel from orders where order_id in (select order_id from order_lines)

--= distinct-lines
select distinct o.channel
from orders as o
join (select distinct order_id from order_lines) as l on l.order_id = o.order_id

--= grouped
select o.channel
from orders as o
join order_lines as l on l.order_id = o.order_id
group by o.channel

--! left
select distinct o.channel
from orders as o
left join order_lines as l on l.order_id = o.order_id

--! rows
select o.channel
from orders as o
join (select distinct order_id from order_lines) as l on l.order_id = o.order_id

--- below-extremes postgres
select channel, max(tax) as most from (select distinct channel, tax from orders) as o group by channel

--= rows
select channel, max(tax) as most from orders group by channel

--= joined: more of the same rows
select o.channel, max(o.tax) as most
from orders as o
join customers as c on c.customer_id = o.customer_id
group by o.channel

--! joined-lines: orders without lines are lost
select o.channel, max(o.tax) as most
from orders as o
join order_lines as l on l.order_id = o.order_id
group by o.channel

--! least
select channel, min(tax) as most from orders group by channel

--- below-sums databricks
select channel, sum(distinct tax) as tax from orders group by channel

--= of-distinct
select channel, sum(tax) as tax from (select distinct channel, tax from orders) as o group by channel

--= of-groups
select channel, sum(tax) as tax from (select channel, tax from orders group by channel, tax) as o group by channel

--! rows
select channel, sum(tax) as tax from orders group by channel

--! of-finer
select channel, sum(tax) as tax from (select distinct channel, order_date, tax from orders) as o group by channel

--- in-an-aggregate snowflake
select count(distinct country) as countries, count(distinct segment) as segments from customers

--= apart
select
    (select count(*) from (select distinct country from customers where country is not null) as c) as countries,
    (select count(*) from (select distinct segment from customers where segment is not null) as s) as segments

--= cross-join
select c.countries, s.segments
from (select count(distinct country) as countries from customers) as c
cross join (select count(distinct segment) as segments from customers) as s

--! pairs
select count(country) as countries, count(segment) as segments
from (select distinct country, segment from customers) as c

--! with-null
select
    (select count(*) from (select distinct country from customers) as c) as countries,
    (select count(*) from (select distinct segment from customers) as s) as segments

--- constants duckdb
select distinct 1 as one from orders

--= grouped
select 1 as one from orders group by 1

--= exists
select 1 as one where exists (select 1 from orders)

--= limited
select 1 as one from orders limit 1

--! rows
select 1 as one from orders

--! always
select 1 as one

--! scalar
select max(1) as one from orders

--- group-of-constant postgres
select count(*) as n from orders group by ()

--= scalar
select count(*) as n from orders

--= sum
select coalesce(sum(1), 0) as n from orders

--! by-constant: no row where there is none
select count(*) as n from (select 1 as one from orders) as o group by one

--! having
select count(*) as n from orders having count(*) > 0

--- distinct-of-expressions snowflake
select distinct upper(country) as country from customers

--= distinct-first
select distinct upper(country) as country from (select distinct country from customers) as c

--= group-by
select upper(country) as country from customers group by upper(country)

--! distinct-only-first
select upper(country) as country from (select distinct country from customers) as c

--! group-by-column
select upper(c.country) as country from customers as c group by c.country
