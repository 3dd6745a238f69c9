"""The automatic close: 48 hours after an agent's answer, and the reminder before it."""

from datetime import timedelta

AUTO_CLOSE_AFTER = timedelta(hours=48)
REMIND_BEFORE_CLOSE = timedelta(hours=24)
