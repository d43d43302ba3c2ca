"""The rules of the policy pack: one file per subject, no cloud call, no knowledge of Pilaster."""
