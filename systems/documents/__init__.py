"""The documents system: a school timetable on paper becomes data."""
