"""The SQL statements of the demo: what it needs to know of an earlier start."""

HAS_SECRETS = """
SELECT EXISTS (
    SELECT FROM staff_secret WHERE staff_id = $1 AND password_hash IS NOT NULL AND pin_sealed IS NOT NULL)
"""
RECORDED_AT = "SELECT recorded_at FROM command WHERE id = $1"
ALLERGIES_AND_CODES = """
SELECT p.patient_id, p.patient_code FROM patient_state p WHERE p.patient_id = ANY($1::uuid[])
"""
