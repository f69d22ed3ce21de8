"""The command line as people use it: what they get, what they are told, and what exit code a script sees."""

import errno
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import wlc.encode  # torch is loaded once, here, and not in the first test that needs it
from wlc.cli import main


@pytest.fixture
def photo_png(run, photo, tmp_path) -> Path:
    photo.save(tmp_path / "photo.png")
    return Path("photo.png")


@pytest.fixture(scope="module")
def compressed(rgb) -> bytes:
    return wlc.compress(rgb)


@pytest.fixture
def photo_wlc(run, compressed, tmp_path) -> Path:
    (tmp_path / "photo.wlc").write_bytes(compressed)
    return Path("photo.wlc")


def names() -> list[str]:
    return sorted(os.listdir())


def test_there_and_back(run, photo_png):
    ran = run("compress", photo_png)
    assert (ran.code, ran.out) == (0, "") and names() == ["photo.png", "photo.wlc"]
    size = os.path.getsize("photo.wlc")
    assert f"photo.png -> photo.wlc: {size / 1000:.1f} kB, {8 * size / 129 / 67:.3f} bpp, " in ran.err
    assert " dB, " in ran.err and ran.err.endswith(" s\n") and ran.err.count("\n") == 1
    ran = run("decompress", "photo.wlc", "back.tif")
    assert (ran.code, ran.out) == (0, "") and "photo.wlc -> back.tif: 129x67 RGB, " in ran.err
    assert Image.open("back.tif").size == (129, 67)


def test_effort(run, photo_png, compressed):
    assert run("compress", "-e", 0, photo_png, "plain.wlc").code == 0
    assert Path("plain.wlc").read_bytes() == compressed
    assert run("compress", "--effort", 1, photo_png, "refined.wlc").code == 0
    assert Path("refined.wlc").read_bytes() != compressed and run("verify", "refined.wlc").code == 0
    assert run("compress", "-e", 10, photo_png).code == 2


def test_tune(run, photo_png, compressed):
    assert run("compress", "--tune", "psnr", photo_png, "plain.wlc").code == 0
    assert Path("plain.wlc").read_bytes() == compressed
    assert run("compress", "--tune", "visual", photo_png, "visual.wlc").code == 0
    assert json.loads(run("info", "--json", "visual.wlc").out)["model"] == "visual"
    assert run("decompress", "visual.wlc", "back.png").code == 0


@pytest.mark.parametrize("asked", [("--model", "cells"), ("--lossless",), ("--max-error", 2), ("--effort", 1)])
def test_where_tune_has_no_say(run, photo_png, asked):
    ran = run("compress", "--tune", "visual", *asked, photo_png)
    assert ran.code == 2 and "tune" in ran.err.lower().splitlines()[-1] and names() == ["photo.png"]


def test_quiet_says_nothing(run, photo_png):
    for argv in (("compress", "photo.png"), ("decompress", "photo.wlc", "b.png"), ("verify", "photo.wlc")):
        ran = run(*argv, "--quiet")
        assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_streams(run, photo_png, compressed):
    ran = run("compress", "-", "a.wlc", stdin=photo_png.read_bytes())
    assert ran.code == 0 and Path("a.wlc").read_bytes() == compressed
    assert "(stream) -> a.wlc: " in ran.err
    ran = run("compress", "photo.png", "-")
    assert ran.raw == compressed and "photo.png -> (stream): " in ran.err
    ran = run("decompress", "-", stdin=compressed)
    assert ran.raw.startswith(b"\x89PNG") and "(stream) -> (stream): 129x67 RGB" in ran.err


def test_json(run, photo_png):
    ran = run("compress", "photo.png", "--json")
    told = json.loads(ran.out)
    assert ran.err == "" and told["bytes"] == os.path.getsize("photo.wlc") and told["target"] == "photo.wlc"
    assert told["psnr"] > 25 and told["rate_index"] == 152 and told["notes"] == [] and told["seconds"] > 0
    told = json.loads(run("decompress", "photo.wlc", "b.png", "--json").out)
    assert (told["width"], told["height"], told["layout"], told["bit_depth"]) == (129, 67, "RGB", 8)
    told = json.loads(run("info", "photo.wlc", "--json").out)
    assert told["file"] == "photo.wlc" and told["quality"] == 60 and len(told["level_sizes"]) == 4
    told = json.loads(run("verify", "photo.wlc", "--json").out)
    assert told == {
        "file": "photo.wlc",
        "sound": True,
        "decoded": True,
        "bytes": os.path.getsize("photo.wlc"),
    }
    assert run("compress", "photo.png", "-", "--json").code == 2


@pytest.mark.parametrize(
    ("option", "value", "most"),
    [("--size", "3k", 3000), ("--size", "2.5KiB", 2560), ("--size", "3000", 3000), ("--bpp", "2", 2160)],
)
def test_sizes_are_kept(run, photo_png, option, value, most):
    assert run("compress", option, value, "photo.png").code == 0
    assert 0.8 * most < os.path.getsize("photo.wlc") <= most


def test_psnr_is_reached(run, photo_png):
    told = json.loads(run("compress", "--psnr", "30", "--json", "photo.png").out)
    assert 30 <= told["psnr"] < 31


def test_what_cannot_be_reached(run, photo_png):
    for option, value, sentence in (("--size", "9", "too few"), ("--psnr", "99", "cannot be reached")):
        ran = run("compress", option, value, "photo.png")
        assert ran.code == 1 and ran.err.startswith("wlc: photo.png: ") and sentence in ran.err
        assert names() == ["photo.png"]


def test_reduced(run, photo_wlc):
    assert run("decompress", "--reduce", "2", "photo.wlc", "small.png").code == 0
    assert Image.open("small.png").size == (33, 17)


def test_metadata(run, photo, srgb_profile):
    photo.save("photo.png", icc_profile=srgb_profile)
    run("compress", "photo.png", "with.wlc")
    run("compress", "photo.png", "without.wlc", "--metadata", "none")
    assert json.loads(run("info", "--json", "with.wlc").out)["icc_size"] == len(srgb_profile)
    assert json.loads(run("info", "--json", "without.wlc").out)["icc_size"] == 0
    run("decompress", "with.wlc")
    assert Image.open("with.png").info["icc_profile"] == srgb_profile


def test_notes_are_told(run, photo):
    photo.convert("CMYK").save("print.jpg")
    ran = run("compress", "print.jpg")
    assert ran.code == 0 and ran.err.startswith("wlc: print.jpg: note: its CMYK colours")
    assert json.loads(run("compress", "-f", "--json", "print.jpg").out)["notes"]
    assert run("compress", "-f", "--quiet", "print.jpg").err == ""
    photo.save("photo.png", exif=b"MM\0*" + bytes(60))
    run("compress", "photo.png")
    assert "note: BMP does not hold its EXIF data" in run("decompress", "photo.wlc", "a.bmp").err


def test_info_and_verify(run, photo_wlc):
    ran = run("info", "photo.wlc", "photo.wlc")
    assert ran.code == 0 and ran.out.count("129x67 RGB, 8 bits") == 2 and ran.err == ""
    assert run("verify", "photo.wlc").err == "photo.wlc: sound\n"
    assert run("verify", "--quick", "photo.wlc").err == "photo.wlc: sound (not decoded)\n"


@pytest.mark.parametrize("command", ["compress", "decompress", "info", "verify"])
def test_inputs_that_cannot_be_read(run, command):
    os.mkdir("folder")
    for name, sentence in (("missing", "no such file or folder"), ("folder", "this is a folder, not a file")):
        ran = run(command, name)
        assert (ran.code, ran.out, ran.err) == (1, "", f"wlc: {name}: {sentence}\n")
    assert names() == ["folder"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(run, photo_png):
    photo_png.chmod(0)
    assert run("compress", "photo.png").err == "wlc: photo.png: permission denied\n"


def test_files_that_are_not_what_they_seem(run, compressed):
    Path("text.png").write_text("To whom it may concern\n")
    ran = run("compress", "text.png")
    assert (ran.code, ran.err) == (1, "wlc: text.png: this is not a picture that can be read\n")
    Path("cut.wlc").write_bytes(compressed[:-9])
    Path("bent.wlc").write_bytes(compressed[:-9] + bytes([compressed[-9] ^ 1]) + compressed[-8:])
    for command in ("decompress", "info", "verify"):
        for name in ("cut.wlc", "bent.wlc", "text.png"):
            ran = run(command, name, *(["a.png"] if command == "decompress" else []))
            assert ran.code == 3 and ran.err.startswith(f"wlc: {name}: ") and ran.err.count("\n") == 1, ran
    assert run("decompress", "--reduce", "3", "cut.wlc").code == 0  # the beginning is enough for that
    assert names() == ["bent.wlc", "cut.png", "cut.wlc", "text.png"]


def test_limits(run, photo_png, compressed):
    Path("other.wlc").write_bytes(compressed)
    for command, name in (
        ("compress", "photo.png"),
        ("decompress", "other.wlc"),
        ("info", "other.wlc"),
        ("verify", "other.wlc"),
    ):
        ran = run(command, name, "--max-pixels", "1k")
        assert ran.code == 6 and "the limit of 1000" in ran.err and names() == ["other.wlc", "photo.png"]
    assert run("info", "other.wlc", "--max-pixels", "10M").code == 0


def test_models_and_devices_that_are_not_there(run, photo_png):
    ran = run("compress", "--model", "nonesuch", "photo.png")
    assert ran.code == 5 and ran.err.startswith("wlc: photo.png: ") and "nonesuch" in ran.err
    assert names() == ["photo.png"]


def test_an_existing_target_is_refused(run, photo_png, monkeypatch):
    Path("photo.wlc").write_text("precious")
    monkeypatch.setattr(wlc.encode.Encoder, "at", lambda *_: pytest.fail("that is known before the work"))
    ran = run("compress", "photo.png")
    assert (ran.code, ran.err) == (7, "wlc: photo.wlc: this file exists already; -f overwrites it\n")
    assert Path("photo.wlc").read_text() == "precious"


def test_force(run, photo_png, compressed):
    Path("photo.wlc").write_text("old")
    assert run("compress", "-f", "photo.png").code == 0
    assert Path("photo.wlc").read_bytes() == compressed


def test_targets_that_cannot_be(run, photo_png, photo_wlc, drawn):
    os.mkdir("folder")
    for target, sentence in (("folder", "this is a folder"), ("no/a.wlc", "does not exist")):
        ran = run("compress", "photo.png", target)
        assert ran.code == 1 and ran.err.startswith(f"wlc: {target}: ") and sentence in ran.err
    assert "cannot be written as .txt files" in run("decompress", "photo.wlc", "a.txt").err
    Path("alpha.wlc").write_bytes(wlc.compress(drawn))
    ran = run("decompress", "alpha.wlc", "a.jpg")
    assert ran.code == 1 and "JPEG holds no transparency" in ran.err and not os.path.exists("a.jpg")
    Path("file").touch()
    ran = run("compress", "photo.png", "-o", "file/out")
    assert ran.code == 1 and ran.err.startswith("wlc: file/out: ")


def test_a_terminal_gets_no_binary(run, photo_png, photo_wlc, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for argv in (("compress", "photo.png", "-"), ("decompress", "photo.wlc", "-")):
        ran = run(*argv)
        assert ran.code == 1 and ran.out == "" and "terminal" in ran.err


def test_many(run, photo_png, photo):
    photo.rotate(180).save("other.jpg")
    Path("text.png").write_text("no")
    ran = run("compress", "photo.png", "missing.png", "text.png", "other.jpg", "-o", "out/deep")
    assert ran.code == 1 and sorted(os.listdir("out/deep")) == ["other.wlc", "photo.wlc"]
    assert [line.split(":")[0] for line in ran.err.splitlines()] == [
        "photo.png -> out/deep/photo.wlc", "wlc", "wlc", "other.jpg -> out/deep/other.wlc",
    ]  # fmt: skip
    ran = run("compress", "photo.png", "missing.png", "-o", "out/deep")
    assert ran.code == 7  # the first of the two
    ran = run("decompress", "out/deep/other.wlc", "out/deep/photo.wlc", "-o", "back")
    assert ran.code == 0 and sorted(os.listdir("back")) == ["other.png", "photo.png"]


@pytest.mark.parametrize(
    "argv",
    [
        ("compress",),
        ("nonsense",),
        ("compress", "a", "b", "c"),
        ("compress", "a.png", "b.png"),
        ("compress", "x/a.png", "y/a.jpg", "-o", "out"),
        ("compress", "-", "-o", "out"),
        ("compress", "-q", "0", "a.png"),
        ("compress", "-q", "101", "a.png"),
        ("compress", "-q", "50", "--size", "3k", "a.png"),
        ("compress", "--bpp", "1", "--psnr", "30", "a.png"),
        ("compress", "--bpp", "-1", "a.png"),
        ("compress", "--bpp", "nan", "a.png"),
        ("compress", "--size", "much", "a.png"),
        ("compress", "--size", "0", "a.png"),
        ("compress", "--coder", "zip", "a.png"),
        ("compress", "-T", "0", "a.png"),
        ("decompress", "--reduce", "4", "a.wlc"),
    ],
)
def test_usage(run, argv):
    ran = run(*argv)
    assert ran.code == 2 and ran.out == "" and "Usage: wlc" in ran.err and names() == []


def test_without_a_command_there_is_help(run):
    ran = run()
    assert "Usage: wlc" in ran.out + ran.err and "decompress" in ran.out + ran.err


def test_wildcards_without_a_folder_lose_nothing(run, photo_png):
    """`wlc compress -f *.png` with two pictures looks like a source and a target."""
    ran = run("compress", "-f", "photo.png", "precious.png")
    assert ran.code == 2 and "give the folder with -o DIR" in ran.err


@pytest.mark.parametrize("failing", ["at", "fsync"])
def test_ctrl_c_leaves_nothing(run, photo_png, monkeypatch, failing):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (wlc.encode.Encoder, "at")), interrupt)
    ran = run("compress", "photo.png")
    assert ran.code == 130 and ran.err.strip() == "wlc: interrupted" and names() == ["photo.png"]


def test_a_full_disk(run, photo_png, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    ran = run("compress", "photo.png")
    assert (ran.code, ran.err) == (1, "wlc: photo.wlc: no space is left on the disk\n")
    assert names() == ["photo.png"]


def test_what_should_not_happen_is_still_one_line(run, photo_png, monkeypatch):
    def fail(*_):
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(wlc.encode.Encoder, "at", fail)
    ran = run("compress", "photo.png")
    assert ran.code == 1 and ran.err.count("\n") == 1 and "RuntimeError: two lines" in ran.err
    monkeypatch.setenv("WLC_DEBUG", "1")
    with pytest.raises(RuntimeError):
        main(["compress", "photo.png"])


def test_training_pictures_must_be_there(run):
    assert run("train", "lossy", "--data", "nowhere", "-o", "out").code == 2
    assert run("train", "--help").code == 0


def test_a_turned_photograph_from_a_phone(run, rgb):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(rgb)).save("phone.jpg", exif=exif, quality=95)
    run("compress", "-q", "95", "phone.jpg")
    run("decompress", "phone.wlc", "back.jpg")
    back = Image.open("back.jpg")
    assert back.size == (129, 67) and back.getexif().get(0x0112, 1) == 1
    assert np.abs(np.array(back).astype(int) - rgb).mean() < 8
