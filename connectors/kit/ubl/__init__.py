"""UBL documents that ask for something, as demands: where they stand, whether they are valid, what they say."""
