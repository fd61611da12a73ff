"""The demo hospital: whole, repeatable, resumed where it was cut off, and saying that it is invented."""
