-- INTERSECT and EXCEPT, and the same by semi joins, anti joins and grouping.

--- intersect postgres
select customer_id from orders
intersect
select customer_id from blocked

--= semi
select distinct customer_id from orders where customer_id in (select customer_id from blocked)

--= exists
select customer_id from customers as c
where exists (select 1 from orders as o where o.customer_id = c.customer_id)
  and exists (select 1 from blocked as b where b.customer_id = c.customer_id)

--= join-distinct
select distinct o.customer_id from orders as o join blocked as b on b.customer_id = o.customer_id

--= changed-over
select customer_id from blocked
intersect
select customer_id from orders

--! join
select o.customer_id from orders as o join blocked as b on b.customer_id = o.customer_id

--! semi-not-distinct
select customer_id from orders where customer_id in (select customer_id from blocked)

--! except
select customer_id from orders
except
select customer_id from blocked

--- intersect-of-nullable snowflake
select user_id from events
intersect
select user_id from sessions

--= null-safe: a NULL of both sides is in both
select distinct e.user_id
from events as e
where exists (select 1 from sessions as s where s.user_id is not distinct from e.user_id)

--= counted
select user_id
from (
    select distinct user_id, 'e' as side from events
    union all
    select distinct user_id, 's' as side from sessions
) as both
group by user_id
having count(*) = 2

--! in
select distinct user_id from events where user_id in (select user_id from sessions)

--! union
select user_id from events
union
select user_id from sessions

--- except-of-nullable duckdb
select user_id from events
except
select user_id from sessions

--= null-safe
select distinct e.user_id
from events as e
where not exists (select 1 from sessions as s where s.user_id is not distinct from e.user_id)

--= counted
select user_id
from (
    select user_id, 1 as here, 0 as there from events
    union all
    select user_id, 0 as here, 1 as there from sessions
) as both
group by user_id
having sum(here) > 0 and sum(there) = 0

--! not-exists: a NULL has no equal
select distinct e.user_id
from events as e
where not exists (select 1 from sessions as s where s.user_id = e.user_id)

--! not-in
select distinct user_id from events where user_id not in (select user_id from sessions)

--! not-distinct
select e.user_id
from events as e
where not exists (select 1 from sessions as s where s.user_id is not distinct from e.user_id)

--! changed-over
select user_id from sessions
except
select user_id from events

--- except-with-key bigquery
select order_id from orders
except distinct
select order_id from payments

--= not-exists
select o.order_id from orders as o where not exists (select 1 from payments as p where p.order_id = o.order_id)

--= left-join
select o.order_id from orders as o left join payments as p on p.order_id = o.order_id where p.order_id is null

--! not-in: payments without an order
select order_id from orders where order_id not in (select order_id from payments)

--! refunded
select order_id from orders
except distinct
select order_id from payments where refunded

--- one-table-twice snowflake
select customer_id, channel from orders where tax > 5
intersect
select customer_id, channel from orders where status = 'paid'

--= exists
select distinct o.customer_id, o.channel
from orders as o
where o.tax > 5
  and exists (
      select 1 from orders as p
      where p.customer_id = o.customer_id and p.channel = o.channel and p.status = 'paid'
  )

--= grouped
select customer_id, channel
from orders
group by customer_id, channel
having max(case when tax > 5 then 1 else 0 end) = 1 and max(case when status = 'paid' then 1 else 0 end) = 1

--! and: one order has to be both
select distinct customer_id, channel from orders where tax > 5 and status = 'paid'

--! or
select distinct customer_id, channel from orders where tax > 5 or status = 'paid'

--- with-key-both postgres
select order_id, channel from orders where tax > 5
intersect
select order_id, channel from orders where status = 'paid'

--= and: an order is there once
select order_id, channel from orders where tax > 5 and status = 'paid'

--= semi
select order_id, channel from orders
where tax > 5 and order_id in (select order_id from orders where status = 'paid')

--! or
select order_id, channel from orders where tax > 5 or status = 'paid'

--! by-customer
select order_id, channel from orders
where tax > 5 and customer_id in (select customer_id from orders where status = 'paid')

--- except-with-key-both databricks
select order_id from orders
except
select order_id from orders where status = 'paid'

--= is-not: an order without a status is not paid
select order_id from orders where status <> 'paid' or status is null

--= minus
select order_id from orders
minus
select order_id from orders where status = 'paid'

--= null-safe
select order_id from orders where not (status <=> 'paid')

--! unequal
select order_id from orders where status <> 'paid'

--! nothing
select order_id from orders where status = 'paid' and status <> 'paid'

--- all duckdb
select customer_id from orders
except all
select customer_id from customers

--= numbers: every order has its customer, who is there once
select customer_id
from (select customer_id, row_number() over (partition by customer_id order by order_id) as n from orders) as o
where n > 1

--! except
select customer_id from orders
except
select customer_id from customers

--! more-than-one
select customer_id from orders group by customer_id having count(*) > 1

--- intersect-all duckdb
select customer_id from orders
intersect all
select customer_id from customers

--= intersect: a customer is there once
select customer_id from orders
intersect
select customer_id from customers

--= distinct
select distinct customer_id from orders

--! all-orders
select customer_id from orders

--! customers
select customer_id from customers

--- three-sets snowflake
select customer_id from customers
except
select customer_id from blocked
except
select customer_id from orders

--= except-union
select customer_id from customers
except
(select customer_id from blocked union all select customer_id from orders)

--= two-anti-joins
select c.customer_id from customers as c
where not exists (select 1 from blocked as b where b.customer_id = c.customer_id)
  and not exists (select 1 from orders as o where o.customer_id = c.customer_id)

--! nested: what is blocked and has no order
select customer_id from customers
except
(select customer_id from blocked except select customer_id from orders)

--! intersected
select customer_id from customers
except
(select customer_id from blocked intersect select customer_id from orders)
