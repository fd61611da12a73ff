"""Bedside's server: rooms that meet through front doors, and one door for every change."""
