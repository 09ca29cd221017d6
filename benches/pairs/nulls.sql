-- COALESCE, NVL, IFF, NULLIF, CASE: the same value written in different ways.

--- coalesce snowflake
select order_id, coalesce(amount, 0) as amount from orders

--= nvl
select order_id, nvl(amount, 0) as amount from orders

--= case
select order_id, case when amount is null then 0 else amount end as amount from orders

--= iff
select order_id, iff(amount is not null, amount, 0) as amount from orders

--= zeroifnull
select order_id, zeroifnull(amount) as amount from orders

--= nvl2
select order_id, nvl2(amount, amount, 0) as amount from orders

--! as-it-is
select order_id, amount from orders

--! changed-over
select order_id, coalesce(0, amount) as amount from orders

--! nullif
select order_id, nullif(amount, 0) as amount from orders

--- three-in-a-row bigquery
select order_id, coalesce(status, coupon, channel) as label from orders

--= nested
select order_id, ifnull(ifnull(status, coupon), channel) as label from orders

--= nested-right
select order_id, coalesce(status, coalesce(coupon, channel)) as label from orders

--= beyond: a channel is never NULL
select order_id, coalesce(status, coupon, channel, 'none') as label from orders

--= case
select order_id, case when status is not null then status when coupon is not null then coupon else channel end as label
from orders

--! other-order
select order_id, coalesce(coupon, status, channel) as label from orders

--! without-last
select order_id, coalesce(status, coupon) as label from orders

--- never-null postgres
select order_id, coalesce(channel, 'none') as channel from orders

--= as-it-is
select order_id, channel from orders

--= case
select order_id, case when channel is null then status else channel end as channel from orders

--! nullable
select order_id, coalesce(status, 'none') as channel from orders

--! nullif
select order_id, nullif(channel, 'none') as channel from orders

--- nullif databricks
select order_id, nullif(coupon, '') as coupon from orders

--= case
select order_id, case when coupon = '' then null else coupon end as coupon from orders

--= case-unequal
select order_id, case when coupon <> '' then coupon end as coupon from orders

--= if
select order_id, if(coupon = '', null, coupon) as coupon from orders

--! coalesced
select order_id, coalesce(coupon, '') as coupon from orders

--! if-else: what is NULL becomes empty
select order_id, if(coupon <> '', coupon, '') as coupon from orders

--- simple-case snowflake
select order_id, case status when 'paid' then 1 when 'open' then 2 else 3 end as code from orders

--= searched
select order_id, case when status = 'paid' then 1 when status = 'open' then 2 else 3 end as code from orders

--= decode
select order_id, decode(status, 'paid', 1, 'open', 2, 3) as code from orders

--= nested
select order_id, iff(status = 'paid', 1, iff(status = 'open', 2, 3)) as code from orders

--= other-order: the conditions exclude each other
select order_id, case when status = 'open' then 2 when status = 'paid' then 1 else 3 end as code from orders

--! without-else
select order_id, case status when 'paid' then 1 when 'open' then 2 end as code from orders

--! null-for-three
select order_id, case when status = 'paid' then 1 when status = 'open' then 2 when status is not null then 3 end as code
from orders

--! codes-changed-over
select order_id, case status when 'paid' then 2 when 'open' then 1 else 3 end as code from orders

--- case-of-null duckdb
select order_id, case when coupon is null then 'none' else 'some' end as has_coupon from orders

--= is-not-null
select order_id, case when coupon is not null then 'some' else 'none' end as has_coupon from orders

--= coalesced
select order_id, coalesce(case when coupon = coupon then 'some' end, 'none') as has_coupon from orders

--! case-value: NULL is not equal to NULL
select order_id, case coupon when null then 'none' else 'some' end as has_coupon from orders

--! empty
select order_id, case when coupon = '' then 'none' else 'some' end as has_coupon from orders

--- decode-null snowflake
select order_id, decode(status, null, 'none', 'paid', 'yes', 'no') as label from orders

--= case: to DECODE, NULL is equal to NULL
select order_id, case when status is null then 'none' when status = 'paid' then 'yes' else 'no' end as label from orders

--= coalesced
select order_id, coalesce(case when status = 'paid' then 'yes' when status <> 'paid' then 'no' end, 'none') as label from orders

--! simple-case
select order_id, case status when null then 'none' when 'paid' then 'yes' else 'no' end as label from orders

--! no
select order_id, case when status = 'paid' then 'yes' else 'no' end as label from orders

--- overlapping-cases postgres
select order_id, case when amount > 100 then 'a' when amount > 10 then 'b' else 'c' end as band from orders

--= limits
select order_id, case when amount > 100 then 'a' when amount > 10 and amount <= 100 then 'b' else 'c' end as band from orders

--= upwards
select order_id, case when amount is null or amount <= 10 then 'c' when amount <= 100 then 'b' else 'a' end as band from orders

--! other-order: the first that holds counts
select order_id, case when amount > 10 then 'b' when amount > 100 then 'a' else 'c' end as band from orders

--! upwards-null
select order_id, case when amount <= 10 then 'c' when amount <= 100 then 'b' else 'a' end as band from orders

--- booleans bigquery
select order_id, case when amount > 5 then true else false end as large from orders

--= coalesced
select order_id, coalesce(amount > 5, false) as large from orders

--= is-true
select order_id, (amount > 5) is true as large from orders

--= and-known
select order_id, amount is not null and amount > 5 as large from orders

--! bare: NULL where the amount is
select order_id, amount > 5 as large from orders

--! not-not: unknown counts as large
select order_id, not coalesce(amount <= 5, false) as large from orders

--- greatest snowflake
select order_id, line_no, greatest(quantity, 1) as quantity from order_lines

--= case
select order_id, line_no, case when quantity > 1 then quantity else 1 end as quantity from order_lines

--= iff
select order_id, line_no, iff(quantity < 1, 1, quantity) as quantity from order_lines

--! least
select order_id, line_no, least(quantity, 1) as quantity from order_lines

--! coalesced
select order_id, line_no, coalesce(quantity, 1) as quantity from order_lines

--- greatest-of-nullable postgres
select order_id, greatest(amount, tax) as most from orders

--= case: NULL is left out
select order_id, case when amount is null or amount < tax then tax else amount end as most from orders

--= coalesced
select order_id, greatest(coalesce(amount, tax), tax) as most from orders

--! null-wins
select order_id, case when amount is not null then greatest(amount, tax) end as most from orders

--! zero
select order_id, greatest(coalesce(amount, 0), tax) as most from orders

--- greatest-elsewhere bigquery
select order_id, greatest(amount, tax) as most from orders

--= null-wins
select order_id, case when amount is not null then greatest(amount, tax) end as most from orders

--= case
select order_id, case when amount >= tax then amount when amount < tax then tax end as most from orders

--! null-left-out
select order_id, case when amount is null or amount < tax then tax else amount end as most from orders

--! least
select order_id, least(amount, tax) as most from orders

--- division snowflake
select product_id, div0(price, stock) as each from products

--= case
select product_id, case when stock = 0 then 0 else price / stock end as each from products

--= coalesced
select product_id, coalesce(price / nullif(stock, 0), 0) as each from products

--! null-for-zero
select product_id, price / nullif(stock, 0) as each from products

--! one-for-zero
select product_id, case when stock = 0 then price else price / stock end as each from products

--- flags databricks
select product_id from products where discontinued is not true

--= coalesced
select product_id from products where not coalesce(discontinued, false)

--= null-safe
select product_id from products where not (discontinued <=> true)

--! not
select product_id from products where not discontinued

--! is-false
select product_id from products where discontinued is false

--! is-null
select product_id from products where discontinued is null
