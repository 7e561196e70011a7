-- Where viewers are, how long they wait for the first byte, and how often they see an error of the platform.
SELECT
  c_country AS country,
  COUNT(*) AS requests,
  COUNT(DISTINCT c_ip) AS addresses,
  ROUND(AVG(CAST(time_to_first_byte AS DOUBLE PRECISION)) * 1000) AS mean_first_byte_milliseconds,
  ROUND(100.00 * SUM(CASE WHEN CAST(sc_status AS INTEGER) >= 500 THEN 1 ELSE 0 END) / COUNT(*), 2) AS error_percent
FROM access_log
WHERE hour >= date_format(current_timestamp - interval '1' day, '%Y/%m/%d/%H')
GROUP BY c_country
ORDER BY requests DESC, country
