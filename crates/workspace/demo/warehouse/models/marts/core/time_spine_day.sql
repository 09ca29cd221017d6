{{ config(materialized='table') }}

select dateadd('day', seq4(), '{{ var("first_trading_day") }}'::date) as date_day
from table(generator(rowcount => 3653))
