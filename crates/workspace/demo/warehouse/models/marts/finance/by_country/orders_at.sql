{{ country_orders('AT') }}
