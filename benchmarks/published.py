"""Curves that others published, read from a JSON file: {name: {"bpp": [...], "psnr": [...], ...}, ...}."""

import json
from collections.abc import Sequence
from pathlib import Path

from wlc.benchmarks.results import RateCurve

# What a reader of a rate-distortion table looks for, classical codecs first, as far as the file has it.
USUAL = (
    "vtm-9.1-compressai",
    "hm-16.20-scm-8.8",
    "bpg-444",
    "av1",
    "bmshj2018-hyperprior",
    "mbt2018-mean",
    "cheng2020-anchor",
    "elic (official csv)",
    "mlic++",
    "hpcm-base",
    "evc-LL",
    "evc-SS",
    "cool-chic-v5.0",
    "shallow-ntc:2-layer_syn",
    "weconvene",
)


def published_curves(path: Path, names: Sequence[str] = ()) -> dict[str, RateCurve]:
    """The named curves; without names the usual ones, with `all` every curve that has PSNR."""
    stored = json.loads(path.read_text())
    curves = {name: _curve(entry) for name, entry in stored.items() if _has_psnr(entry)}
    if "all" in names:
        return curves
    unknown = [name for name in names if name not in curves]
    if unknown:
        raise KeyError(f"{path} has no PSNR curve named {', '.join(unknown)}. It has: {', '.join(curves)}.")
    return {name: curves[name] for name in names or USUAL if name in curves}


def _has_psnr(entry: dict) -> bool:
    figures = entry.get("psnr") or []
    return bool(figures) and len(figures) == len(entry["bpp"]) and None not in figures


def _curve(entry: dict) -> RateCurve:
    return sorted(zip(entry["bpp"], entry["psnr"], strict=True))
