SELECT
    pr.sku
  , pr.product_name
  , h.device
  , h.views
  , h.carts
  , h.carts / NULLIF(h.views, 0) AS cart_rate
FROM (
    SELECT
        ev.product_id
      , se.device
      , SUM(CASE WHEN ev.event_type = 'product_view' THEN 1 ELSE 0 END) AS views
      , SUM(CASE WHEN ev.event_type = 'add_to_cart' THEN 1 ELSE 0 END) AS carts
    FROM {{ ref('stg_web__events') }} ev
    JOIN {{ ref('stg_web__sessions') }} se USING (session_id)
    WHERE FALSE = se.is_bot
    GROUP BY 1, 2
) h
JOIN {{ ref('stg_shop__products') }} pr ON pr.product_id = h.product_id
