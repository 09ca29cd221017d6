WITH ltv AS (
    SELECT cust, cnt, qty, rev, cost, latest
    FROM (
        SELECT o.customer_id               AS cust
             , MAX(o.order_date)           AS latest
             , COUNT(DISTINCT o.order_id)  AS cnt
             , SUM(ol.quantity)            AS qty
             , SUM(ol.quantity * ol.unit_price) AS rev
             , SUM(ol.quantity * prod.unit_cost) AS cost
        FROM {{ ref('stg_shop__products') }} prod
        INNER JOIN {{ ref('stg_shop__order_lines') }} ol ON ol.product_id = prod.product_id
        INNER JOIN (
            SELECT order_id, customer_id, order_date
            FROM {{ ref('stg_shop__orders') }}
            WHERE 'cancelled' <> order_status
        ) o ON ol.order_id = o.order_id
        GROUP BY o.customer_id
    )
)
SELECT ltv.cust                               AS customer_id
     , addr.country_code
     , ltv.cnt                                AS orders
     , ltv.rev / ltv.cnt                      AS average_order
     , ltv.cost / NULLIF(ltv.qty, 0)          AS average_unit_cost
     , ltv.rev - ltv.cost                     AS contribution
     , RANK() OVER (PARTITION BY addr.country_code ORDER BY ltv.rev - ltv.cost DESC) AS country_rank
     , ltv.latest                             AS last_order_date
FROM ltv
LEFT JOIN {{ ref('int_customer_first_address') }} addr ON addr.customer_id = ltv.cust
