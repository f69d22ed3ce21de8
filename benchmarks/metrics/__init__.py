"""How far a decoded picture is from the original: one measure a file, and the processes that take them."""
