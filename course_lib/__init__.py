"""What a student opens beside a chapter: one topic, one file, and its PyTorch twin beside it."""
