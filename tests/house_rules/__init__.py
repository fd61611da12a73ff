"""The house's own rules, held by tests: what may import what, how long things may be, which paths exist."""
