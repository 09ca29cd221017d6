-- sales by day for the growth weekly (Tomas, needs it before 7:00)
SELECT x.category
     , x.day
     , x.chan
     , SUM(x.amount)         AS sales
     , SUM(x.qty)            AS items
     , COUNT(DISTINCT x.oid) AS orders
     , COUNT(1)              AS lines
  FROM (
        SELECT o.order_date                AS day
             , o.channel                   AS chan
             , p.category
             , o.order_id                  AS oid
             , l.quantity                  AS qty
             , l.quantity * l.unit_price   AS amount
          FROM {{ ref('stg_shop__products') }} p
          JOIN {{ ref('stg_shop__order_lines') }} l
            ON p.product_id = l.product_id
          JOIN {{ ref('stg_shop__orders') }} o
            ON l.order_id = o.order_id
         WHERE (   o.order_status = 'delivered'
                OR o.order_status = 'paid'
                OR 'shipped' = o.order_status)
           AND p.is_sample = FALSE
           AND 1 <= l.quantity
           AND l.quantity <= 500
       ) x
 GROUP BY x.day, x.chan, x.category
