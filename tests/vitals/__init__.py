"""Vital signs: rules in both languages, handlers on a real PostgreSQL, previews beside the rows that come back."""
