# Databricks notebook source
# MAGIC %run ../common/setup

# COMMAND ----------

dbutils.widgets.text("start", "")
dbutils.widgets.text("end", "")
start = dbutils.widgets.get("start")
end = dbutils.widgets.get("end")

# COMMAND ----------

# Campaigns are renamed all the time; the mapping is kept by hand.
spark.sql(f"""
    CREATE TABLE IF NOT EXISTS {lab}.campaign_days (
        spend_date DATE, campaign STRING, ad_platform STRING, spend DECIMAL(16, 2), clicks BIGINT
    )
""")

# COMMAND ----------

spark.sql(f"""
    CREATE OR REPLACE TEMPORARY VIEW campaign_days_new AS
    SELECT s.spend_date,
           COALESCE(m.campaign, s.campaign_name) AS campaign,
           s.ad_platform,
           SUM(s.spend) AS spend,
           SUM(s.clicks) AS clicks
    FROM {warehouse}.growth.fct_ad_spend s
    LEFT JOIN lake.reference.campaign_names m ON m.old_name = s.campaign_name
    WHERE s.spend_date BETWEEN '{start}' AND '{end}'
    GROUP BY s.spend_date, COALESCE(m.campaign, s.campaign_name), s.ad_platform
""")

# COMMAND ----------

spark.sql(f"""
    MERGE INTO {lab}.campaign_days AS t
    USING campaign_days_new AS n
    ON t.spend_date = n.spend_date AND t.campaign = n.campaign AND t.ad_platform = n.ad_platform
    WHEN MATCHED THEN UPDATE SET t.spend = n.spend, t.clicks = n.clicks
    WHEN NOT MATCHED THEN INSERT (spend_date, campaign, ad_platform, spend, clicks)
        VALUES (n.spend_date, n.campaign, n.ad_platform, n.spend, n.clicks)
""")

# COMMAND ----------

for platform in ["google", "meta"]:
    rows = spark.sql(f"select count(*) as n from {lab}.campaign_days where ad_platform = '{platform}'").first()
    print(platform, rows.n)

# COMMAND ----------

# MAGIC %sh
# MAGIC ls -la /dbfs/mnt/exports/campaigns | tail -5
