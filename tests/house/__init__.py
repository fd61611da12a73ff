"""A hospital for tests: a real PostgreSQL, the house on it, tablets that sign, replicas that apply."""
