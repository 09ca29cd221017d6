-- Our own click collector, straight from the queue.
CREATE OR REFRESH STREAMING TABLE clicks_clean
COMMENT 'Clicks of people, one row each'
AS SELECT
  click_id,
  visitor_id,
  page,
  product_id,
  CAST(clicked_at AS TIMESTAMP) AS clicked_at
FROM STREAM(lake.bronze.clicks_raw)
WHERE click_id IS NOT NULL AND NOT is_bot;
