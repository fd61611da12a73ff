"""Vital signs: what was measured, what it comes to, and when the next set is due.

A set may be partial; each value has its own time. A set is scored as of its own newest value from all values that
stand, and keeps that score for ever. Where the stay stands now is a projection, made anew from the sets of 72 hours
by one pure fold at each entry: so a value that arrives late, a correction, a move, a care level or a pregnancy
leaves the state that would have come had everything arrived in order. The same fold runs on the tablet.

Nothing reported from a bed is refused: what no device can show is recorded with a stop-finding and not counted.
"""
