-- UNION ALL of parts against one scan: splits by a condition, rows lost and rows twice.

--- by-state postgres
select order_id, customer_id from orders

--= three-ways
select order_id, customer_id from orders where status = 'paid'
union all
select order_id, customer_id from orders where status <> 'paid'
union all
select order_id, customer_id from orders where status is null

--= is-true
select order_id, customer_id from orders where (status = 'paid') is true
union all
select order_id, customer_id from orders where (status = 'paid') is not true

--= null-safe
select order_id, customer_id from orders where status is not distinct from 'paid'
union all
select order_id, customer_id from orders where status is distinct from 'paid'

--! two-ways
select order_id, customer_id from orders where status = 'paid'
union all
select order_id, customer_id from orders where not (status = 'paid')

--! not-null
select order_id, customer_id from orders where status = 'paid'
union all
select order_id, customer_id from orders where status is not null and status <> 'paid'

--! overlapping
select order_id, customer_id from orders where status = 'paid'
union all
select order_id, customer_id from orders where status <> 'paid' or status is null
union all
select order_id, customer_id from orders where status is null

--- by-channel snowflake
select customer_id, tax from orders

--= two-ways
select customer_id, tax from orders where channel = 'web'
union all
select customer_id, tax from orders where channel <> 'web'

--= in-and-not-in
select customer_id, tax from orders where channel in ('web', 'app')
union all
select customer_id, tax from orders where channel not in ('app', 'web')

--= two-cuts
select customer_id, tax from orders where channel = 'web' and tax > 5
union all
select customer_id, tax from orders where channel <> 'web' and tax > 5
union all
select customer_id, tax from orders where tax <= 5

--! union: rows of one customer with one tax are merged
select customer_id, tax from orders where channel = 'web'
union
select customer_id, tax from orders where channel <> 'web'

--! two-of-three
select customer_id, tax from orders where channel = 'web'
union all
select customer_id, tax from orders where channel = 'app'

--! both
select customer_id, tax from orders where channel = 'web' or tax > 5
union all
select customer_id, tax from orders where channel <> 'web' or tax <= 5

--- bands bigquery
select order_id, 'low' as band from orders where amount < 10
union all
select order_id, 'mid' as band from orders where amount >= 10 and amount < 100
union all
select order_id, 'high' as band from orders where amount >= 100

--= case
select
    order_id,
    case when amount < 10 then 'low' when amount < 100 then 'mid' else 'high' end as band
from orders
where amount is not null

--= case-the-other-way
select order_id, band
from (
    select
        order_id,
        case when amount >= 100 then 'high' when amount >= 10 then 'mid' when amount < 10 then 'low' end as band
    from orders
) as banded
where band is not null

--! with-unknown
select
    order_id,
    case when amount < 10 then 'low' when amount < 100 then 'mid' else 'high' end as band
from orders

--! edges
select
    order_id,
    case when amount <= 10 then 'low' when amount < 100 then 'mid' else 'high' end as band
from orders
where amount is not null

--- tagged databricks
select order_id, 'paid' as tag from orders where status = 'paid'
union all
select order_id, 'other' as tag from orders where status <> 'paid' or status is null

--= case-else
select order_id, case when status = 'paid' then 'paid' else 'other' end as tag from orders

--= iff
select order_id, if(status <=> 'paid', 'paid', 'other') as tag from orders

--! without-else
select order_id, case when status = 'paid' then 'paid' when status <> 'paid' then 'other' end as tag from orders

--! known
select order_id, case when status = 'paid' then 'paid' else 'other' end as tag from orders where status is not null

--- twice duckdb
select customer_id from orders
union all
select customer_id from orders

--= times-two
select o.customer_id from orders as o cross join (values (1), (2)) as n (n)

--= unequal-tags
select customer_id
from (
    select customer_id, 'a' as tag from orders
    union
    select customer_id, 'b' as tag from orders
    union all
    select customer_id, null as tag from orders where false
) as tagged
where false
union all
select o.customer_id from orders as o, (select 1 as n union all select 2) as n

--! union
select customer_id from orders
union
select customer_id from orders

--! three-times
select o.customer_id from orders as o cross join (values (1), (2), (2)) as n (n)

--! once
select customer_id from orders

--- distinct-of-all snowflake
select email from customers where country = 'PT'
union
select email from customers where segment = 'shop'

--= distinct
select distinct email from customers where country = 'PT' or segment = 'shop'

--= distinct-over-all
select distinct email
from (
    select email from customers where country = 'PT'
    union all
    select email from customers where segment = 'shop'
) as both

--= group-by
select email from customers where segment = 'shop' or country = 'PT' group by email

--! union-all
select email from customers where country = 'PT'
union all
select email from customers where segment = 'shop'

--! or: customers with one email
select email from customers where country = 'PT' or segment = 'shop'

--! and
select distinct email from customers where country = 'PT' and segment = 'shop'

--- disjoint-with-key postgres
select order_id, channel from orders where channel = 'web'
union
select order_id, channel from orders where channel = 'app'

--= union-all
select order_id, channel from orders where channel = 'web'
union all
select order_id, channel from orders where channel = 'app'

--= or
select order_id, channel from orders where channel in ('web', 'app')

--! without-the-key
select customer_id, channel from orders where channel = 'web'
union all
select customer_id, channel from orders where channel = 'app'

--! not-web
select order_id, channel from orders where channel = 'app' or channel <> 'web'

--- sum-of-parts bigquery
select sum(tax) as tax, count(*) as orders from orders

--= of-union
select sum(tax) as tax, count(*) as orders
from (
    select tax from orders where channel = 'web'
    union all
    select tax from orders where channel <> 'web'
) as parts

--= combined: a sum of sums, and of counts
select sum(tax) as tax, sum(orders) as orders
from (
    select sum(tax) as tax, count(*) as orders from orders where channel = 'web'
    union all
    select sum(tax) as tax, count(*) as orders from orders where channel <> 'web'
) as parts

--! of-distinct-parts
select sum(tax) as tax, count(*) as orders
from (
    select tax from orders where channel = 'web'
    union distinct
    select tax from orders where channel <> 'web'
) as parts

--! combined-groups: no orders, and there is no part to sum up
select sum(tax) as tax, sum(orders) as orders
from (
    select sum(tax) as tax, count(*) as orders from orders where channel = 'web' group by channel
    union all
    select sum(tax) as tax, count(*) as orders from orders where channel <> 'web' group by channel
) as parts

--- filter-over-union duckdb
select customer_id, kind
from (
    select customer_id, 'order' as kind from orders
    union all
    select customer_id, 'block' as kind from blocked
) as u
where customer_id > 10

--= filter-in-parts
select customer_id, 'order' as kind from orders where customer_id > 10
union all
select customer_id, 'block' as kind from blocked where customer_id > 10

--= parts-changed-over
select customer_id, 'block' as kind from blocked where 10 < customer_id
union all
select customer_id, 'order' as kind from orders where not customer_id <= 10

--! one-part
select customer_id, 'order' as kind from orders
union all
select customer_id, 'block' as kind from blocked where customer_id > 10

--! unknown-ones
select customer_id, 'order' as kind from orders where customer_id > 10
union all
select customer_id, 'block' as kind from blocked where customer_id > 10 or customer_id is null

--! kinds-changed-over
select customer_id, 'block' as kind from orders where customer_id > 10
union all
select customer_id, 'order' as kind from blocked where customer_id > 10

--- kind-known snowflake
select customer_id
from (
    select customer_id, 'order' as kind from orders
    union all
    select customer_id, 'block' as kind from blocked
) as u
where kind = 'block'

--= that-part
select customer_id from blocked

--= parts-with-false
select customer_id from orders where 1 = 0
union all
select customer_id from blocked

--! the-other-part
select customer_id from orders

--! reasoned
select customer_id from blocked where reason = 'block'

--- join-over-union databricks
select c.email, u.day
from (
    select customer_id, order_date as day from orders
    union all
    select customer_id, null as day from blocked
) as u
join customers as c on c.customer_id = u.customer_id

--= joins-in-union
select c.email, o.order_date as day
from orders as o
join customers as c on c.customer_id = o.customer_id
union all
select c.email, null as day
from blocked as b
join customers as c on c.customer_id = b.customer_id

--! left
select c.email, o.order_date as day
from orders as o
left join customers as c on c.customer_id = o.customer_id
union all
select c.email, null as day
from blocked as b
left join customers as c on c.customer_id = b.customer_id

--! semi
select c.email, o.order_date as day
from orders as o
join customers as c on c.customer_id = o.customer_id
union all
select c.email, null as day
from customers as c
where c.customer_id in (select customer_id from blocked)
