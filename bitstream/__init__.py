"""Bytes: the container, the entropy coders, the errors. Nothing in here imports torch."""
