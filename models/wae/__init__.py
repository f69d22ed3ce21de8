"""The wavelet-like auto-encoder: one picture as two of half its size, of which the second holds next to nothing.

A classifier then looks at the first with a full net and at the second with a narrow one, and is several times as fast
as one that looks at the picture.
"""
