import pytest

from wlc.benchmarks import codecs
from wlc.benchmarks.metrics.psnr import psnr


@pytest.fixture(params=codecs.peers())
def peer(request):
    codec = codecs.peers()[request.param]
    reason = codec.missing()
    if reason:
        pytest.skip(f"{codec.name}: {reason}")
    return codec


def test_more_quality_is_more_bytes_and_a_better_picture(peer, drawn):
    sizes, fidelities = [], []
    for quality in (peer.qualities[0], peer.qualities[len(peer.qualities) // 2], peer.qualities[-1]):
        data = peer.encode(drawn, quality)
        decoded = peer.decode(data)
        assert (decoded.mode, decoded.size) == ("RGB", drawn.size)
        sizes.append(len(data))
        fidelities.append(psnr(drawn, decoded))
    assert sizes == sorted(set(sizes))
    assert fidelities == sorted(set(fidelities))


def test_every_quality_from_0_to_100_is_taken(peer, drawn):
    """A search for a size tries the ends as well."""
    assert len(peer.encode(drawn, 0)) <= len(peer.encode(drawn, 100))


def test_the_same_picture_gives_the_same_bytes(peer, drawn):
    assert peer.encode(drawn, 50) == peer.encode(drawn, 50)


def test_metadata_of_the_source_is_not_counted(peer, drawn):
    plain = peer.encode(drawn, 50)
    drawn.info["icc_profile"] = b"a profile" * 100
    assert peer.encode(drawn, 50) == plain


def test_says_what_it_is(peer):
    assert peer.version() and "None" not in peer.version()
    assert list(peer.qualities) == sorted(set(peer.qualities))


def test_names_are_unique_and_slow_ones_are_peers():
    assert len(codecs.peers()) == 7
    assert set(codecs.SLOW) < set(codecs.peers())


def test_every_shipped_model_and_the_first_with_both_coders():
    assert list(codecs.ours((), "cpu"))[:2] == ["wlc", "wlc-webp"]
    assert list(codecs.ours(("other",), "cpu")) == ["wlc-other", "wlc-other-webp"]
    assert set(codecs.ours((), "cpu")) == {"wlc", "wlc-webp", "wlc-cells", "wlc-visual"}
    assert list(codecs.ours(("photo", "visual"), "cpu")) == ["wlc", "wlc-webp", "wlc-visual"]
