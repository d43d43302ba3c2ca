"""What a note is and which rules it keeps. No clock, no database, no HTTP."""
