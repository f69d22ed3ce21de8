"""The commands that measure. Each is imported when it is asked for: `--help` must not wait for torch."""

import importlib

import click

_COMMANDS = {  # name: (module, function, what it does)
    "kodak": ("kodak", "kodak", "Rate and distortion of wlc and other codecs over a folder of pictures."),
    "lossless": ("lossless_sets", "lossless", "Lossless files over several sets of pictures, next to other codecs."),
    "classify": ("classify.command", "classify", "How well, how fast and from how few bytes classes are told apart."),
    "latents": ("latents", "latents", "How fast pixels and latents are read, for programs that learn from them."),
    "enlarge": ("enlarging", "enlarge", "What a feature loss changes: a small net that doubles the size of pictures."),
    "walloc": ("walloc", "walloc", "WaLLoC's codecs in .wlc files, next to what was published of them."),
    "demo": ("demo", "demo", "One photograph there and back, next to JPEG and WebP of the same size."),
    "code-length": ("code_length", "code_length", "How far files are above the ideal code length."),
    "fuzz": ("fuzz", "fuzz", "Damage .wlc files in many ways and see that only clear errors come out."),
}


class _Lazy(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, function, _ = _COMMANDS[name]
        return getattr(importlib.import_module(f"wlc.benchmarks.{module}"), function)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, _, what) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def bench() -> None:
    """Measure wlc: against other codecs, against its own ideal, against damage."""
