{{ country_orders('DE') }}
