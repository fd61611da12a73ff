"""The statements that make the two roles and the database; run as the database's administrator."""

# Passwords cannot be parameters of CREATE ROLE: they travel in a setting of the session, and never in a string of ours.
TELL_PASSWORDS = """
SELECT set_config('bedside.owner_password', $1, false), set_config('bedside.app_password', $2, false)
"""

MAKE_APP_ROLE = """
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bedside_app') THEN
        CREATE ROLE bedside_app NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    EXECUTE format('ALTER ROLE bedside_app LOGIN PASSWORD %L', current_setting('bedside.app_password'));
END
$do$
"""

MAKE_OWNER_ROLE = """
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bedside_owner') THEN
        CREATE ROLE bedside_owner NOSUPERUSER CREATEDB NOCREATEROLE;
    END IF;
    EXECUTE format('ALTER ROLE bedside_owner LOGIN PASSWORD %L', current_setting('bedside.owner_password'));
END
$do$
"""

DATABASE_EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'bedside')"
MAKE_DATABASE = "CREATE DATABASE bedside OWNER bedside_owner"
DROP_DATABASE = "DROP DATABASE bedside WITH (FORCE)"
CLOSE_TO_OTHERS = "REVOKE ALL ON DATABASE bedside FROM PUBLIC"
OPEN_TO_APP = "GRANT CONNECT ON DATABASE bedside TO bedside_app"
SERVER_VERSION = "SELECT current_setting('server_version_num')::int / 10000"
