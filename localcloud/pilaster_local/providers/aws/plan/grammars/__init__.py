"""The small languages AWS reads out of strings: ARNs, policies, workflows, patterns, schedules."""
