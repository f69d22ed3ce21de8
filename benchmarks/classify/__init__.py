"""How well, how fast and from how few bytes classes of pictures are told apart, with and without their pixels."""
