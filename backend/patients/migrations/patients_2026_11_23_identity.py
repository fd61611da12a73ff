"""Who the patients are, what is said of them, and their bands: records insert-only, projections beside them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.migrating import script

ID = "2026-11-23T00:00:00:000040"

SQL = """
CREATE SEQUENCE patient_number AS bigint;

CREATE TABLE patient (
    patient_id uuid PRIMARY KEY,
    patient_code text NOT NULL UNIQUE,
    command_id uuid NOT NULL REFERENCES command ON DELETE RESTRICT,
    at timestamptz NOT NULL
);

-- Every identity ever given, whole, with its identifiers; the newest is projected into patient_state.
CREATE TABLE patient_identity (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    details text NOT NULL,
    reason text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX patient_identity_patient ON patient_identity (patient_id, at);

CREATE TABLE allergy_report (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    allergy_id uuid NOT NULL,
    substance text NOT NULL,
    code text,
    reaction text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('mild', 'moderate', 'severe', 'anaphylaxis', 'unknown')),
    certainty text NOT NULL CHECK (certainty IN ('confirmed', 'suspected')),
    source text NOT NULL CHECK (source IN ('patient', 'family', 'record', 'observed')),
    author_id uuid NOT NULL,
    author_name text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX allergy_report_patient ON allergy_report (patient_id, at);

CREATE TABLE allergy_withdrawal (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    allergy_id uuid NOT NULL,
    reason text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX allergy_withdrawal_patient ON allergy_withdrawal (patient_id, at);

CREATE TABLE allergy_answer (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('none_known', 'unable_to_ask')),
    asked text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX allergy_answer_patient ON allergy_answer (patient_id, at);

CREATE TABLE weight (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    weight_g integer NOT NULL CHECK (weight_g BETWEEN 200 AND 500000),
    source text NOT NULL CHECK (source IN ('scale', 'estimate', 'stated')),
    weighed_at timestamptz NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX weight_patient ON weight (patient_id, weighed_at DESC);

CREATE TABLE pregnancy_report (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    pregnancy text NOT NULL CHECK (pregnancy IN ('yes', 'no', 'postpartum')),
    delivered_on date,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX pregnancy_report_patient ON pregnancy_report (patient_id, at);

CREATE TABLE age_answer (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    age_months integer NOT NULL CHECK (age_months BETWEEN 0 AND 1600),
    on_day date NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX age_answer_patient ON age_answer (patient_id, at);

CREATE TABLE wristband (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{33}$'),
    command_id uuid NOT NULL UNIQUE REFERENCES command ON DELETE RESTRICT,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    stay_id uuid NOT NULL,
    print_number integer NOT NULL,
    reason text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (stay_id, print_number)
);

-- What happened to a print afterwards: scanned at the patient, or made void. Scans of unknown codes too.
CREATE TABLE wristband_event (
    command_id uuid PRIMARY KEY REFERENCES command ON DELETE RESTRICT,
    code text NOT NULL,
    stay_id uuid NOT NULL,
    event text NOT NULL CHECK (event IN ('worn', 'void')),
    reason text NOT NULL,
    author_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX wristband_event_code ON wristband_event (code, at);

-- Projections.

-- Whom an id means now: itself, until two records of one person are joined, and itself again when they are parted.
CREATE TABLE patient_link_state (
    patient_id uuid PRIMARY KEY REFERENCES patient ON DELETE RESTRICT,
    current_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT
);
CREATE INDEX patient_link_state_current ON patient_link_state (current_id);

CREATE TABLE patient_state (
    patient_id uuid PRIMARY KEY REFERENCES patient ON DELETE RESTRICT,
    command_id uuid NOT NULL,
    patient_code text NOT NULL,
    family_name text NOT NULL,
    middle_name text NOT NULL,
    given_name text NOT NULL,
    birth_date date,
    birth_year integer,
    age_months integer,
    age_months_at date,
    sex text NOT NULL CHECK (sex IN ('male', 'female', 'unknown')),
    unknown_person boolean NOT NULL,
    identifiers text NOT NULL,
    found_by text NOT NULL,
    pregnancy text NOT NULL CHECK (pregnancy IN ('yes', 'no', 'not_asked', 'postpartum')),
    delivered_on date,
    allergy_state text NOT NULL CHECK (allergy_state IN ('not_asked', 'none_known', 'known', 'unable_to_ask')),
    allergy_asked text NOT NULL,
    allergy_asked_at timestamptz
);

-- One person per number: the constraint that two admissions at once cannot pass.
CREATE TABLE identifier_state (
    system text NOT NULL,
    folded text NOT NULL,
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    PRIMARY KEY (system, folded)
);
CREATE INDEX identifier_state_patient ON identifier_state (patient_id);

CREATE TABLE allergy_state (
    patient_id uuid NOT NULL REFERENCES patient ON DELETE RESTRICT,
    allergy_id uuid NOT NULL,
    command_id uuid NOT NULL REFERENCES allergy_report ON DELETE RESTRICT,
    withdrawn_by uuid REFERENCES allergy_withdrawal ON DELETE RESTRICT,
    PRIMARY KEY (patient_id, allergy_id)
);

CREATE TABLE wristband_state (
    code text PRIMARY KEY REFERENCES wristband ON DELETE RESTRICT,
    command_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    stay_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('printed', 'live', 'superseded', 'void')),
    print_number integer NOT NULL,
    limb_pair boolean NOT NULL,
    printed_at timestamptz NOT NULL
);
CREATE INDEX wristband_state_stay ON wristband_state (stay_id);

GRANT USAGE ON SEQUENCE patient_number TO bedside_app;
GRANT SELECT, INSERT ON patient, patient_identity, allergy_report, allergy_withdrawal, allergy_answer, weight,
    pregnancy_report, age_answer, wristband, wristband_event TO bedside_app;
GRANT SELECT, INSERT, UPDATE ON patient_link_state, patient_state, allergy_state, wristband_state TO bedside_app;
GRANT SELECT, INSERT, DELETE ON identifier_state TO bedside_app;
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="patients", description="Identity, allergies, bands.")
    manager.add_raw(script(SQL))
    return manager
