"""Who the patient is. One record per person; a stay points at it through a link that can be joined and parted.

Identity is told once at admission and corrected with a reason, and every version stays. Allergies have four states
and are never blank. A weight has a date and a source. Each print of a band is a new number: the first is live at
once, a reprint when it is scanned at the patient; an older one still names its patient, a void one names nobody.

What other rooms may call is imported below. Wards admit (`register`, `lock_patient`), vitals ask about a scanned
band (`band`, `check_band`), and whoever changes what a patient's row shows takes `locked_patient` first.
"""

from backend.patients.bands import Band, band, check_band
from backend.patients.identity import Known, current_id, lock_patient, locked_patient, register

__all__ = ["Band", "Known", "band", "check_band", "current_id", "lock_patient", "locked_patient", "register"]
