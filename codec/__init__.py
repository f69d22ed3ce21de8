"""wlc, a learned wavelet image codec."""
