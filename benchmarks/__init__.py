"""Rate-distortion measurements against other codecs, run in the same process."""
