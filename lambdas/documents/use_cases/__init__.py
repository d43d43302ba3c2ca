"""What the domain does: functions that take ports as keyword arguments."""
