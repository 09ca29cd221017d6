-- Keeping one row of each key: QUALIFY, a filtered row number, a join with the latest.

--- latest-order snowflake
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc, order_id desc) = 1

--= filter-outside: the number in a subquery
select order_id, customer_id, amount
from (
    select *, row_number() over (partition by customer_id order by ordered_at desc, order_id desc) as rn
    from orders
) as numbered
where rn = 1

--= cte-at-most-one: a CTE, and `<= 1`
with numbered as (
    select orders.*, row_number() over (partition by customer_id order by ordered_at desc, order_id desc) as rn
    from orders
)
select order_id, customer_id, amount from numbered where rn <= 1

--! first-order: the other end
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at, order_id) = 1

--! two-of-each
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc, order_id desc) <= 2

--? ties: nothing says which of two orders of one moment comes first
select order_id, customer_id, amount
from orders
qualify row_number() over (partition by customer_id order by ordered_at desc) = 1
