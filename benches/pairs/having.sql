-- Conditions on groups: HAVING, a filter around, a filter before.

--- having snowflake
select customer_id, sum(tax) as total from orders group by customer_id having sum(tax) > 100

--= filter-around
select customer_id, total from (select customer_id, sum(tax) as total from orders group by customer_id) as c where total > 100

--= not-up-to: a sum of taxes is never NULL here
select customer_id, total from (select customer_id, sum(tax) as total from orders group by customer_id) as c where not total <= 100

--= qualify
select distinct customer_id, sum(tax) over (partition by customer_id) as total
from orders
qualify sum(tax) over (partition by customer_id) > 100

--! before
select customer_id, sum(tax) as total from orders where tax > 100 group by customer_id

--! at-least
select customer_id, sum(tax) as total from orders group by customer_id having sum(tax) >= 100

--! of-amounts
select customer_id, sum(tax) as total from orders group by customer_id having sum(amount) > 100

--- key-and-sum postgres
select channel, count(*) as orders from orders group by channel having channel <> 'web' and count(*) > 2

--= key-before
select channel, count(*) as orders from orders where channel <> 'web' group by channel having count(*) >= 3

--= around
select channel, orders
from (select channel, count(*) as orders from orders group by channel) as c
where orders > 2 and not channel = 'web'

--! or
select channel, count(*) as orders from orders group by channel having channel <> 'web' or count(*) > 2

--! count-of-others
select channel, count(*) as orders from orders group by channel having count(case when channel <> 'web' then 1 end) > 1

--- or-of-both databricks
select channel, count(*) as orders from orders group by channel having channel = 'web' or count(*) > 2

--= union
select channel, count(*) as orders from orders where channel = 'web' group by channel
union all
select channel, count(*) as orders from orders where channel <> 'web' group by channel having count(*) > 2

--= case
select channel, orders
from (select channel, count(*) as orders from orders group by channel) as c
where case when channel = 'web' then true else orders > 2 end

--! overlapping
select channel, count(*) as orders from orders where channel = 'web' group by channel
union all
select channel, count(*) as orders from orders group by channel having count(*) > 2

--! before
select channel, count(*) as orders from orders where channel = 'web' or tax > 2 group by channel

--- more-than-one bigquery
select customer_id from orders group by customer_id having count(*) > 1

--= min-max: orders have a key
select customer_id from orders group by customer_id having min(order_id) < max(order_id)

--= self-join
select distinct a.customer_id
from orders as a
join orders as b on b.customer_id = a.customer_id and b.order_id <> a.order_id

--= exists-number
select customer_id from orders qualify row_number() over (partition by customer_id order by order_id) = 2

--! min-max-day
select customer_id from orders group by customer_id having min(order_date) < max(order_date)

--! rows
select customer_id from orders qualify row_number() over (partition by customer_id order by order_id) > 1

--! more-than-one-channel
select customer_id from orders group by customer_id having count(distinct channel) > 1

--- without-group-by duckdb
select sum(tax) as tax from orders having sum(tax) > 0

--= around
select tax from (select sum(tax) as tax from orders) as t where tax > 0

--= scalar
select (select sum(tax) from orders) as tax where (select sum(tax) from orders) > 0

--! before
select sum(tax) as tax from orders where tax > 0

--! rows
select sum(tax) as tax from orders having count(*) > 0

--- all-of-a-group snowflake
select order_id from order_lines group by order_id having min(quantity) > 1

--= none-small
select order_id from order_lines group by order_id having count(case when quantity <= 1 then 1 end) = 0

--= not-exists
select distinct l.order_id
from order_lines as l
where not exists (select 1 from order_lines as m where m.order_id = l.order_id and m.quantity <= 1)

--= all-count
select order_id from order_lines group by order_id having sum(case when quantity > 1 then 1 else 0 end) = count(*)

--! some
select order_id from order_lines group by order_id having max(quantity) > 1

--! before
select order_id from order_lines where quantity > 1 group by order_id

--! orders: those without lines, too
select o.order_id from orders as o
where not exists (select 1 from order_lines as m where m.order_id = o.order_id and m.quantity <= 1)
