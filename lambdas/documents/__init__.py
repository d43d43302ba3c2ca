"""The documents domain: a school timetable on paper becomes data."""
