"""What a run found, for people: a page that holds everything, pictures of its figures, and the same as markdown.

Only figures need matplotlib, and it is imported when the first is drawn.
"""

from .crops import Crop, side_by_side
from .html_page import write_page
from .markdown_page import write_markdown

__all__ = ["Crop", "side_by_side", "write_markdown", "write_page"]
