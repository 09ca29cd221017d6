-- Lists as rows: UNNEST and FLATTEN, literal lists, what an empty list does.

--- literal-list postgres
select n from unnest(array[1, 2, 3]) as t (n)

--= values
select n from (values (1), (2), (3)) as t (n)

--= union
select 3 as n union all select 1 union all select 2

--! one-less
select n from (values (1), (2)) as t (n)

--! twice
select n from (values (1), (2), (3), (3)) as t (n)

--- list-and-rows bigquery
select o.order_id, n from orders as o cross join unnest([1, 2]) as n

--= comma
select o.order_id, n from orders as o, unnest([1, 2]) as n

--= union
select order_id, 2 as n from orders
union all
select order_id, 1 as n from orders

--! left
select o.order_id, n from orders as o left join unnest([1, 3]) as n on true

--! union-distinct-lists
select o.order_id, n from orders as o cross join unnest([1, 2, 2]) as n

--- in-a-list duckdb
select order_id from orders where status in (select unnest(['paid', 'open']))

--= in
select order_id from orders where status in ('paid', 'open')

--= contains
select order_id from orders where list_contains(['open', 'paid'], status)

--! not-in
select order_id from orders where status not in ('paid', 'open')

--! one
select order_id from orders where status in (select unnest(['paid', 'paid']))

--- items snowflake
select e.event_id, i.value as item
from events as e, lateral flatten(input => e.payload:items) as i

--= cross-join
select e.event_id, i.value as item
from events as e
cross join lateral flatten(input => e.payload['items']) as i

--= filtered-first
select e.event_id, i.value as item
from (select * from events where payload:items is not null) as e, lateral flatten(input => e.payload:items) as i

--! outer: events without items stay
select e.event_id, i.value as item
from events as e, lateral flatten(input => e.payload:items, outer => true) as i

--! tags
select e.event_id, i.value as item
from events as e, lateral flatten(input => e.payload:tags) as i

--- items-in-two-steps snowflake
with items as (
    select e.event_id, e.kind, i.value:sku as sku
    from events as e, lateral flatten(input => e.payload:items) as i
)
select event_id, sku from items where kind = 'buy'

--= filter-first
select e.event_id, i.value:sku as sku
from events as e, lateral flatten(input => e.payload:items) as i
where e.kind = 'buy'

--= filtered-subquery
select e.event_id, get_path(i.value, 'sku') as sku
from (select event_id, payload from events where kind = 'buy') as e, lateral flatten(input => e.payload:items) as i

--! without-filter
select e.event_id, i.value:sku as sku
from events as e, lateral flatten(input => e.payload:items) as i

--! quantity
select e.event_id, i.value:quantity as sku
from events as e, lateral flatten(input => e.payload:items) as i
where e.kind = 'buy'

--- split-texts databricks
select c.customer_id, part
from customers as c
lateral view explode(split(c.email, '@')) as part

--= lateral
select c.customer_id, p.part
from customers as c, lateral explode(split(c.email, '@')) as p (part)

--= filtered: nothing comes of NULL
select c.customer_id, part
from (select customer_id, email from customers where email is not null) as c
lateral view explode(split(c.email, '@')) as part

--! outer
select c.customer_id, part
from customers as c
lateral view outer explode(split(c.email, '@')) as part

--! other-separator
select c.customer_id, part
from customers as c
lateral view explode(split(c.email, '#')) as part

--- two-lists duckdb
select o.order_id, a.x, b.y
from orders as o, (values (1), (2)) as a (x), (values ('p'), ('q')) as b (y)
where a.x < 2 or b.y = 'p'

--= three-pairs
select o.order_id, p.x, p.y
from orders as o
cross join (values (2, 'p'), (1, 'q'), (1, 'p')) as p (x, y)

--= union
select order_id, 1 as x, 'p' as y from orders
union all
select order_id, 1 as x, 'q' as y from orders
union all
select order_id, 2 as x, 'p' as y from orders

--! four-pairs
select o.order_id, a.x, b.y
from orders as o, (values (1), (2)) as a (x), (values ('p'), ('q')) as b (y)

--! one-pair
select o.order_id, a.x, b.y
from orders as o, (values (1), (2)) as a (x), (values ('p'), ('q')) as b (y)
where a.x < 2 and b.y = 'p'

--- mapped postgres
select o.order_id, m.label
from orders as o
join (values ('paid', 'done'), ('open', 'waiting')) as m (status, label) on m.status = o.status

--= case
select order_id, case status when 'paid' then 'done' when 'open' then 'waiting' end as label
from orders
where status in ('paid', 'open')

--= union
select order_id, 'done' as label from orders where status = 'paid'
union all
select order_id, 'waiting' as label from orders where status = 'open'

--! left
select o.order_id, m.label
from orders as o
left join (values ('paid', 'done'), ('open', 'waiting')) as m (status, label) on m.status = o.status

--! mapped-twice
select o.order_id, m.label
from orders as o
join (values ('paid', 'done'), ('open', 'waiting'), ('paid', 'closed')) as m (status, label) on m.status = o.status
