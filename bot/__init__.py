"""Telegram: what people type and press, and what they are shown."""
