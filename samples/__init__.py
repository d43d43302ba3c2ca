"""School timetables of our own with their truth, the generator that draws them, and the scorer
that compares.
"""
