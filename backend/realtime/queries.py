"""Every SQL statement of `realtime`."""

UPSERT_RECEIPTS = """
INSERT INTO receipt_state (device_id, log_id, seq, at)
SELECT device_id, log_id, seq, now() FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS r (device_id, log_id, seq)
ON CONFLICT (device_id, log_id) DO UPDATE SET seq = excluded.seq, at = excluded.at
"""
