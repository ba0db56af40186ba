"""A message is kept, then confirmed, and answered once, in order; for all channels and workers."""
