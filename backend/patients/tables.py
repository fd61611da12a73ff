"""The patients feature's tables as Piccolo sees them."""

from piccolo.columns import UUID, Boolean, Date, Integer, Text, Timestamptz
from piccolo.conf.apps import AppConfig
from piccolo.table import Table


class Patient(Table, tablename="patient"):
    """One record of one person, with the code this house gave it."""

    patient_id = UUID(primary_key=True, null=False, default=None)
    patient_code = Text(null=False, default=None)
    command_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class PatientIdentity(Table, tablename="patient_identity"):
    """Every identity ever given, whole; insert-only."""

    command_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    details = Text(null=False, default=None)
    reason = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class AllergyReport(Table, tablename="allergy_report"):
    """An allergy as someone reported it."""

    command_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    allergy_id = UUID(null=False, default=None)
    substance = Text(null=False, default=None)
    code = Text(null=True, default=None)
    reaction = Text(null=False, default=None)
    severity = Text(null=False, default=None)
    certainty = Text(null=False, default=None)
    source = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    author_name = Text(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class AllergyWithdrawal(Table, tablename="allergy_withdrawal"):
    """A physician's word that an allergy is none."""

    command_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    allergy_id = UUID(null=False, default=None)
    reason = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class AllergyAnswer(Table, tablename="allergy_answer"):
    """Asked, and none is known; or nobody could be asked."""

    command_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    state = Text(null=False, default=None)
    asked = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class Weight(Table, tablename="weight"):
    """A weight with its date and source."""

    command_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    weight_g = Integer(null=False, default=None)
    source = Text(null=False, default=None)
    weighed_at = Timestamptz(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class PregnancyReport(Table, tablename="pregnancy_report"):
    """Yes, no, or after birth."""

    command_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    pregnancy = Text(null=False, default=None)
    delivered_on = Date(null=True, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class AgeAnswer(Table, tablename="age_answer"):
    """The age in months, asked once."""

    command_id = UUID(primary_key=True, null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    age_months = Integer(null=False, default=None)
    on_day = Date(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class Wristband(Table, tablename="wristband"):
    """One print of a band."""

    code = Text(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    print_number = Integer(null=False, default=None)
    reason = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class WristbandEvent(Table, tablename="wristband_event"):
    """A band was scanned at a patient, or made void."""

    command_id = UUID(primary_key=True, null=False, default=None)
    code = Text(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    event = Text(null=False, default=None)
    reason = Text(null=False, default=None)
    author_id = UUID(null=False, default=None)
    at = Timestamptz(null=False, default=None)


class PatientLinkState(Table, tablename="patient_link_state"):
    """Whom an id means now. A projection."""

    patient_id = UUID(primary_key=True, null=False, default=None)
    current_id = UUID(null=False, default=None)


class PatientState(Table, tablename="patient_state"):
    """The patient as they stand. A projection."""

    patient_id = UUID(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    patient_code = Text(null=False, default=None)
    family_name = Text(null=False, default=None)
    middle_name = Text(null=False, default=None)
    given_name = Text(null=False, default=None)
    birth_date = Date(null=True, default=None)
    birth_year = Integer(null=True, default=None)
    age_months = Integer(null=True, default=None)
    age_months_at = Date(null=True, default=None)
    sex = Text(null=False, default=None)
    unknown_person = Boolean(null=False, default=None)
    identifiers = Text(null=False, default=None)
    found_by = Text(null=False, default=None)
    pregnancy = Text(null=False, default=None)
    delivered_on = Date(null=True, default=None)
    allergy_state = Text(null=False, default=None)
    allergy_asked = Text(null=False, default=None)
    allergy_asked_at = Timestamptz(null=True, default=None)


class IdentifierState(Table, tablename="identifier_state"):
    """One person per number."""

    system = Text(primary_key=True, null=False, default=None)
    folded = Text(null=False, default=None)
    patient_id = UUID(null=False, default=None)


class AllergyState(Table, tablename="allergy_state"):
    """Which report of an allergy stands. A projection."""

    patient_id = UUID(primary_key=True, null=False, default=None)
    allergy_id = UUID(null=False, default=None)
    command_id = UUID(null=False, default=None)
    withdrawn_by = UUID(null=True, default=None)


class WristbandState(Table, tablename="wristband_state"):
    """Where a print stands. A projection."""

    code = Text(primary_key=True, null=False, default=None)
    command_id = UUID(null=False, default=None)
    patient_id = UUID(null=False, default=None)
    stay_id = UUID(null=False, default=None)
    state = Text(null=False, default=None)
    print_number = Integer(null=False, default=None)
    limb_pair = Boolean(null=False, default=None)
    printed_at = Timestamptz(null=False, default=None)


APP_CONFIG = AppConfig(
    app_name="patients",
    migrations_folder_path="backend/patients/migrations",
    table_classes=[
        Patient,
        PatientIdentity,
        AllergyReport,
        AllergyWithdrawal,
        AllergyAnswer,
        Weight,
        PregnancyReport,
        AgeAnswer,
        Wristband,
        WristbandEvent,
        PatientLinkState,
        PatientState,
        IdentifierState,
        AllergyState,
        WristbandState,
    ],
)
