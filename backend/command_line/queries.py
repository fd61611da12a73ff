"""How a database says that its people are invented: in a comment on its first table, beside the record, not in it."""

FIXED, FRESH = "demo: fixed secrets", "demo: fresh secrets"
DEMO_MARK = "SELECT obj_description('installation'::regclass, 'pg_class')"
MARK_FIXED = "COMMENT ON TABLE installation IS 'demo: fixed secrets'"
MARK_FRESH = "COMMENT ON TABLE installation IS 'demo: fresh secrets'"
STAFF_COUNT = "SELECT count(*) FROM staff_state"
