"""The demo hospital: two wards, twelve staff, forty-eight synthetic patients with 72 hours of vital signs.

Everything is invented and says so on screen. It is made from a seed, so that every demo starts the same, and it
goes in through the door like everything else, as acts of the people who would have charted them.
"""
