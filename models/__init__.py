"""Tensors: colour, wavelets, the nets, their weights and their training. Nothing in here opens a `.wlc` file."""
