SELECT o.channel
     , o.currency
     , p.payment_method
     , COUNT(*)                   AS attempts
     , COUNT(DISTINCT o.order_id) AS paying_orders
     , SUM(p.amount)              AS amount
     , MAX(p.paid_at)             AS latest
  FROM {{ ref('stg_shop__orders') }} o
  JOIN {{ ref('stg_shop__payments') }} p ON p.order_id = o.order_id
 GROUP BY 1, 2, 3
