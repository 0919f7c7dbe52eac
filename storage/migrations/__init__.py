"""The steps that made the tables what they are; each is written out and never changed later."""
