"""What is deployed: one page per system and cloud, and the settings of a stack."""
