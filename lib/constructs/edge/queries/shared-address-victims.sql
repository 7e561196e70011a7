-- Addresses that a limit by address hit although many people seem to be behind them (offices, mobile carriers): many
-- kinds of browsers, and most requests were answered. Candidates for a key of their own, or for the allow list.
SELECT
  c_ip AS address,
  asn,
  COUNT(*) AS requests,
  COUNT(DISTINCT cs_user_agent) AS user_agents,
  SUM(CASE WHEN CAST(sc_status AS INTEGER) = 429 THEN 1 ELSE 0 END) AS limited
FROM access_log
WHERE hour >= date_format(current_timestamp - interval '1' day, '%Y/%m/%d/%H')
GROUP BY c_ip, asn
HAVING SUM(CASE WHEN CAST(sc_status AS INTEGER) = 429 THEN 1 ELSE 0 END) > 0
  AND COUNT(DISTINCT cs_user_agent) >= 10
ORDER BY limited DESC, address
LIMIT 100
