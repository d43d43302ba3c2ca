"""What is done to a photograph or a scan before it is read: straightened, evenly lit, turned
upright. Pictures in, pictures out; each step says what it did, and does nothing where nothing
helps.
"""
