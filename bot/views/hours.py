"""A teacher's own hours."""

TIMELINE = "hours.timeline"
