import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import KeyId
from app.domain.keys import digest_of, format_key, last_four, read_key

KEY = KeyId("key_01jd0000000000000000000000")
SECRET = bytes(range(32))
TEXT = format_key(KEY, SECRET)


def test_r4_17_a_key_names_itself_and_carries_256_bits_and_a_checksum() -> None:
    brand, id_, secret = TEXT.split("_")
    assert brand == "mng"
    assert id_ == "01jd0000000000000000000000"
    assert len(secret) == 58
    assert read_key(TEXT) == (KEY, SECRET)


@given(st.binary(min_size=32, max_size=32), st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26))
def test_what_was_written_is_read(secret: bytes, id_: str) -> None:
    assert read_key(format_key(KeyId(f"key_{id_}"), secret)) == (KeyId(f"key_{id_}"), secret)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyzA_ é"))
def test_one_changed_character_is_noticed(place: int, character: str) -> None:
    changed = TEXT[:place] + character + TEXT[place + 1 :]
    assert read_key(changed) == ((KEY, SECRET) if changed == TEXT else None)


@given(st.text())
def test_garbage_is_no_key(text: str) -> None:
    assert read_key(text) is None


@pytest.mark.parametrize("text", ["", "mng", "mng__", TEXT + "a", TEXT[:-1], TEXT.upper(), f" {TEXT}", f"{TEXT}\n"])
def test_almost_a_key_is_no_key(text: str) -> None:
    assert read_key(text) is None


def test_a_secret_of_the_wrong_size_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        format_key(KEY, SECRET[:31])


def test_r4_17_only_digest_and_last_four_are_kept() -> None:
    assert digest_of(SECRET) == hashlib.sha256(SECRET).digest()
    assert last_four(TEXT) == TEXT[-4:]
