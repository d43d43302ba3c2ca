"""What a model is asked, and how its answer is held against the words read. No I/O."""
