from PIL import ImageCms

from wlc.benchmarks.codecs import Wlc, ours
from wlc.benchmarks.metrics.psnr import psnr


def test_wlc_answers_as_a_peer_does(drawn):
    own = Wlc(device="cpu")
    assert own.missing() is None
    small, large = own.encode(drawn, 20), own.encode(drawn, 90)
    assert len(small) < len(large)
    assert psnr(drawn, own.decode(small)) < psnr(drawn, own.decode(large))
    assert own.decode(small).size == drawn.size


def test_its_version_names_the_weights(drawn):
    import wlc

    own = Wlc(device="cpu")
    assert wlc.info(own.encode(drawn, 20)).fingerprint in own.version()


def test_weights_for_lossless_files_make_no_others(tiny_lossless):
    assert list(ours((), "cpu"))[:2] == ["wlc", "wlc-webp"]
    assert not any("lossless" in name for name in ours((), "cpu"))


def test_metadata_is_not_counted(drawn):
    plain = Wlc(device="cpu").encode(drawn, 20)
    drawn.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert Wlc(device="cpu").encode(drawn, 20) == plain


def test_the_webp_coder_gives_the_same_pixels_in_another_file(drawn):
    ranged, webp = Wlc(device="cpu"), Wlc(coder="webp", device="cpu")
    one, other = ranged.encode(drawn, 40), webp.encode(drawn, 40)
    assert one != other
    assert ranged.decode(one).tobytes() == ranged.decode(other).tobytes()
    assert (ranged.name, webp.name) == ("wlc", "wlc-webp")
