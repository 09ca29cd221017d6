CREATE OR REFRESH MATERIALIZED VIEW lake.gold.clicks_by_page
COMMENT 'Clicks and visitors by page'
AS SELECT page, COUNT(*) AS clicks, COUNT(DISTINCT visitor_id) AS visitors
FROM clicks_clean
GROUP BY page;
