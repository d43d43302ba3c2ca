"""From the bytes of an upload to a timetable: classify, read, interpret. No cloud, no clock, no
SDK.
"""
