"""Pictures from anywhere into plain samples, and back into the formats that people use."""

from wlc.pictures.metadata import Metadata
from wlc.pictures.reading import Picture, Source, read_picture

__all__ = ["Metadata", "Picture", "Source", "read_picture"]
