"""What the domain knows, without I/O: documents, uploads, outcomes, timetables."""
