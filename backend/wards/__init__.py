"""Wards, their positions, and who lies where. A ward is a log; a stay is in the log of its ward, in two during a
transfer.

A position holds one open stay and a patient has one open stay: both are constraints, taken by INSERT. A move within
the ward changes the position alone. A move to another ward puts every row of the stay into the new ward's line and
leaves a stub in the old. A stay that ended stays on the ward's tablets for 72 hours.

Vitals ask for `stay_for_charting`; whoever prints asks for `beds_of_ward`.
"""

from backend.wards.stays import StayForCharting, beds_of_ward, stay_for_charting

__all__ = ["StayForCharting", "beds_of_ward", "stay_for_charting"]
